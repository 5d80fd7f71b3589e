// fill.mjs - what a played campaign and tests/interop/ask.mjs leave nowhere, so that its page can be
// opened: drafts, a session with seats free, a calibration, an appeal, a derogation. Gives the pages
// from which each role goes on: lists may not show them on their first page.
import { api, login, setDay } from './api.mjs';
import { people } from './site.mjs';

const iso = (at) => new Date(at * 1000).toISOString().slice(0, 10);

async function list(token, path, name) {
  return (await api('GET', path, token))[name];
}

// The clock goes back to a session's last days of appeal, and on again.
async function appeal(tokens, now) {
  for (const session of await list(tokens.partner, '/sessions?limit=50', 'sessions')) {
    if (session.state !== 'closed') continue;
    const { seats } = await api('GET', `/sessions/${session.id}`, tokens.partner);
    const seat = seats.find((one) => one.attendance === 'present');
    if (!seat) continue;
    await setDay(tokens.admin, session.held_on);
    await api('POST', `/seats/${seat.id}/appeal`, tokens.partner, { ground: 'procedure', note: 'Les consignes ont été lues trop vite.' });
    await api('POST', '/clock', tokens.admin, { at: now });
    return seat.id;
  }
  throw new Error('no closed session');
}

export async function fill() {
  const tokens = {};
  for (const [role, email] of Object.entries(people)) tokens[role] = await login(email);
  const now = (await api('GET', '/clock', tokens.admin)).at;
  const day = (days) => iso(now + days * 86400);
  const service = (await api('GET', '/me', tokens.partner)).org_id;
  const profiles = await list(tokens.officer, '/profiles?state=active&limit=200', 'profiles');

  const dates = { first_day: day(120), last_day: day(300) };
  const campaign = (await api('POST', '/campaigns', tokens.officer, { code: 'PAGES', season: 2030, name: 'Campagne à venir', ...dates })).id;
  await api('POST', `/campaigns/${campaign}/services`, tokens.officer, { org_id: service, quota: 10 });
  await api('POST', `/campaigns/${campaign}/open`, tokens.officer);
  const contract = await api('POST', `/campaigns/${campaign}/contracts`, tokens.employer, {
    rome: 'A1401', crop: 'cerises', tasks: 'Cueillette et tri', places: 2, first_day: day(130), last_day: day(240), commune: '84007',
    weekly_hours: 35, hourly_wage: 14, proof_kind: 'offer', proof_reference: '174QWER', proof_publisher: 'France Travail',
    proof_from: day(-60), proof_to: day(-34), housing_kind: 'none',
  });
  await api('POST', '/sessions', tokens.partner, {
    campaign_id: campaign, profile_id: profiles[0].id, capacity: 10, site: 'Agadir', held_on: day(20),
  });

  const habilete = await api('POST', '/habiletes', tokens.assessor, { code: 'HPAGES', label: 'Habileté en projet' });
  const exercises = await list(tokens.assessor, '/exercises?state=active&limit=1', 'exercises');
  const exercise = await api('POST', `/exercises/${exercises[0].id}/next`, tokens.assessor);
  const drafts = [];
  for (const one of profiles.slice(0, 2)) drafts.push((await api('POST', `/profiles/${one.id}/next`, tokens.assessor)).id);
  const { siret } = (await list(tokens.admin, '/orgs?kind=employer&limit=1', 'orgs'))[0];
  await api('POST', '/calibrations', tokens.assessor, { profile_id: drafts[1], siret, held_on: day(-1), site: 'Ferme' });
  await api('POST', '/derogations', tokens.officer, {
    title: 'Récolte tardive', legal_source: 'Arrêté du 1er septembre 2026', from_day: day(10), to_day: day(60), most_months: 8, campaign_id: campaign,
  });
  const seat = await appeal(tokens, now);
  const [home] = await list(tokens.officer, '/placements?state=returned_verified&limit=1', 'placements');
  return {
    partner: [`/seats/${seat}/appeal`], // offered while an appeal can be filed
    employer: [`/contracts/${contract.id}`],
    assessor: [`/profiles/${drafts[0]}`, `/habiletes/${habilete.id}`, `/exercises/${exercise.id}`],
    officer: [`/placements/${home.id}`, `/placements/${home.id}/return`],
  };
}
