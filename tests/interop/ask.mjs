// ask.mjs BASE FOLDER - asks every GET of docs/openapi.yaml of a server that the demo has filled, as
// each role, and does the acts that no other test does through the API. Keeps each answer in FOLDER
// for answers.mjs, as tests/support/web.c does. NORIA_DEMO_PASSWORD is everybody's password.
import { randomUUID } from 'node:crypto';
import { appendFileSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';

const [base, folder] = process.argv.slice(2);
const file = `${folder}/ask-${process.pid}`;
const described = parse(readFileSync(new URL('../../docs/openapi.yaml', import.meta.url), 'utf8'));
const people = {
  employer: 'employer@farm.example',
  partner: 'partner@anapec.example',
  officer: 'officer@ofii.example',
  other: 'officer2@ofii.example',
  desk: 'desk@ofii.example',
  assessor: 'assessor@aneti.example',
  auditor: 'auditor@ofii.example',
  admin: 'admin@ofii.example',
};
const tokens = {};

function send(who, method, path, bytes, headers) {
  const token = tokens[who] ? { authorization: `Bearer ${tokens[who]}` } : {};
  return fetch(`${base}/api/v1${path}`, { method, headers: { ...token, ...headers }, body: bytes });
}

function note(method, path, answer, bytes) {
  const lines = [...answer.headers].map(([name, value]) => `${name}: ${value}\r\n`).join('');
  const all = Buffer.concat([Buffer.from(`HTTP/1.1 ${answer.status} .\r\n${lines}\r\n`), bytes]);
  appendFileSync(file, Buffer.concat([Buffer.from(`${method} /api/v1${path} ${all.length}\n`), all]));
}

// The operations whose answer says that it can come again, and those that were seen to.
const operations = Object.entries(described.paths).filter(([, item]) =>
  Object.values(item.post?.responses ?? {}).some((one) => one.headers?.['Idempotency-Replayed']));
const once = { replayed: new Set(), wrong: 0 };

// One key, one act: the same again gets the first answer, another body is refused.
async function again(who, path, sent, headers, status, first) {
  const [name] = operations.find(([one]) => new RegExp(`^${one.replace(/\{[^}]*\}/g, '[^/]+')}$`).test(path.split('?')[0])) ?? [];
  if (!name) return;
  const same = await send(who, 'POST', path, sent, headers);
  const text = await same.text();
  note('POST', path, same, Buffer.from(text));
  const other = await send(who, 'POST', path, Buffer.concat([Buffer.from(sent), Buffer.from(' ')]), headers);
  const good = same.status === status && same.headers.get('idempotency-replayed') === 'true' && text === first &&
    other.status === 422 && (await other.json()).code === 'idempotency_mismatch';
  if (!good) console.log(`not once: ${path} as ${who}: ${same.status}, with another body ${other.status}`);
  once.wrong += good ? 0 : 1;
  once.replayed.add(name);
}

async function ask(who, method, path, body, given = {}) {
  const file_body = body instanceof Uint8Array;
  const sent = method === 'GET' ? undefined : file_body ? body : JSON.stringify(body ?? {});
  const headers = {
    ...(method === 'GET' ? {} : { 'idempotency-key': randomUUID() }),
    ...(method === 'GET' || file_body ? {} : { 'content-type': 'application/json' }),
    ...given,
  };
  const answer = await send(who, method, path, sent, headers);
  const bytes = Buffer.from(await answer.arrayBuffer());
  note(method, path, answer, bytes);
  if (method === 'POST' && answer.ok) await again(who, path, sent, headers, answer.status, bytes.toString());
  const json = answer.headers.get('content-type')?.includes('json');
  return { status: answer.status, etag: answer.headers.get('etag'), body: json && bytes.length ? JSON.parse(bytes) : null };
}

async function logIn(who) {
  const answer = await ask(null, 'POST', '/login', { email: people[who], password: process.env.NORIA_DEMO_PASSWORD });
  tokens[who] = answer.body?.token;
}
for (const who of Object.keys(people)) await logIn(who);

// --- every GET --------------------------------------------------------------------------------------
// The numbers that an address is asked with: those that lists have shown under the word before it.

const words = new Map(); // "contracts" -> numbers seen in answers of /contracts…
function see(path, body) {
  const list = path.split('?')[0].split('/').filter((word) => word && !/^[0-9]+$/.test(word)).at(-1);
  const known = words.get(list) ?? words.set(list, new Set()).get(list);
  for (const rows of Object.values(body ?? {})) {
    if (Array.isArray(rows)) rows.slice(0, 4).forEach((row) => Number.isInteger(row?.id) && known.add(row.id));
  }
}
const numbers = (word) => [...new Set([...[...(words.get(word) ?? [])].slice(-3), 1, 2])];

async function everything(paths) {
  for (const path of paths) {
    const parts = path.split('/');
    const at = parts.findIndex((part) => part.startsWith('{'));
    const tries = at < 0 ? [path] : numbers(parts[at - 1]).map((n) => path.replace(parts[at], n));
    for (const who of Object.keys(people)) {
      for (const address of tries) {
        const answer = await ask(who, 'GET', address.replace(/\{[^}]*\}/g, '1'));
        if (answer.status === 200) see(address, answer.body);
        if (answer.status === 403) break; // not for this role
      }
    }
  }
}
const gets = Object.keys(described.paths).filter((path) => described.paths[path].get);
await everything(gets.filter((path) => !path.includes('{')));

