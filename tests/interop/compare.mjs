// Holds the answers of reader.mjs against those of `noria verify --json` and against what was expected.
//   node compare.mjs NORIA ROOT TRUST FOLDER UNIX-SECONDS [active|retired|compromised]
// FOLDER is what `documents` wrote; the last word is what has become of the key that signed it.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { openFolder, texts } from './reader.mjs';

const [noria, root, trust, folder, now, state = 'active'] = process.argv.slice(2);
const verifier = await openFolder(root, trust, folder, Number(now));
let failed = 0;
const say = (held, what) => { failed += !held; console.log(`${held ? 'ok' : 'not ok'} ${what}`); };

// Exit status by answer (profile, section 4); any answer that is not here refuses for good.
const unsure = ['UNKNOWN_KEY', 'STATUS_MISSING', 'STATUS_STALE', 'TRUST_STALE', 'CLOCK_DOUBTFUL'];
const exitOf = (code) => (code === 'VALID' ? 0 : unsure.includes(code) ? 2 : 1);

function ours(file, under = root) {
  const run = spawnSync(noria, ['--json', 'verify', '--root', under, '--trust', trust, '--status', folder,
    '--at', now, file], { encoding: 'utf8', maxBuffer: 1 << 28 });
  const answers = run.stdout.split('\n').filter((line) => line !== '').map((line) => JSON.parse(line));
  return { exit: run.status, answers };
}

// noria prints times and days as dates and byte strings in hexadecimal.
const moment = (seconds) => new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
const printed = { exp: moment, nbf: moment, iat: moment, cti: (bytes) => Buffer.from(bytes).toString('hex'),
  first_day: (day) => moment(day * 86400).slice(0, 10), last_day: (day) => moment(day * 86400).slice(0, 10),
  birth_date: (text) => text.replace(/^(....)(..)(..)$/, '$1-$2-$3') };
const asPrinted = (claims) => Object.fromEntries(Object.entries(claims)
  .map(([name, value]) => [name, printed[name] ? printed[name](value) : value]));

// What happens to a key changes the answer to what it signed, once the reading gets as far as the key.
const beforeTheKey = ['TOO_LONG', 'BAD_PREFIX', 'BAD_BASE45', 'BAD_CBOR', 'BAD_COSE', 'UNKNOWN_KEY',
  'KEY_WRONG_PURPOSE'];
function expected(name, code) {
  if (state === 'compromised' && !beforeTheKey.includes(code)) return 'KEY_COMPROMISED';
  return state === 'retired' && name === 'issued-now' ? 'KEY_NOT_VALID_AT_IAT' : code;
}

const rows = readFileSync(join(folder, 'expected.tsv'), 'utf8').trim().split('\n').map((row) => row.split('\t'));
for (const [name, code] of rows) {
  const file = join(folder, name);
  const [text] = texts(file);
  const theirs = await verifier.verify(text);
  const { exit, answers: [answer] } = ours(file);
  const wanted = expected(basename(name).replace(/\.\w+$/, ''), code);
  const claims = theirs.claims === undefined ? undefined : asPrinted(theirs.claims);
  const shown = wanted !== 'VALID' || (claims !== undefined && isDeepStrictEqual(claims, answer.claims));
  say(theirs.code === wanted && answer.code === wanted && exit === exitOf(wanted) && shown,
    `${state} ${name}: ${wanted}; the other reader says ${theirs.code}, noria ${answer.code} (exit ${exit})`
    + `${shown ? '' : ` and other claims: ${JSON.stringify(claims)} ${JSON.stringify(answer.claims)}`}`);
}
say(rows.length > 30 && rows.some(([, code]) => code === 'VALID'), `${state}: ${rows.length} documents`);

// Damage: both refuse all of it, and for the same reason.
if (state === 'active') {
  const damaged = join(folder, 'damaged.txt');
  const lines = texts(damaged);
  const { answers } = ours(damaged);
  const reasons = {};
  let accepted = 0;
  let reached = 0; // the signature: damage that a parser sees proves nothing about it
  let differ = 0;
  for (const [at, text] of lines.entries()) {
    const theirs = (await verifier.verify(text)).code;
    const mine = answers[at]?.code;
    accepted += theirs === 'VALID' || mine === 'VALID';
    reached += theirs === 'BAD_SIGNATURE' && mine === theirs;
    if (theirs !== mine) {
      differ += 1;
      reasons[`${mine} here, ${theirs} there`] ??= text;
    }
  }
  say(lines.length > 2500 && answers.length === lines.length && accepted === 0,
    `${state}: ${lines.length} damaged documents, ${accepted} accepted`);
  say(reached > 1500, `${state}: ${reached} of them by the signature alone`);
  say(differ === 0, `${state}: ${differ} of them refused for another reason ${JSON.stringify(reasons)}`);
}
// A root that did not sign the trust list.
const other = join(folder, 'other-root.cosekey');
const refused = await openFolder(other, trust, folder, Number(now)).then(() => 'nothing', (error) => error.message);
const under = ours(join(folder, rows[0][0]), other);
say(refused === 'not that root' && under.exit === 2 && under.answers[0].code === 'TRUST_STALE',
  `${state}: under another root the other reader refuses ${refused}, noria says ${under.answers[0].code}`);
process.exitCode = failed > 0 ? 1 : 0;
