// A reader of worker documents made of packages of others and the document profile alone: pngjs and jsqr for
// the picture, base45, cborg for strict CBOR, @auth0/cose for COSE_Sign1 and COSE_Key, Node's zlib.
//   node reader.mjs ROOT TRUST STATUS-FOLDER UNIX-SECONDS FILE…     a JSON object a document
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { inflateSync } from 'node:zlib';
import { COSEKey, Sign1 } from '@auth0/cose';
import base45 from 'base45';
import { decode, encode, rfc8949EncodeOptions, Tagged } from 'cborg';
import jsqr from 'jsqr';
import { PNG } from 'pngjs';

const TEXT_MAX = 4300;
const LIST_MAX = 2 ** 20 * 2 / 8;
const SKEW = 300;
const ES256 = -7;
const [DOCUMENTS, STATUS] = [1, 2]; // purposes of a key
const COMPROMISED = 2;

class Refusal extends Error {}
const refuse = (code) => { throw new Refusal(code); };
const need = (held, code) => held || refuse(code);
const same = (a, b) => Buffer.compare(a, b) === 0;
const isBytes = (value, length) => value instanceof Uint8Array && (length === undefined || value.length === length);

// --- strict CBOR: what deterministic encoding would write again byte for byte, and no floats ---
const anyTag = new Proxy({}, { get: (_, tag) => Tagged.decoder(Number(tag)) });
const strictly = { strict: true, useMaps: true, rejectDuplicateMapKeys: true, allowIndefinite: false,
  allowUndefined: false, allowNaN: false, allowInfinity: false, tags: anyTag };

function hasFloat(value) {
  if (value instanceof Map) return [...value].flat().some(hasFloat);
  if (Array.isArray(value)) return value.some(hasFloat);
  if (value instanceof Tagged) return hasFloat(value.value);
  return typeof value === 'number' && !Number.isInteger(value);
}

function cbor(bytes) {
  try {
    const value = decode(bytes, strictly);
    if (same(encode(value, rfc8949EncodeOptions), bytes) && !hasFloat(value)) return value;
  } catch { /* refused below */ }
  return refuse('BAD_CBOR');
}

// --- COSE_Sign1: tag 18, an empty unprotected header, a protected one of exactly these members ---
function sign1(bytes, typ) {
  const outer = cbor(bytes);
  need(outer instanceof Tagged && outer.tag === Sign1.tag && Array.isArray(outer.value)
    && outer.value.length === 4, 'BAD_COSE');
  const [header, unprotected, payload, signature] = outer.value;
  need(isBytes(header) && header.length > 0 && unprotected instanceof Map && unprotected.size === 0
    && isBytes(payload) && isBytes(signature), 'BAD_COSE');
  const members = cbor(header);
  need(members instanceof Map && members.size === (typ ? 3 : 2) && members.has(1)
    && isBytes(members.get(4), 8) && members.get(16) === typ, 'BAD_COSE');
  const alg = members.get(1);
  need(typeof alg === 'number' || typeof alg === 'string', 'BAD_COSE');
  need(alg !== ES256 || signature.length === 64, 'BAD_COSE');
  return { bytes, alg, kid: members.get(4), claims: cbor(payload) };
}

async function checkSignature(message, key) {
  need(message.alg === ES256, 'ALG_NOT_ALLOWED');
  try {
    await Sign1.decode(message.bytes).verify(key.public, { algorithms: [ES256] });
  } catch {
    refuse('BAD_SIGNATURE');
  }
}

const ofKey = new Set([1, 2, 3, -1, -2, -3]);
async function publicKey(map) {
  const x = map.get(-2);
  const y = map.get(-3);
  const kid = createHash('sha256').update(x).update(y).digest().subarray(0, 8);
  need(map.get(1) === 2 && map.get(3) === ES256 && map.get(-1) === 1 && isBytes(x, 32) && isBytes(y, 32)
    && (!map.has(2) || same(map.get(2), kid)), 'a broken key');
  const key = COSEKey.import(new Map([...map].filter(([label]) => ofKey.has(label))));
  return { kid, public: await key.toKeyLike(), purpose: map.get(-70012), from: map.get(-70013),
    to: map.get(-70014), state: map.get(-70015) };
}

// --- the lists ---
export class Verifier {
  static async open(root, trust, lists, now) {
    const verifier = new Verifier();
    const rootKey = await publicKey(cbor(root));
    const message = sign1(trust, 'application/vnd.noria.trustlist+cwt');
    need(same(message.kid, rootKey.kid), 'not that root');
    await checkSignature(message, rootKey);
    verifier.now = now;
    verifier.trustEnds = message.claims.get(4);
    verifier.keys = await Promise.all(message.claims.get(-70011).map(publicKey));
    verifier.lists = new Map();
    for (const bytes of lists) await verifier.take(bytes);
    return verifier;
  }