// Pages of 37 put together are those of 200, as far as 600 rows, on each list that comes in pages.
async function pages(who, path, limit, most) {
  const list = [];
  for (let next = `${path}?limit=${limit}`; next && list.length < most; ) {
    const { body } = await ask(who, 'GET', next);
    list.push(...Object.values(body).find(Array.isArray));
    next = body.page.next && `${path}?${body.page.next}`;
  }
  return JSON.stringify(list.slice(0, most));
}
let torn = 0;
for (const path of gets.filter((one) => !one.includes('{') && described.paths[one].get.parameters?.some(({ name }) => name === 'after'))) {
  for (const who of Object.keys(people)) {
    if ((await ask(who, 'GET', path)).status !== 200) continue;
    if ((await pages(who, path, 200, 600)) === (await pages(who, path, 37, 600))) break;
    console.log(`torn: ${path} as ${who}`);
    torn++;
    break;
  }
}

// --- acts -------------------------------------------------------------------------------------------

let refused = 0;
// POSTs; with the ETag of the address `version` where an edit needs one.
async function act(who, path, body, version, type) {
  const headers = version ? { 'if-match': (await ask(who, 'GET', version)).etag } : type ? { 'content-type': type } : {};
  const answer = await ask(who, 'POST', path, body, headers);
  if (answer.status >= 300) console.log(`refused: ${path} as ${who}: ${answer.status} ${JSON.stringify(answer.body)}`);
  refused += answer.status >= 300 ? 1 : 0;
  return answer.body ?? {};
}
// The same of a row that a list has shown with its version.
async function edit(who, path, body, row) {
  const answer = await ask(who, 'POST', path, body, { 'if-match': `"${row?.version}"` });
  if (answer.status >= 300) console.log(`refused: ${path} as ${who}: ${answer.status} ${JSON.stringify(answer.body)}`);
  refused += answer.status >= 300 ? 1 : 0;
}
async function rows(who, path, list = path.split('?')[0].split('/').at(-1)) {
  return (await ask(who, 'GET', path)).body?.[list] ?? [];
}
const reason = 'asked to see the answer';

async function accounts() {
  const password = 'trombone lattice orchard';
  const org = (await rows('admin', '/orgs'))[0];
  const made = await act('admin', '/accounts', { org_id: org.id, role: 'officer', email: 'third@ofii.example', name: 'Third' });
  const { code } = await act('admin', `/accounts/${made.id}/activation`);
  await act(null, '/activation', { code, password });
  await act('admin', `/accounts/${made.id}/disable`);
  await act('admin', `/accounts/${made.id}/enable`);
  tokens.third = (await act(null, '/login', { email: 'third@ofii.example', password })).token;
  const token = await act('third', '/tokens', { label: 'ask', scope: 'read', days: 1 });
  await act('third', `/tokens/${token.id}/revoke`);
  await act('third', '/account/password', { current_password: password, password: `${password} again` });
}

