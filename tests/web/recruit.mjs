// recruit.mjs - from the campaign to the results of the tests.
import { api, login } from './api.mjs';
import { check } from './browser.mjs';
import { passport } from './mrz.mjs';

export async function openCampaign(at) {
  const { officer } = at.people;
  await officer.open('/campaigns');
  await officer.open('/campaigns/new');
  // First a mistake: the page must say so at the field.
  await officer.fill({
    code: `W-${at.size.year}`, name: `Campagne ${at.size.year}`, season: at.size.year,
    first_day: `${at.size.year}-11-30`, last_day: `${at.size.year}-03-01`,
  });
  await officer.press('main form.form button');
  check(await officer.has('.errors'), `${at.size.name}: days in the wrong order are refused on the page`);
  await officer.fill({ first_day: `${at.size.year}-03-01`, last_day: `${at.size.year}-11-30` });
  await officer.press('main form.form button');
  at.campaign = officer.id();
  check(at.campaign > 0, `${at.size.name}: the officer makes a campaign`, await officer.problems());
  await officer.open(`/campaigns/${at.campaign}/services/new`);
  await officer.fill({ org_id: at.service, quota: 50 });
  await officer.press('main form.form button');
  await officer.open(`/campaigns/${at.campaign}`);
  await officer.post(`/campaigns/${at.campaign}/open`);
  check(await officer.has('.state-open'), `${at.size.name}: the campaign opens`, await officer.problems());
}

export async function writeContract(at) {
  const { employer, officer } = at.people;
  await employer.open('/campaigns');
  await employer.open(`/campaigns/${at.campaign}`);
  await employer.open(`/campaigns/${at.campaign}/contracts/new`);
  const profiles = (await api('GET', '/profiles?state=active', await login('officer@walk.example'))).profiles;
  at.profile = profiles.find((p) => p.code === 'CUEILLETTE-FRUITS').id;
  await employer.fill({
    rome: 'A1401', crop: 'cerises', tasks: 'Cueillette et tri', profile_id: at.profile, places: 1,
    first_day: `${at.size.year}-05-01`, last_day: `${at.size.year}-09-30`, commune: '84007', weekly_hours: '35',
    hourly_wage: '14.00', language: 'fr', hectares: '20', housing_kind: 'none', proof_kind: 'offer',
    proof_reference: '174QWER', proof_publisher: 'France Travail', proof_from: `${at.size.year - 1}-10-15`,
    proof_to: `${at.size.year - 1}-11-10`,
  });
  await employer.press('main form.form button');
  at.contract = employer.id();
  check(employer.path() === `/contracts/${at.contract}`, `${at.size.name}: the employer writes a contract`, await employer.problems());
  await employer.post(`/contracts/${at.contract}/submit`);
  check(await employer.has('.state-submitted'), `${at.size.name}: and submits it`, await employer.problems());
  await employer.open('/contracts');
  await officer.open('/');
  await officer.open('/contracts/queue');
  await officer.open(`/contracts/${at.contract}/decision`);
  await officer.post(`/contracts/${at.contract}/approve`);
  await officer.open(`/contracts/${at.contract}`);
  check(await officer.has('.state-approved'), `${at.size.name}: the officer approves it`, await officer.problems());
}

export async function enterCandidate(at) {
  const { partner } = at.people;
  const who = { surname: at.size.surname, given: 'YOUSSEF', number: at.size.number, birth: '1994-04-12', sex: 'M', expires: '2031-06-30' };
  await partner.open('/candidates');
  await partner.open('/candidates/new');
  await partner.fill({
    campaign_id: at.campaign, mrz: passport(who), surname: who.surname, given_names: who.given, sex: 'M',
    birth_date: who.birth, birth_place: 'Meknès', nationality: 'MAR', document_issuer: 'MAR', document_number: who.number,
    document_expires: who.expires, experience_months: 24, languages: 'ar fr', available_from: `${at.size.year}-03-01`,
    available_to: `${at.size.year}-11-30`, consent: true, native_surname: 'العمراني', native_given_names: 'يوسف',
  });
  await partner.press('main form.form button');
  at.candidate = partner.id();
  check(at.candidate > 0, `${at.size.name}: the partner service enters a candidate`, await partner.problems());
  await partner.post(`/candidates/${at.candidate}/preselect`);
  check(await partner.has('.state-preselected'), `${at.size.name}: and preselects him`, await partner.problems());
  check(!(await partner.text()).includes('AMRANI'), `${at.size.name}: the candidate's page shows a token, not a name`);
  await partner.open(`/candidates/${at.candidate}/identity`);
  check((await partner.text()).includes(at.size.surname.split(' ').at(-1)), `${at.size.name}: a look at the identity shows the name`);
  await partner.open('/candidates');
}

// Marks each exercise of the seat, a bit under full points.
async function markAll(person, seat, less) {
  await person.open(`/seats/${seat}`);
  const exercises = await person.page.locator('main form[action$="/marks"]').count();
  for (let i = 0; i < exercises; i++) {
    const form = person.page.locator('main form[action$="/marks"]').first();
    for (const input of await form.locator('input[type=number]').all()) {
      const most = Number(await input.getAttribute('max'));
      await input.fill(String(Math.max(0, most - less)));
    }
    await person.press('main form[action$="/marks"] button');
  }
  return exercises;
}

