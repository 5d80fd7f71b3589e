// site.mjs - the pages of a server, found as people find them: from the home page of each role, by the
// links of the pages. The list of those there are comes from the route table.
import { execFileSync } from 'node:child_process';
import { base, password } from './browser.mjs';

export const people = {
  officer: 'officer@ofii.example', partner: 'partner@anapec.example', employer: 'employer@farm.example',
  assessor: 'assessor@aneti.example', desk: 'desk@ofii.example', admin: 'admin@ofii.example', auditor: 'auditor@ofii.example',
};
export const roles = ['public', ...Object.keys(people)];

// It says in words why there is nothing to show, which nobody knows before he asks.
const told = ['/candidates/:id/matching'];

// GET rows of the table that answer outside the API, those with fewest parameters first.
export function routes(program) {
  const table = execFileSync(program, ['routes'], { encoding: 'utf8' });
  const rows = [...table.matchAll(/^GET +(\S+) +page(?:\+api)? +(\S+) +(.*)$/gm)].map(([, path, allowed, title]) => ({
    path, title, roles: allowed.split(','), found: new Map(),
    matches: new RegExp(`^${path.replace(/:id\b|:\w+_id\b/g, '\\d+').replace(/:\w+/g, '[\\w.-]+')}$`),
  }));
  return rows.sort((a, b) => a.path.split(':').length - b.path.split(':').length);
}

// A browser that is logged in as a role.
export async function enter(browser, role, options) {
  const context = await browser.newContext(options);
  if (role !== 'public') {
    const page = await context.newPage();
    await page.goto(`${base}/login`);
    await page.fill('main [name=email]', people[role]);
    await page.fill('main [name=password]', password);
    await Promise.all([page.waitForNavigation(), page.click('main form button')]);
    if (new URL(page.url()).pathname !== '/') throw new Error(`${role} is not let in`);
    await page.close();
  }
  return context;
}

const plain = (text) => text.replaceAll('&amp;', '&').replaceAll('&quot;', '"').replaceAll('&#39;', "'");

// Follows links until each page that the role may see has been met, or no link is left. Addresses of
// the page met least often come first; `most` of each at the utmost. Begins at `/` and at `starts`. Broken links go to `broken`.
export async function crawl(context, role, rows, starts, broken, most = 5) {
  const mine = rows.filter((row) => row.roles.includes(role) || row.roles.includes('public'));
  const waiting = new Map(mine.map((row) => [row, []]));
  const known = new Set();
  const offer = (address, from) => {
    const row = rows.find((one) => one.matches.test(address.split('?')[0]));
    if (known.has(address)) return;
    known.add(address);
    if (!row) broken.push(`${role}: ${from} leads to ${address}, which is no page`);
    else if (!waiting.has(row)) broken.push(`${role}: ${from} leads to ${address}, which is not for that role`);
    else waiting.get(row).push([address, from]);
  };
  const visits = new Map();
  for (const start of ['/', ...starts]) offer(start, 'the walk');
  for (;;) {
    if (mine.every((row) => visits.get(row))) break;
    const [row] = mine.filter((one) => waiting.get(one).length && (visits.get(one) ?? 0) < most)
      .sort((a, b) => (visits.get(a) ?? 0) - (visits.get(b) ?? 0));
    if (!row) break;
    const [address, from] = waiting.get(row).shift();
    const answer = await context.request.get(base + address, { maxRedirects: 0 });
    visits.set(row, (visits.get(row) ?? 0) + 1);
    if (answer.status() === 409 && told.includes(row.path)) continue;
    if (answer.status() !== 200) {
      broken.push(`${role}: ${from} leads to ${address}: ${answer.status()}`);
      continue;
    }
    const html = /text\/html/.test(answer.headers()['content-type'] ?? '');
    const text = html ? await answer.text() : '';
    if (!row.found.has(role)) row.found.set(role, { address, html });
    for (const [, link] of text.matchAll(/<a [^>]*?href="(\/[^"#]*)/g)) offer(plain(link), address);
  }
  return [...visits.values()].reduce((sum, n) => sum + n, 0);
}