async function references() {
  const source = 'an order of the day';
  const shortage = await act('officer', '/references/shortages', { region: '84', rome: 'A1401', from_day: '2010-01-01', to_day: '2010-02-01', source });
  const listed = (await rows('officer', '/references/shortages?limit=200', 'shortages')).find((row) => row.id === shortage.id);
  const headers = { 'if-match': `"${listed?.version ?? 1}"` };
  await ask('officer', 'POST', `/references/shortages/${shortage.id}/end`, { to_day: '2010-01-20' }, headers);
  const agreement = { country: 'MA', kind: 'other', title: 'Exchange of letters', signed_year: 2020, source };
  const made = await act('officer', '/references/agreements', agreement);
  await act('officer', `/references/agreements/${made.id}`, agreement, `/references/agreements/${made.id}`);
  const limit = (await rows('admin', '/privacy/limits')).find((row) => row.code === 'candidate');
  await edit('admin', '/privacy/limits/candidate', { days: 700, source }, limit);
  const rule = (await rows('officer', '/cases/rules', 'settings'))[0];
  await edit('officer', `/cases/rules/${rule.code}`, { value: rule.value }, rule);
  await act('officer', '/cases/issuers', { country: 'MA', name: 'Office of diplomas', source });
  const phrase = 'solide gaillard';
  const word = await act('officer', '/selection/words', { lang: 'fr', phrase, criterion: 'sex', kind: 'flag' });
  const { id } = await act('assessor', '/habiletes', { code: 'HFLAG', label: 'Flagged', definition: phrase });
  await act('officer', `/habiletes/${id}/retire`);
  const flag = (await rows('officer', '/selection/flags', 'flags'))[0];
  if (flag) await act('other', `/selection/flags/${flag.id}/keep`, { reason });
  await act('officer', `/selection/words/${word.id}/retire`);
}

// A new draft into effect, by two officers; one whom the other does not follow at first.
async function effect(path) {
  const read = { edit: (await ask('officer', 'GET', path)).body.edit };
  await act('officer', `${path}/propose`, read);
  await act('other', `${path}/drop`);
  await act('officer', `${path}/propose`, read);
  await act('other', `${path}/activate`, read);
}

async function bench() {
  const habilete = { code: 'HASK', label: 'Asks' };
  const { id } = await act('assessor', '/habiletes', habilete);
  await act('assessor', `/habiletes/${id}/edit`, habilete, `/habiletes/${id}`);
  await effect(`/habiletes/${id}`);
  const exercise = {
    code: 'EASK', label: 'Ask', kind: 'manual', minutes: 10,
    criteria: [{ label: 'asked', kind: 'count', max_points: 20 }],
    observes: [{ habilete: 'HASK', weight: 1 }],
    forms: [{ form: 'B', note: 'other numbers' }],
  };
  const made = await act('assessor', '/exercises', exercise);
  await act('assessor', `/exercises/${made.id}/edit`, exercise, `/exercises/${made.id}`);
  await effect(`/exercises/${made.id}`);
  const next = await act('assessor', `/exercises/${made.id}/next`);
  const farm = (await rows('admin', '/orgs?kind=employer', 'orgs'))[0];
  const found = { rome: 'A1402', held_on: '2026-01-02', posts: 3, source: 'call', finding: 'simulation' };
  const noted = await act('assessor', '/diagnoses', { ...found, siret: farm.siret });
  await act('assessor', `/diagnoses/${noted.id}/correct`, { ...found, posts: 4, reason: 'mistyped' });
  await ask('assessor', 'GET', `/diagnoses/${noted.id}`);
  const analysis = {
    code: 'AASK', label: 'Ask', commune: '13004', rome: 'A1402', held_on: '2026-01-02', posts_seen: 2, workers_seen: 5,
    tasks: [{ task: 'asking', constraints: 'all day' }], habiletes: [{ habilete: 'HASK', why: 'asked at each post' }],
  };
  const seen = await act('assessor', '/analyses', { ...analysis, siret: farm.siret });
  await act('assessor', `/analyses/${seen.id}/edit`, analysis, `/analyses/${seen.id}`);
  await effect(`/analyses/${seen.id}`);
  await act('assessor', `/analyses/${seen.id}/next`);
  const profile = {
    code: 'PASK', label: 'Ask', pass_total: 10, analysis_id: seen.id, exercises: [{ exercise_id: made.id, weight: 1, min_points: 5 }],
  };
  const draft = await act('assessor', '/profiles', profile);
  const held = await act('assessor', '/calibrations', { profile_id: draft.id, siret: farm.siret, held_on: '2026-01-02', site: 'Farm' });
  await act('assessor', `/calibrations/${held.id}/drop`);
  await effect(`/profiles/${draft.id}`);
  await act('officer', `/profiles/${draft.id}/retire`);
  await act('officer', `/analyses/${seen.id}/retire`);
  await act('officer', `/exercises/${made.id}/retire`);
  await act('officer', `/habiletes/${id}/retire`);
  return next;
}