// A version into effect, by two officers.
async function effect(at, path) {
  const { officer, officer2 } = at.people;
  const name = at.size.name;
  await officer.open(path);
  await officer.post(`${path}/propose`);
  check(!await officer.has('form[action$="/activate"]'), `${name}: an officer proposes ${path} and cannot put it into effect alone`, await officer.problems());
  await officer2.open(path);
  await officer2.post(`${path}/activate`);
  check(await officer2.has('.state-active'), `${name}: and another officer puts it into effect`, await officer2.problems());
}

// What an assessor saw of the job on the farm, written in the browser and put into effect.
async function analyse(at) {
  const { assessor, officer } = at.people;
  const name = at.size.name;
  await assessor.open('/analyses/new');
  await assessor.fill({
    siret: at.size.siret, commune: '84007', held_on: `${at.size.year - 1}-12-01`, posts_seen: 2, workers_seen: 9, code: `WALK-${at.size.year}`,
    label: 'Cueillette de cerises', rome: 'A1401', 'tasks[0][task]': 'Cueillir, uniquement des hommes', 'habiletes[0][habilete]': 'DEXTERITE',
    'habiletes[0][why]': 'Les fruits se détachent sans la queue arrachée.',
  });
  await assessor.press('main form.form button');
  check(await assessor.has('.errors'), `${name}: an analysis that asks for men only is refused on the page`);
  await assessor.fill({ 'tasks[0][task]': 'Cueillir à deux mains', 'habiletes[0][habilete]': 'DEXTERITE', 'habiletes[0][why]': 'Les fruits se détachent à deux mains.' });
  await assessor.press('main form.form button');
  check(/\/analyses\/\d+$/.test(assessor.path()), `${name}: an assessor writes down what he saw of a job`, await assessor.problems());
  await effect(at, assessor.path());
  await assessor.open('/habiletes/new');
  await assessor.fill({ code: `WALK-${at.size.year}`, label: 'Marcher dans les rangs' });
  await assessor.press('main form.form button');
  await effect(at, assessor.path());
  await officer.open('/analyses');
  await officer.open('/profiles/new');
}

export async function test(at) {
  const { partner, desk, assessor, assessor2, officer } = at.people;
  const name = at.size.name;
  await partner.open('/sessions');
  await partner.open('/sessions/new');
  await partner.fill({
    campaign_id: at.campaign, profile_id: at.profile, held_on: `${at.size.year - 1}-12-10`, site: 'Casablanca',
    capacity: 12, lang: 'fr', lead_email: 'officer@walk.example', interpreter: true,
  });
  await partner.press('main form.form button');
  at.session = partner.id();
  check(partner.path() === `/sessions/${at.session}`, `${name}: the partner service plans a session`, await partner.problems());
  await partner.open(`/sessions/${at.session}/eligible`);
  await partner.page.locator('main input[type=checkbox]').first().check();
  await partner.press('main form.form button');
  check(/1 \/ 12/.test(await partner.text()), `${name}: a seat is taken`, await partner.problems());
  await partner.post(`/sessions/${at.session}/start`);
  await desk.open('/sessions');
  await desk.open(`/sessions/${at.session}`);
  await desk.press('main table a[href$="/check"]');
  at.seat = desk.id();
  await desk.fill({ attendance: 'present', photo_match: true });
  await desk.press('main form.form button');
  check(await desk.has('.errors'), `${name}: nobody is present whose document was not seen`);
  await desk.fill({ attendance: 'present', document_seen: true, photo_match: true });
  await desk.press('main form.form button');
  check(await desk.has('.state-present'), `${name}: the desk checks the identity`, await desk.problems());
  await partner.open(`/sessions/${at.session}`);
  await partner.post(`/sessions/${at.session}/end`);
  check((await markAll(assessor, at.seat, 1)) === 5, `${name}: the first assessor marks five exercises`);
  await assessor2.open('/sessions');
  await assessor2.open(`/seats/${at.seat}`);
  check(!(await assessor2.has('main .facts')), `${name}: the second assessor sees no mark of the first`);
  check((await markAll(assessor2, at.seat, 2)) === 5, `${name}: the second assessor marks them too`);
  await assessor.open(`/seats/${at.seat}`);
  check(!(await assessor.page.locator('main a[href$="/correct"]').first().isVisible()), `${name}: what is marked is folded`);
  await assessor.page.locator('main details > summary').first().click();
  await assessor.press('main a[href$="/correct"]');
  await assessor.fill({ points: 10, reason: 'Mal compté' });
  await assessor.press('main form.form button');
  await assessor.page.locator('main details > summary').first().click();
  check((await assessor.text()).includes('Mal compté'), `${name}: a mark is corrected with a reason`, await assessor.problems());
  await officer.open(`/sessions/${at.session}`);
  await officer.post(`/sessions/${at.session}/compare`);
  await officer.post(`/sessions/${at.session}/close`);
  check(await officer.has('.state-pass'), `${name}: the session closes and the candidate has passed`, await officer.problems());
  await officer.open(`/sessions/${at.session}/recompute`);
  check(await officer.has('.notice.good'), `${name}: the marks give the stored result again`, await officer.problems());
  await officer.open('/profiles');
  await officer.open(`/profiles/${at.profile}`);
  await officer.open('/exercises');
  await analyse(at);
}
