// browser.mjs - a person in front of a page: fills fields by name, presses buttons, and has every
// page that comes up looked at by axe-core.
import { mkdirSync } from 'node:fs';
import { AxeBuilder } from '@axe-core/playwright';
import { chromium } from 'playwright-core';

export const base = process.env.NORIA_BASE_URL;
export const password = process.env.NORIA_PASSWORD;
const shots = process.env.SHOTS;

let passed = 0;
let failed = 0;

export function check(good, name, detail = '') {
  if (good) {
    passed++;
    console.log(`ok ${passed + failed} - ${name}`);
  } else {
    failed++;
    console.log(`not ok ${passed + failed} - ${name}${detail ? '\n# ' + detail.replace(/\n/g, '\n# ') : ''}`);
  }
  return good;
}

export function finish() {
  console.log(`${passed} passed, ${failed} failed`);
  process.exit(failed === 0 && passed > 0 ? 0 : 1);
}

export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu', '--force-color-profile=srgb'],
  });
}

// The pages axe has seen, so that the same page in the same state is not measured twice.
const seen = new Set();

export class Person {
  constructor(browser, size, name, options = {}) {
    Object.assign(this, { browser, size, name, options });
  }

  async start() {
    this.context = await this.browser.newContext({
      viewport: { width: this.size.width, height: this.size.height },
      isMobile: this.size.width < 600,
      locale: this.options.locale ?? 'fr-FR',
      javaScriptEnabled: true,
    });
    this.page = await this.context.newPage();
    this.page.setDefaultTimeout(10000);
    this.errors = [];
    this.page.on('pageerror', (error) => this.errors.push(String(error)));
    this.page.on('console', (message) => {
      if (message.type() === 'error' && !/status of (4|5)\d\d/.test(message.text())) this.errors.push(message.text());
    });
    return this;
  }

  async login(email) {
    await this.open('/login');
    await this.fill({ email, password });
    await this.press('main form button');
    check(!this.path().startsWith('/login'), `${this.size.name}: ${this.name} logs in`, await this.problems());
    return this;
  }

  path() {
    return new URL(this.page.url()).pathname;
  }

  id() {
    return Number(this.path().match(/\/(\d+)/)?.[1] ?? 0);
  }

  async open(path, status = 200) {
    const answer = await this.page.goto(base + path);
    if (answer.status() !== status) {
      check(false, `${this.size.name}: ${this.name} opens ${path}`, `status ${answer.status()}: ${await this.problems()}`);
    }
    await this.look(path);
    return this.page;
  }

  // By the field's name: text, select, checkbox or radio.
  async fill(values) {
    for (const [name, value] of Object.entries(values)) {
      const field = this.page.locator(`main [name="${name}"]`).first();
      const kind = await field.evaluate((e) => (e.tagName === 'SELECT' ? 'select' : e.type));
      if (kind === 'select') await field.selectOption(String(value));
      else if (kind === 'checkbox') await field.setChecked(Boolean(value));
      else if (kind === 'radio') await this.page.locator(`main [name="${name}"][value="${value}"]`).check();
      else await field.fill(String(value));
    }
  }

  async press(selector) {
    await Promise.all([
      this.page.waitForNavigation(),
      this.page.locator(selector).first().click(),
    ]);
    await this.look(selector);
  }

  // Presses the button of the form that posts to a path.
  async post(action, values = {}) {
    const form = `main form[action="${action}"]`;
    for (const [name, value] of Object.entries(values)) {
      const field = this.page.locator(`${form} [name="${name}"]`).first();
      const closed = this.page.locator(`details:not([open]):has(form[action="${action}"]) > summary`);
      if (await closed.count()) await closed.first().click();
      const kind = await field.evaluate((e) => (e.tagName === 'SELECT' ? 'select' : e.type));
      if (kind === 'select') await field.selectOption(String(value));
      else if (kind === 'checkbox') await field.setChecked(Boolean(value));
      else if (kind === 'radio') await this.page.locator(`${form} [name="${name}"][value="${value}"]`).check();
      else await field.fill(String(value));
    }
    await this.press(`${form} button:not(.link)`);
  }

  async text(selector = 'main') {
    return (await this.page.locator(selector).first().innerText()).trim();
  }

  async has(selector) {
    return (await this.page.locator(selector).count()) > 0;
  }

  async problems() {
    const box = this.page.locator('.errors, .error, main h1');
    return (await box.allInnerTexts()).join(' | ').slice(0, 600);
  }

  // axe on the page as it stands (its legacy mode: there are no frames); serious and critical findings fail, the others are told.
  async look(how) {
    const heading = (await this.page.locator('h1').first().textContent().catch(() => '')) ?? '';
    const forms = await this.page.locator('main form').count();
    const who = this.path() === '/' ? this.name : 'anybody';
    const mark = `${this.size.name} ${who} ${this.path().replace(/\d+/g, ':id')} ${forms} ${await this.has('.errors')}`;
    // Against the screen, not the window: a phone zooms out until everything fits.
    const wide = (await this.page.evaluate(() => document.documentElement.scrollWidth)) - this.size.width;
    if (seen.has(mark)) return;
    seen.add(mark);
    const label = `${this.size.name}: ${this.name}, ${this.path()} (${heading.trim().replace(/\s+/g, ' ')})`;
    const found = await new AxeBuilder({ page: this.page }).setLegacyMode().analyze();
    const grave = found.violations.filter((v) => v.impact === 'serious' || v.impact === 'critical');
    const tell = (list) =>
      list.map((v) => `${v.impact} ${v.id}: ${v.help}: ${v.nodes.slice(0, 3).map((n) => n.html.slice(0, 160)).join(' // ')}`).join('\n');
    check(grave.length === 0, `${label}: axe`, tell(grave));
    const mild = found.violations.filter((v) => !grave.includes(v));
    if (mild.length) console.log('# ' + tell(mild).replace(/\n/g, '\n# '));
    check(wide <= 1, `${label}: nothing scrolls sideways`, `${wide} px too wide (after ${how})`);
    if (shots) {
      mkdirSync(shots, { recursive: true });
      const file = `${this.size.name}-${this.name}-${this.path().replace(/\W+/g, '_')}-${seen.size}.png`;
      await this.page.screenshot({ path: `${shots}/${file}`, fullPage: true });
    }
  }

  async leave() {
    check(this.errors.length === 0, `${this.size.name}: ${this.name} met no error in the browser`, this.errors.join('\n'));
    await this.context.close();
  }
}