// The campaign that the demo leaves under way, and people whom its partner has not presented yet.
async function entered(campaign) {
  const list = [];
  let page = `/candidates?campaign=${campaign.id}&state=entered&limit=200`;
  for (const row of await rows('partner', page, 'candidates')) list.push(row);
  return list;
}

// A day of the server's own clock.
async function day(ahead) {
  const { at } = (await ask('admin', 'GET', '/clock')).body;
  return new Date((at + ahead * 86400) * 1000).toISOString().slice(0, 10);
}

// `count` placements of a state: those that the demo left in it, and as many more as it takes of those
// one step before, which the office moves. What the demo leaves where is a matter of its dice.
const stepsBefore = { authorised: ['bound', 'authorised'], ended: ['working', 'ended'] };
async function placements(state, count) {
  const list = await rows('officer', `/placements?state=${state}&limit=200`, 'placements');
  const [before, kind] = stepsBefore[state];
  for (const row of await rows('officer', `/placements?state=${before}&limit=200`, 'placements')) {
    if (list.length >= count) break;
    await act('officer', `/placements/${row.id}/facts`, { kind, day: await day(0), source: reason });
    list.push(row);
  }
  return list;
}

async function sessions(campaign) {
  const profile = (await rows('assessor', '/profiles?limit=200', 'profiles')).find((row) => row.state === 'active');
  const { id } = await act('partner', '/sessions', {
    campaign_id: campaign.id, profile_id: profile.id, capacity: 10, site: 'Agadir',
    held_on: await day(0),
  });
  const eligible = await rows('partner', `/sessions/${id}/eligible?limit=10`, 'candidates');
  await act('partner', `/sessions/${id}/seats`, { seats: eligible.slice(0, 4).map(({ token }) => ({ token })) });
  const [first, second, third, fourth] = await rows('partner', `/sessions/${id}`, 'seats');
  await act('partner', `/seats/${first.id}/accommodation`, { accommodation: 'large_print' }, `/seats/${first.id}/check`);
  await act('partner', `/seats/${fourth.id}/release`, { reason });
  const met = { held_on: await day(0), site: 'Agadir', came: 12, employer_there: false };
  const { meeting_id } = await act('partner', `/sessions/${id}/meetings`, met);
  await act('partner', `/meetings/${meeting_id}/correct`, { ...met, came: 21, reason: 'mistyped' });
  await ask('partner', 'GET', `/meetings/${meeting_id}`);
  for (const offered of await rows('officer', '/proposals?state=proposed&limit=200', 'proposals')) {
    const seen = await ask('officer', 'GET', `/proposals/${offered.id}`);
    if (seen.body.interviewed_on) continue; // the demo's employers talked to some
    const talk = { held_on: await day(0), channel: 'phone' };
    const { interview_id } = await act('officer', `/proposals/${offered.id}/interview`, talk);
    await act('officer', `/proposals/${offered.id}/interview/correct`, { ...talk, wrong: interview_id, reason: 'misinformed' });
    break;
  }
  await act('partner', `/sessions/${id}/start`);
  await act('partner', `/sessions/${id}/incidents`, { seat_id: first.id, kind: 'noise', effect: 'noted', note: 'a tractor passed by' });
  const { pack } = await act('partner', `/sessions/${id}/packs`);
  await act('partner', `/packs/${pack}/revoke`);
  const here = { attendance: 'present', document_seen: true, photo_match: true };
  await act('partner', `/sessions/${id}/attendance`, { seats: [{ seat_id: first.id, ...here }] });
  await act('partner', `/seats/${second.id}/check`, { attendance: 'absent' });
  await act('partner', `/seats/${third.id}/check`, { attendance: 'absent' });
  await act('partner', `/sessions/${id}/end`);
  const { exercises } = (await ask('officer', 'GET', `/seats/${first.id}`)).body;
  const marks = exercises.flatMap(({ criteria }) => criteria.map((one) => ({ seat_id: first.id, criterion_id: one.criterion_id, mark_no: 1, points: 1 })));
  await act('officer', `/seats/${first.id}/marks`, { marks });
}