  key(message, purpose) {
    const key = this.keys.find((one) => same(one.kid, message.kid)) ?? refuse('UNKNOWN_KEY');
    need(key.purpose === purpose, 'KEY_WRONG_PURPOSE');
    need(key.state !== COMPROMISED, 'KEY_COMPROMISED');
    const iat = message.claims instanceof Map ? message.claims.get(6) : undefined;
    need(!isTime(iat) || (iat >= key.from && iat <= key.to), 'KEY_NOT_VALID_AT_IAT');
    return key;
  }

  async take(bytes) {
    const message = sign1(bytes, 'application/statuslist+cwt');
    await checkSignature(message, this.key(message, STATUS));
    const list = message.claims.get(65533);
    need(list.get('bits') === 2, 'another width');
    this.lists.set(message.claims.get(2), { ends: message.claims.get(4),
      packed: inflateSync(list.get('lst'), { maxOutputLength: LIST_MAX }) });
  }

  // 0 valid, 1 revoked, 2 suspended (Token Status List: the first entry lies in the lowest bits)
  status({ idx, uri }) {
    const list = this.lists.get(uri) ?? refuse('STATUS_MISSING');
    need(this.now - SKEW < list.ends, 'STATUS_STALE');
    need(idx < list.packed.length * 4, 'STATUS_MISSING');
    return ['VALID', 'REVOKED', 'SUSPENDED', 'STATUS_MISSING'][list.packed[idx >> 2] >> (idx & 3) * 2 & 3];
  }

  async judge(text) {
    need(Buffer.byteLength(text) <= TEXT_MAX, 'TOO_LONG');
    need(text.startsWith('SW1:'), 'BAD_PREFIX');
    const bytes = base45.decode(text.slice(4));
    need(base45.encode(bytes) === text.slice(4), 'BAD_BASE45');
    const message = sign1(bytes);
    await checkSignature(message, this.key(message, DOCUMENTS));
    const claims = readClaims(message.claims);
    need(this.now + SKEW >= Math.max(claims.nbf, claims.iat), 'NOT_YET_VALID');
    need(this.now - SKEW < claims.exp, 'EXPIRED'); // RFC 8392: not on or after exp
    need(this.now - SKEW < this.trustEnds, 'TRUST_STALE');
    return { code: this.status({ idx: claims.status_idx, uri: claims.status_uri }), claims };
  }

  async verify(text) {
    try {
      return await this.judge(text);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return { code: error.message };
    }
  }
}

// --- the claims: what the profile's tables say ---
const isTime = (value) => Number.isInteger(value) && value >= 0 && value <= 253402300799;
const labels = { iss: [1], exp: [4], nbf: [5], iat: [6], cti: [7],
  document_number: [169, 1], full_name: [169, 4], birth_date: [169, 8], gender: [169, 9],
  nationality: [169, 13], status_idx: [65535, 'status_list', 'idx'], status_uri: [65535, 'status_list', 'uri'],
  ...Object.fromEntries(['kind', 'passport', 'employer', 'siret', 'commune', 'rome', 'first_day', 'last_day',
    'authorisation', 'second_name', 'contract', 'campaign', 'places', 'wage', 'clean_seasons']
    .map((name, at) => [name, [-70001, at + 1]])) };

function readClaims(map) {
  need(map instanceof Map, 'BAD_CLAIMS');
  const claims = {};
  for (const [name, path] of Object.entries(labels)) {
    const value = path.reduce((at, label) => (at instanceof Map ? at.get(label) : undefined), map);
    if (value !== undefined) claims[name] = value;
  }
  const worker = [1, 2, 3].includes(claims.kind) && typeof claims.iss === 'string' && isBytes(claims.cti, 16)
    && isTime(claims.exp) && isTime(claims.nbf) && isTime(claims.iat) && Number.isInteger(claims.status_idx)
    && typeof claims.status_uri === 'string' && (claims.kind === 2) === !map.has(169);
  return need(worker, 'BAD_CLAIMS') && claims;
}

// --- files: a picture with one QR code, or a text a line ---
export function texts(file) {
  const bytes = readFileSync(file);
  if (!file.endsWith('.png')) return bytes.toString('utf8').split('\n').filter((line) => line !== '');
  const { data, width, height } = PNG.sync.read(bytes);
  const found = jsqr(new Uint8ClampedArray(data), width, height);
  if (!found) throw new Error(`${file}: no QR code was found`);
  return [found.data];
}

export async function openFolder(root, trust, folder, now) {
  const lists = readdirSync(folder).filter((name) => /^status.*\.cwt$/.test(name));
  return Verifier.open(readFileSync(root), readFileSync(trust),
    lists.map((name) => readFileSync(join(folder, name))), now);
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [root, trust, folder, now, ...files] = process.argv.slice(2);
  const verifier = await openFolder(root, trust, folder, Number(now));
  for (const file of files) {
    for (const text of texts(file)) {
      const { code, claims } = await verifier.verify(text);
      console.log(JSON.stringify({ file, code, claims }));
    }
  }
}
