// pages.mjs PROGRAM - every page of the route table in three languages and at two widths, on a server
// that the demo and tests/interop/ask.mjs have filled (NORIA_BASE_URL, NORIA_PASSWORD; its clock can be
// moved). What fails: a page that no link leads to or that no row fills, a link that leads nowhere or
// to what the role may not see, and whatever inspect.mjs and axe-core find. SHOTS=folder keeps pictures, ONLY=pattern
// opens those pages alone.
import { mkdirSync, readFileSync } from 'node:fs';
import { base, check, finish, launch } from './browser.mjs';
import { fill } from './fill.mjs';
import { faults, read, sticking, untranslated } from './inspect.mjs';
import { crawl, enter, roles, routes } from './site.mjs';

const axe = readFileSync(new URL('node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');
const sizes = { phone: { width: 390, height: 844 }, desktop: { width: 1280, height: 900 } };
const locales = { fr: 'fr-FR', en: 'en-GB', ar: 'ar' };
const looks = { fr: 'phone', ar: 'desktop' }; // where axe-core looks
const shots = process.env.SHOTS;
const only = new RegExp(process.env.ONLY ?? '');

// Read by programs, or shown only in the middle of an act; those that are pages are opened all the same.
const unlinked = {
  '/healthz': 'for a supervisor', '/readyz': 'for a supervisor', '/metrics': 'for Prometheus',
  '/.well-known/noria/log.cwt': 'for `noria audit verify`', '/.well-known/noria/log-head.cwt': 'for `noria audit verify`',
  '/.well-known/noria/root.cosekey': 'for `noria verify`', '/.well-known/noria/trust.cwt': 'for `noria verify`',
  '/.well-known/noria/:file': 'for `noria verify`',
  '/imports/:id': 'shown after an upload', '/candidate-imports/:id': 'shown after an upload',
  '/imports/:id/errors.csv': 'from the page after an upload', '/candidate-imports/:id/errors.csv': 'from the page after an upload',
};
const unopened = {
  '/login/code': 'between password and code only: tests/server/account/test_factor',
  '/second-factor/qr.png': 'a picture of a secret just made: tests/server/account/test_factor',
};

// Of rows and items that are built alike the first stays: axe would say the same of each.
function thin() {
  const shape = (e) => [e, ...e.querySelectorAll('*')].map((one) => one.tagName + one.className).join(' ');
  for (const list of document.querySelectorAll('tbody, ul, ol')) {
    const seen = new Set();
    for (const item of [...list.children]) seen.has(shape(item)) ? item.remove() : seen.add(shape(item));
  }
}

async function axeSays(page) {
  await page.evaluate(axe);
  const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'], preload: false }));
  return found.violations.map((v) => `axe: ${v.impact} ${v.id}: ${v.nodes.slice(0, 3).map((n) => n.html.slice(0, 160)).join(' // ')}`);
}

// What is wrong with the page that is open, in one language: at the width that it has, then at the
// other. axe-core looks last, at the width of `looks`.
async function judge(page, lang, alien, name) {
  const list = faults(await page.evaluate(read), lang, alien).map((one) => `${lang}: ${one}`);
  const [one, other] = Object.keys(sizes);
  const first = page.viewportSize().width === sizes[one].width ? one : other;
  for (const size of [first, first === one ? other : one]) {
    if (size !== first) await page.setViewportSize(sizes[size]);
    const out = await page.evaluate(sticking, sizes[size].width);
    if (out.length) list.push(`${lang}, ${size}: sticks out: ${out.join(' // ')}`);
    if (shots) await page.screenshot({ path: `${shots}/${name.replace(/\W+/g, '_')}-${lang}-${size}.png`, fullPage: true });
  }
  if (!looks[lang]) return list;
  await page.setViewportSize(sizes[looks[lang]]);
  await page.evaluate(thin);
  return [...list, ...(await axeSays(page)).map((said) => `${lang}, ${looks[lang]}: ${said}`)];
}

// Each fault planted into a good page is found, and nothing before.
async function control(browser) {
  const page = await browser.newPage({ viewport: sizes.phone, locale: 'fr-FR' });
  const plants = {
    'sticks out': () => { document.querySelector('main p').style.inlineSize = '2000px'; },
    'no label': () => document.querySelectorAll('main label').forEach((one) => one.remove()),
    'axe: critical label': () => document.querySelectorAll('main label').forEach((one) => one.remove()),
    'not translated: Password': () => { document.querySelector('main label').textContent = 'Password'; },
    'placeholder': () => { document.querySelector('main p').textContent = 'Encore {count} essais'; },
    'no name': () => { document.querySelector('main button').textContent = ''; },
    'h1': () => document.querySelector('h1').remove(),
    'title': () => { document.title = ''; },
    'lang': () => { document.documentElement.lang = 'en'; },
  };
  const alien = untranslated('fr');
  for (const [fault, plant] of Object.entries(plants)) {
    await page.goto(`${base}/login`);
    const before = await judge(page, 'fr', alien, 'control');
    await page.evaluate(plant);
    const after = await judge(page, 'fr', alien, 'control');
    check(before.length === 0 && after.some((one) => one.includes(fault)), `planted and found: ${fault}`, [...before, '--', ...after].join('\n'));
  }
  await page.close();
}

async function find(browser, rows, starts, states) {
  const broken = [];
  for (const role of roles) {
    const context = await enter(browser, role, {});
    await crawl(context, role, rows, starts[role] ?? [], broken);
    for (const row of rows) {
      if (row.found.size || !unlinked[row.path] || !(row.roles.includes(role) || row.roles.includes('public'))) continue;
      for (let id = 1; id < 15; id++) {
        const address = row.path.replace(':id', id).replace(':file', 'status-1.cwt');
        const answer = await context.request.get(base + address);
        if (answer.status() !== 200) continue;
        row.found.set(role, { address, html: /text\/html/.test(answer.headers()['content-type']) });
        break;
      }
    }
    states[role] = await context.storageState();
    await context.close();
  }
  check(broken.length === 0, 'each link leads to a page that the role may see', [...new Set(broken)].join('\n'));
  for (const row of rows) {
    if (unopened[row.path]) check(row.found.size === 0, `${row.path} is not opened: ${unopened[row.path]}`);
    else check(row.found.size > 0, `${row.path} is led to`, 'no link found, or no row of the demo has this page');
  }
}

async function open(browser, rows, states, lang, wrong) {
  const alien = lang === 'en' ? () => false : untranslated(lang);
  for (const role of roles) {
    const context = await browser.newContext({ storageState: states[role], locale: locales[lang], viewport: sizes.phone });
    await context.addCookies([{ name: '__Host-lang', value: lang, url: base.replace('http:', 'https:'), secure: true }]);
    const page = await context.newPage();
    for (const row of rows) {
      const [first] = row.found.keys();
      if (first !== role || !row.found.get(role).html || !only.test(row.path)) continue;
      const answer = await page.goto(base + row.found.get(role).address);
      const list = answer.status() === 200 ? await judge(page, lang, alien, row.path) : [`${lang}: status ${answer.status()}`];
      wrong.set(row, [...(wrong.get(row) ?? []), ...list]);
    }
    await context.close();
  }
}

if (shots) mkdirSync(shots, { recursive: true });
const browser = await launch();
try {
  const rows = routes(process.argv[2]);
  const states = {};
  const wrong = new Map();
  const starts = await fill();
  await control(browser);
  await find(browser, rows, starts, states);
  console.log(`# found after ${Math.round(process.uptime())} s`);
  await Promise.all(Object.keys(locales).map((lang) => open(browser, rows, states, lang, wrong)));
  for (const [row, list] of wrong) {
    const [[role, { address }]] = row.found;
    check(list.length === 0, `${row.path} as ${role} (${address})`, list.join('\n'));
  }
  console.log(`# ${wrong.size} pages in ${Object.keys(locales).length} languages after ${Math.round(process.uptime())} s`);
} catch (error) {
  check(false, 'the walk of the pages goes on to its end', String(error.stack ?? error));
}
await browser.close();
finish();