// The employer is from here on the one that this placement is with.
async function logInEmployerOf(placement) {
  const accounts = await rows('admin', '/accounts?limit=200', 'accounts');
  people.employer = accounts.find((row) => row.role === 'employer' && row.org_name === placement.employer).email;
  await logIn('employer');
}

async function contracts(campaign) {
  const [back] = await placements('ended', 1);
  await logInEmployerOf(back);
  const [partner] = await rows('admin', '/orgs?kind=partner', 'orgs');
  const terms = {
    rome: 'A1401', crop: 'cerises', tasks: 'Cueillette et tri', places: 2, named_returnees: 1, first_day: '2028-05-01',
    last_day: '2028-08-30', commune: '84007', weekly_hours: 35, hourly_wage: 14, proof_kind: 'offer', proof_reference: '174QWER',
    proof_publisher: 'France Travail', proof_from: await day(-60), proof_to: await day(-34), housing_kind: 'none',
  };
  const next = { code: 'ASK-2028', season: 2028, name: 'Saison des demandes', first_day: '2028-03-01', last_day: '2028-11-30' };
  const { id } = await act('officer', '/campaigns', next);
  await act('officer', `/campaigns/${id}`, next, `/campaigns/${id}`);
  await act('officer', `/campaigns/${id}/services`, { org_id: partner.id, quota: 10 });
  const share = (await rows('officer', `/campaigns/${id}/services`))[0];
  await edit('officer', `/campaigns/${id}/services/${partner.id}`, { quota: 12 }, share);
  await act('officer', `/campaigns/${id}/open`);
  const made = await act('employer', `/campaigns/${id}/contracts`, terms);
  await act('employer', `/contracts/${made.id}`, terms, `/contracts/${made.id}`);
  await act('employer', `/contracts/${made.id}/submit`);
  await act('officer', `/contracts/${made.id}/refuse`, { reason });
  const other = await act('employer', `/campaigns/${id}/contracts`, terms);
  await act('employer', `/contracts/${other.id}/submit`);
  await act('officer', `/contracts/${other.id}/approve`);
  await act('desk', `/placements/${back.id}/evidence`, {
    kind: 'desk', day: await day(0), original: true, person_present: true, identity_checked: true, found_by: 'passport',
  });
  await act('employer', `/contracts/${other.id}/returnees`, { placement_id: back.id });
  await act('officer', `/contracts/${other.id}/notice`);
  const needed = (path) => described.paths[path].post.requestBody.content['application/json'].schema.required;
  for (const [who, kind, more] of [['officer', 'contracts', 'siret'], ['partner', 'candidates', 'partner_ref']]) {
    const columns = [more, ...needed(kind === 'contracts' ? '/campaigns/{id}/contracts' : '/candidates')].filter((name) => name !== 'campaign_id');
    const file = new TextEncoder().encode(`${columns.join(';')}\n${columns.map(() => 'x').join(';')}\n`);
    await act(who, `/campaigns/${id}/${kind}/import${who === 'officer' ? '-for-employers' : ''}`, file, null, 'text/csv');
  }
  await act('officer', `/campaigns/${id}/matching`);
  await act('officer', `/campaigns/${id}/season`);
  await act('officer', `/campaigns/${id}/returns`);
}

async function candidates(campaign) {
  const [one, two, three, four] = await entered(campaign);
  await act('partner', `/candidates/${one.id}`, { available_from: '2026-01-01', available_to: '2027-12-31' }, `/candidates/${one.id}`);
  await act('partner', `/candidates/${one.id}/withdraw`, { reason });
  await act('partner', `/candidates/${two.id}/reject`, { reason });
  await act('partner', `/candidates/${three.id}/certificates`, {
    kind: 'work', issuer: 'A farm', serial: 'A-1', first_day: '2020-01-01', last_day: '2020-06-30', months: 6,
  });
  await act('officer', `/candidates/${four.id}/request`, { kind: 'access', received_on: '2026-01-02', identified: 'passport' });
  await act('officer', '/cases/screen', { campaign: campaign.id });
  const open = (await rows('officer', '/cases?state=open&limit=200', 'cases'))[0];
  await act('officer', `/cases/${open.id}/take`);
}

