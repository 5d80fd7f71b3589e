// placement.mjs - from the proposal to the return, and the closing act.
import { login, setDay } from './api.mjs';
import { check, Person } from './browser.mjs';

// Months pass: who sits in front of a page has to log in again.
async function later(at, day, ...who) {
  await setDay(at.admin, day);
  at.admin = await login('admin@ofii.example');
  for (const one of who) {
    const email = one === 'employer' ? `employer.${at.size.name}` : one;
    await at.people[one].context.clearCookies();
    await at.people[one].login(`${email}@walk.example`);
  }
}

export async function bind(at) {
  const { officer, employer } = at.people;
  const name = at.size.name;
  await officer.open(`/campaigns/${at.campaign}`);
  await officer.post(`/campaigns/${at.campaign}/matching`);
  await officer.open(`/campaigns/${at.campaign}/matching-runs`);
  await officer.post(`/campaigns/${at.campaign}/matching-runs`);
  check(officer.path().startsWith('/matching-runs/'), `${name}: the officer matches candidates and contracts`, await officer.problems());
  await officer.post(`${officer.path()}/replay`);
  check(officer.path().startsWith('/matching-calculations/'), `${name}: the officer runs it again and compares`, await officer.problems());
  await officer.open('/proposals');
  await employer.open('/');
  await employer.open('/proposals');
  const seen = await employer.text();
  check(/[0-9A-Z]{4}-[0-9A-Z]{4}/.test(seen) && !seen.includes(at.size.surname), `${name}: the employer sees a token and no name`);
  await employer.press('main table a[href^="/proposals/"]');
  at.proposal = employer.id();
  await employer.post(`/proposals/${at.proposal}/accept`);
  at.placement = employer.id();
  check(employer.path() === `/placements/${at.placement}`, `${name}: accepting binds`, await employer.problems());
  await employer.open(`/placements/${at.placement}/identity`);
  check((await employer.text()).includes(at.size.surname), `${name}: and shows who it is`, await employer.problems());
  await employer.open('/placements');
}

async function fact(person, placement, kind, day, source) {
  await person.open(`/placements/${placement}`);
  await person.post(`/placements/${placement}/facts`, { kind, day, source });
  check((await person.text('.timeline')).includes(source), `${person.size.name}: ${person.name} records: ${kind}`, await person.problems());
}

// The worker, with a photo of his code and without, in two languages and without a log-in.
async function lookAtOwnFile(at) {
  const { officer } = at.people;
  const { name } = at.size;
  const origin = new URL(officer.page.url()).origin;
  const photo = await officer.page.request.get(`${origin}/documents/${at.document}/qr.png`);
  const worker = await new Person(officer.browser, at.size, 'worker').start();
  await worker.open('/my-file');
  await worker.page.locator('#photo').setInputFiles({ name: 'code.png', mimeType: 'image/png', buffer: await photo.body() });
  await worker.post('/my-file/photo', { passport_expires: '2031-06-30' });
  const seen = await worker.text('main');
  check(await worker.has('.notice.good'), `${name}: a worker sees who looked at his file`, await worker.problems());
  check(/employeur/.test(seen) && !seen.includes(at.size.surname), `${name}: which organisations and why, and no name`, seen);
  await worker.leave();
  const other = await new Person(officer.browser, at.size, 'somebody', { locale: 'ar' }).start();
  await other.open('/my-file');
  await other.post('/my-file', { text: at.text, passport_expires: '2031-06-29' });
  check(await other.has('.notice.bad'), `${name}: who does not know his passport sees nothing`, await other.problems());
  await other.post('/my-file', { text: at.text, passport_expires: '2031-06-30' });
  check(await other.has('.notice.good'), `${name}: the same in Arabic, by the text`, await other.problems());
  await other.leave();
}

