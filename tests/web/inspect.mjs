// inspect.mjs - what is wrong with a page as it stands. page_faults() runs inside the page.
import { readdirSync, readFileSync } from 'node:fs';

// --- sentences that nobody translated -----------------------------------------------------------------

function catalogue(lang) {
  const folder = new URL(`../../templates/i18n/${lang}/`, import.meta.url);
  const said = new Map();
  const unquote = (text) => JSON.parse(`"${text.replace(/"\s*"/g, '')}"`);
  for (const name of readdirSync(folder)) {
    const text = readFileSync(new URL(name, folder), 'utf8');
    for (const [, id, str] of text.matchAll(/^msgid ((?:"(?:[^"\\]|\\.)*"\s*)+)^msgstr ((?:"(?:[^"\\]|\\.)*"\s*)+)/gm)) {
      said.set(unquote(id.trim().slice(1, -1)), unquote(str.trim().slice(1, -1)));
    }
  }
  return said;
}

// English sentences that read otherwise in the language, and that no sentence of it is ("Places" are
// seats in French); those with a gap as a pattern. `data`: words that a row may hold, and a name.
const data = ['Administrator', 'open', 'SIRET'];
export function untranslated(lang) {
  const whole = new Set();
  const gaps = [];
  const said = catalogue(lang);
  const own = new Set([...said.values(), ...data]);
  for (const [id] of said) {
    if (!id || own.has(id)) continue;
    if (/\{/.test(id)) {
      const parts = id.split(/\{[^}]*\}/).map((part) => part.replace(/[.*+?^$()|[\]\\]/g, '\\$&'));
      if (parts.join('').length > 12) gaps.push(new RegExp(`^${parts.join('.*')}$`));
    } else whole.add(id);
  }
  return (text) => whole.has(text) || gaps.some((gap) => gap.test(text));
}

// --- inside the page ----------------------------------------------------------------------------------

// The page's own words, and what a form, a heading and the frame lack.
export function read() {
  const shown = (e) => e.getClientRects().length > 0;
  const name = (e) =>
    (e.labels?.length && [...e.labels].some((one) => one.textContent.trim())) || e.getAttribute('aria-label')?.trim() ||
    (e.getAttribute('aria-labelledby') ?? '').split(/\s+/).some((id) => document.getElementById(id)?.textContent.trim());
  const texts = [];
  const walker = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode.textContent.trim().replace(/\s+/g, ' ');
    if (text && !walker.currentNode.parentElement.closest('script, style, [lang]:not(html)')) texts.push(text);
  }
  for (const e of document.querySelectorAll('[aria-label], [placeholder], [title], [data-label], [alt]')) {
    for (const which of ['aria-label', 'placeholder', 'title', 'data-label', 'alt']) {
      if (e.getAttribute(which)) texts.push(e.getAttribute(which).trim());
    }
  }
  return {
    lang: document.documentElement.lang,
    dir: document.documentElement.dir,
    title: document.title,
    headings: document.querySelectorAll('h1').length,
    heading: document.querySelector('h1')?.textContent.trim().replace(/\s+/g, ' ') ?? '',
    texts,
    unlabelled: [...document.querySelectorAll('input:not([type=hidden]), select, textarea')].filter((e) => shown(e) && !name(e))
      .map((e) => e.outerHTML.slice(0, 120)),
    nameless: [...document.querySelectorAll('button, a[href]')].filter((e) => shown(e) && !(e.textContent.trim() || e.getAttribute('aria-label')))
      .map((e) => e.outerHTML.slice(0, 120)),
  };
}

// What sticks out of a window this wide, the widest first.
export function sticking(width) {
  if (document.documentElement.scrollWidth <= width + 1) return [];
  const out = [...document.querySelectorAll('body *')].map((e) => [e, e.getBoundingClientRect()])
    .filter(([, box]) => box.width && (box.right > width + 1 || box.left < -1));
  return out.slice(-2).map(([e]) => e.outerHTML.slice(0, 120)).concat(`${document.documentElement.scrollWidth} px`);
}

// --- faults -------------------------------------------------------------------------------------------

export function faults(seen, lang, alien) {
  const list = [];
  if (seen.lang !== lang || seen.dir !== (lang === 'ar' ? 'rtl' : 'ltr')) list.push(`lang ${seen.lang}, dir ${seen.dir}`);
  if (!/^\S.* · Noria$/.test(seen.title)) list.push(`title "${seen.title}"`);
  if (seen.headings !== 1 || !seen.heading) list.push(`${seen.headings} h1 "${seen.heading}"`);
  for (const one of seen.unlabelled) list.push(`no label: ${one}`);
  for (const one of seen.nameless) list.push(`no name: ${one}`);
  for (const text of [seen.title.replace(/ · Noria$/, ''), ...seen.texts]) {
    if (/\{\{|\}\}|\{[a-z_]+(:[a-z_]+)?\}|\bundefined\b|^[a-z_]+:[a-z_]+$/.test(text)) list.push(`placeholder: ${text.slice(0, 100)}`);
    else if (alien(text)) list.push(`not translated: ${text.slice(0, 100)}`);
  }
  return [...new Set(list)];
}