async function documents(campaign) {
  const list = await rows('officer', `/documents?campaign=${campaign.id}&limit=200`, 'documents');
  const [one, two] = list.filter((row) => row.kind === 1 && row.state === 'valid');
  const [ready, later] = await placements('authorised', 2);
  const makeReady = async ({ id }) => {
    for (const kind of ['convoked', 'fit', 'visa']) {
      await act('officer', `/placements/${id}/facts`, { kind, day: await day(0), source: reason });
    }
  };
  await makeReady(later);
  await act('admin', '/documents/settings', { day_limit: 1, record_years: 3 }, '/documents/settings'); // it stops the batch
  const batch = await act('officer', `/campaigns/${campaign.id}/documents`, { kind: 1 });
  for (let tries = 0; tries < 600 && (await ask('officer', 'GET', `/document-batches/${batch.id}`)).body.state !== 'stopped'; tries++);
  await act('admin', '/documents/settings', { day_limit: 5000, record_years: 3 }, '/documents/settings');
  await act('officer', `/document-batches/${batch.id}/resume`);
  await makeReady(ready);
  await act('desk', `/placements/${ready.id}/document`);
  const [back] = await rows('officer', '/placements?state=returned_verified&limit=200', 'placements');
  await act('desk', `/placements/${back.id}/record`);
  await act('desk', `/placements/${back.id}/fee`, { moment: 'return', asked: 'no' });
  const whose = (await ask('officer', 'GET', `/placements/${back.id}`)).body.candidate_id;
  await act('desk', `/placements/${back.id}/work-seen`, { day: await day(0), commune: '84007', source: 'worker' });
  await act('desk', `/candidates/${whose}/documents-seen`, {
    moment: 'return', day: await day(0), document_issuer: 'MAR', document_number: 'ZZ0000001', holder_same: 'yes',
    photo_same: 'yes', replaces: 'renewed',
  });
  const [ended] = await placements('ended', 1);
  const exception = await act('desk', `/placements/${ended.id}/exceptions`, {
    kind: 'hospital', document: 'certificate 1', issuer: 'a hospital', until: await day(200),
  });
  await act('officer', `/exceptions/${exception.exception_id ?? exception.id}/reject`);
  const authorization = `Bearer ${tokens.officer}`;
  for (const path of ['/verify/photo', '/returns/photo']) {
    const picture = await fetch(`${base}/api/v1/documents/${one.id}/qr.png`, { headers: { authorization } });
    await act('desk', path, new Uint8Array(await picture.arrayBuffer()), null, 'image/png');
  }
  await act('officer', `/documents/${one.id}/suspend`, { reason });
  await act('officer', `/documents/${one.id}/restore`, { reason });
  await act('officer', `/documents/${two.id}/revoke`, { ground: 'lost', reason });
}

// Long after the season: who has not come back can be proposed, and decided by another.
async function nonReturn(campaign) {
  const { at } = (await ask('admin', 'GET', '/clock')).body;
  const [gone] = (await placements('ended', 1)).slice(-1);
  await act('admin', '/clock', { at: at + 400 * 86400 });
  for (const [source, ahead] of [['telephone', -3], ['letter', -2], ['telephone', -1]]) {
    await act('officer', `/placements/${gone.id}/facts`, { kind: 'contact', day: await day(ahead), source });
  }
  await act('officer', `/placements/${gone.id}/non-return`, { reason });
  await act('other', `/placements/${gone.id}/non-return/decide`, { decision: 'confirmed', reason });
  await act('admin', '/clock', { at });
}

await accounts();
await references();
await bench();
const campaign = (await rows('officer', '/campaigns')).find((row) => row.state === 'season');
for (const part of [sessions, contracts, candidates, documents, nonReturn]) {
  await part(campaign).catch((error) => {
    refused++;
    console.log(`ended early: ${part.name}: ${error.stack}`);
  });
}

// --- every GET of a record, now that all is filled
await everything(gets.filter((path) => path.includes('{')));
const never = operations.map(([name]) => name).filter((name) => !once.replayed.has(name));
console.log(`asked; ${refused} acts were refused, ${torn} lists torn by their pages`);
console.log(`${once.replayed.size} of ${operations.length} writes asked again, ${once.wrong} not done once; not asked: ${never.join(' ')}`);
process.exitCode = refused + torn + once.wrong > 0 ? 1 : 0;