export async function fly(at) {
  const { officer, desk, employer } = at.people;
  const { year, name } = at.size;
  await fact(officer, at.placement, 'authorised', `${year - 1}-12-01`, 'décision PFMOE');
  await fact(officer, at.placement, 'convoked', `${year - 1}-12-01`, 'convocation OFII');
  await later(at, `${year}-04-20`, 'officer', 'employer', 'desk', 'partner');
  await desk.open(`/placements/${at.placement}`);
  await fact(desk, at.placement, 'fit', `${year}-04-10`, 'visite médicale');
  await fact(officer, at.placement, 'visa', `${year}-04-15`, 'consulat');
  await officer.open(`/campaigns/${at.campaign}/documents`);
  await officer.open(`/placements/${at.placement}`);
  await officer.post(`/placements/${at.placement}/document`);
  at.document = officer.id();
  check(await officer.has('.state-valid'), `${name}: the worker document is issued`, await officer.problems());
  const answer = await officer.page.request.get(`${new URL(officer.page.url()).origin}/documents/${at.document}/text`);
  at.text = await answer.text();
  check(at.text.startsWith('SW1:'), `${name}: its text is signed`, at.text.slice(0, 200));
  await officer.open(`/documents?campaign=${at.campaign}`);
  await officer.open('/document-batches');
  await officer.open('/documents/settings');
  const farmer = await new Person(officer.browser, at.size, 'stranger').start();
  await farmer.open('/verify');
  await farmer.fill({ text: at.text });
  await farmer.press('main form[action="/verify"] button');
  check(await farmer.has('.notice.good'), `${name}: anybody verifies it`, await farmer.text());
  await farmer.leave();
  await lookAtOwnFile(at);
  await later(at, `${year}-05-02`, 'officer', 'employer');
  await fact(officer, at.placement, 'departed', `${year}-04-28`, 'liste de départ');
  await fact(employer, at.placement, 'arrived', `${year}-04-30`, 'à la ferme');
  await employer.open('/placements');
}

export async function goHome(at) {
  const { officer, officer2, desk, partner } = at.people;
  const { year, name } = at.size;
  await later(at, `${year}-10-05`, 'officer', 'officer2', 'desk', 'partner');
  await desk.open('/');
  await desk.open('/returns');
  await desk.fill({ text: at.text });
  await desk.press('main form[action="/returns/lookup"] button');
  check(desk.path() === `/placements/${at.placement}/return`, `${name}: the desk finds the worker by his code`, await desk.problems());
  await desk.post(`/placements/${at.placement}/evidence`, { kind: 'desk', day: `${year}-10-05` });
  check(await desk.has('.errors'), `${name}: no check-in without the person`, await desk.problems());
  await desk.post(`/placements/${at.placement}/evidence`, {
    kind: 'desk', day: `${year}-10-05`, exit_day: `${year}-10-03`, person_present: true, identity_checked: true,
  });
  check(await desk.has('.state-returned_verified'), `${name}: the return is verified`, await desk.problems());
  await desk.open(`/placements/${at.placement}/case`);
  await partner.open('/returns');
  await partner.open('/placements');
  await officer.open(`/campaigns/${at.campaign}`);
  await officer.post(`/campaigns/${at.campaign}/season`);
  await officer.post(`/campaigns/${at.campaign}/returns`);
  await officer.open(`/campaigns/${at.campaign}/counters`);
  for (const picture of ['places', 'funnel', 'scores', 'markers', 'choices', 'returns'])
    await officer.open(`/campaigns/${at.campaign}/pictures/${picture}`);
  await officer.open(`/campaigns/${at.campaign}/closing`);
  await officer.post(`/campaigns/${at.campaign}/closing/sign`);
  await officer2.open(`/campaigns/${at.campaign}/closing`);
  await officer2.post(`/campaigns/${at.campaign}/closing/countersign`);
  check(await officer2.has('.state-closed'), `${name}: two officers sign the closing act`, await officer2.problems());
  await officer.open('/cases');
  await officer.open('/returns/settings');
}
