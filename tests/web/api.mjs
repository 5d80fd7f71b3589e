// api.mjs - what the walk prepares before a person sits down: organisations, accounts, the clock.
import { randomUUID } from 'node:crypto';
import { base, password } from './browser.mjs';

export async function api(method, path, token, body) {
  const answer = await fetch(`${base}/api/v1${path}`, {
    method,
    headers: {
      accept: 'application/json',
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      ...(method === 'GET' ? {} : { 'content-type': 'application/json', 'idempotency-key': randomUUID() }),
    },
    body: method === 'GET' ? undefined : JSON.stringify(body ?? {}),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text.slice(0, 400)}`);
  return text ? JSON.parse(text) : null;
}

export async function login(email) {
  return (await api('POST', '/login', null, { email, password, label: 'walk' })).token;
}

// Moves the business clock to noon of a day.
export async function setDay(token, day) {
  await api('POST', '/clock', token, { at: Date.parse(`${day}T12:00:00Z`) / 1000 });
}

export async function account(token, org_id, role, email, name) {
  const made = await api('POST', '/accounts', token, { org_id, role, email, name });
  await api('POST', '/activation', null, { code: made.code, password });
  return made;
}
