// walk.mjs - one placement through the pages, at phone and at desktop width: employer, partner
// service, OFII, assessors, employer, OFII, desk.
import { account, api, login, setDay } from './api.mjs';
import { check, finish, launch, Person } from './browser.mjs';
import { bind, fly, goHome } from './placement.mjs';
import { enterCandidate, openCampaign, test, writeContract } from './recruit.mjs';

const sizes = [
  { name: 'phone', width: 390, height: 844, year: 2027, siret: '73282932000074', number: 'AB1234567', surname: 'EL AMRANI' },
  { name: 'desktop', width: 1366, height: 900, year: 2028, siret: '55208131766522', number: 'CD7654321', surname: 'BENNANI' },
];

const roles = {
  officer: 'Nadia Officer', officer2: 'Paul Officer', desk: 'Samir Desk', auditor: 'Anne Auditor',
  assessor: 'Un Assessor', assessor2: 'Deux Assessor', partner: 'Laila Partner',
};

async function prepare() {
  const admin = await login('admin@ofii.example');
  const office = (await api('GET', '/me', admin)).org_id;
  const service = (await api('POST', '/orgs', admin, { kind: 'partner', name: 'ANAPEC', country: 'MA' })).id;
  for (const [who, name] of Object.entries(roles)) {
    const org = who === 'partner' ? service : office;
    await account(admin, org, who.replace(/\d/, ''), `${who}@walk.example`, name);
  }
  for (const size of sizes) {
    const farm = await api('POST', '/orgs', admin, {
      kind: 'employer', name: `Domaine ${size.name}`, country: 'FR', siret: size.siret, naf: '01.24Z',
      commune: '84007', hectares: '60', headcount: 12, active_from: '2010-01-01',
    });
    await account(admin, farm.id, 'employer', `employer.${size.name}@walk.example`, `Marc ${size.name}`);
  }
  return { admin, service };
}

async function walk(browser, size, prepared) {
  const people = {};
  const emails = Object.keys(roles).filter((who) => who !== 'auditor').map((who) => [who, `${who}@walk.example`]);
  emails.push(['employer', `employer.${size.name}@walk.example`]);
  await setDay(prepared.admin, `${size.year - 1}-12-01`);
  for (const [who, email] of emails) {
    people[who] = await new Person(browser, size, who).start();
    await people[who].login(email);
    await people[who].open('/');
  }
  const at = { size, people, ...prepared };
  for (const step of [openCampaign, writeContract, enterCandidate, test, bind, fly, goHome]) {
    await step(at);
  }
  for (const person of Object.values(people)) await person.leave();
}

// What anybody may open, and pages that the walk passes by.
async function around(browser, size) {
  const stranger = await new Person(browser, size, 'stranger').start();
  for (const path of ['/', '/login', '/verify', '/check']) await stranger.open(path);
  await stranger.leave();
  const auditor = await new Person(browser, size, 'auditor').start();
  await auditor.login('auditor@walk.example');
  for (const path of ['/', '/campaigns', '/cases', '/account', '/profiles', '/exercises', '/habiletes', '/references']) {
    await auditor.open(path);
  }
  await auditor.leave();
  const admin = await new Person(browser, size, 'admin').start();
  await admin.login('admin@ofii.example');
  for (const path of ['/', '/accounts', '/accounts/new', '/orgs', '/orgs/new']) await admin.open(path);
  await admin.leave();
}

const browser = await launch();
try {
  const prepared = await prepare();
  for (const size of sizes) {
    try {
      await walk(browser, size, prepared);
    } catch (error) {
      check(false, `${size.name}: the walk goes on to its end`, String(error.stack ?? error));
    }
    await around(browser, size);
  }
} catch (error) {
  check(false, 'the walk begins', String(error.stack ?? error));
}
await browser.close();
finish();
