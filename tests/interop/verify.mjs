// A verifier of worker documents that shares no line with lib/sw1: Node's own crypto and zlib, and this
// page, written from the document profile alone.
//   node verify.mjs root.cosekey trust.cwt status-1.cwt DOCUMENT.txt [UNIX-SECONDS]
// Prints the claims as JSON and exits 0, or prints the refusal and exits 1.
import { createHash, createPublicKey, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { inflateSync } from 'node:zlib';

const refuse = (why) => { console.log(why); process.exit(1); };

// --- CBOR: maps become Map, byte strings Buffer, tags {tag, value} ---
function cbor(bytes) {
  let at = 0;
  const item = () => {
    const first = bytes[at++];
    const major = first >> 5;
    const info = first & 31;
    let n = info;
    if (info > 23) {
      const size = 1 << (info - 24);
      n = 0;
      for (let i = 0; i < size; i++) n = n * 256 + bytes[at++];
    }
    switch (major) {
      case 0: return n;
      case 1: return -1 - n;
      case 2: at += n; return Buffer.from(bytes.subarray(at - n, at));
      case 3: at += n; return bytes.subarray(at - n, at).toString('utf8');
      case 4: return Array.from({ length: n }, item);
      case 5: return new Map(Array.from({ length: n }, () => [item(), item()]));
      case 6: return { tag: n, value: item() };
      default: return refuse('a simple value');
    }
  };
  const value = item();
  if (at !== bytes.length) refuse('bytes after the item');
  return value;
}

const head = (major, n) => n < 24 ? Buffer.from([major << 5 | n])
  : n < 256 ? Buffer.from([major << 5 | 24, n])
    : n < 65536 ? Buffer.from([major << 5 | 25, n >> 8, n & 255])
      : Buffer.from([major << 5 | 26, n >>> 24, n >> 16 & 255, n >> 8 & 255, n & 255]);
const bstr = (b) => Buffer.concat([head(2, b.length), b]);

// --- COSE ---
function open(bytes, typ) {
  const outer = cbor(bytes);
  if (outer.tag !== 18 || outer.value.length !== 4) refuse('not a COSE_Sign1');
  const [header, unprotected, payload, signature] = outer.value;
  const map = cbor(header);
  if (unprotected.size !== 0 || map.get(1) !== -7 || map.get(16) !== typ) refuse('another header');
  const name = Buffer.from('Signature1');
  const signed = Buffer.concat([head(4, 4), head(3, name.length), name, bstr(header),
    bstr(Buffer.alloc(0)), bstr(payload)]);
  return { kid: map.get(4), claims: cbor(payload), signed, signature };
}

function key(map) {
  const x = map.get(-2);
  const y = map.get(-3);
  const kid = createHash('sha256').update(x).update(y).digest().subarray(0, 8);
  const jwk = { kty: 'EC', crv: 'P-256', x: x.toString('base64url'), y: y.toString('base64url') };
  return { kid, map, public: createPublicKey({ key: jwk, format: 'jwk' }) };
}

function check(message, by) {
  if (!by || !by.kid.equals(message.kid)) refuse('an unknown key');
  const good = verify('sha256', message.signed, { key: by.public, dsaEncoding: 'ieee-p1363' },
    message.signature);
  if (!good) refuse('a false signature');
  return message.claims;
}

// --- base45 (RFC 9285) ---
function base45(text) {
  const signs = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:';
  const out = [];
  for (let i = 0; i < text.length; i += 3) {
    const part = [...text.slice(i, i + 3)].map((c) => signs.indexOf(c));
    if (part.includes(-1) || part.length === 1) refuse('not base45');
    const value = part[0] + part[1] * 45 + (part[2] ?? 0) * 2025;
    if (part.length === 3) out.push(value >> 8);
    out.push(value & 255);
  }
  return Buffer.from(out);
}

const [rootFile, trustFile, statusFile, documentFile, at] = process.argv.slice(2);
const now = Number(at ?? Date.now() / 1000);
const root = key(cbor(readFileSync(rootFile)));
const trust = check(open(readFileSync(trustFile), 'application/vnd.noria.trustlist+cwt'), root);
if (now > trust.get(4)) refuse('an old trust list');
const keys = trust.get(-70011).map(key);
const keyOf = (message, purpose) => keys.find((k) => k.kid.equals(message.kid)
  && k.map.get(-70012) === purpose && k.map.get(-70015) !== 2
  && message.claims.get(6) >= k.map.get(-70013) && message.claims.get(6) <= k.map.get(-70014));

const list = open(readFileSync(statusFile), 'application/statuslist+cwt');
const status = check(list, keyOf(list, 2));
const text = readFileSync(documentFile, 'utf8').replace(/[\r\n]+$/, '');
if (!text.startsWith('SW1:')) refuse('not a worker document');
const message = open(base45(text.slice(4)), undefined);
const claims = check(message, keyOf(message, 1));
if (now < claims.get(5) || now > claims.get(4)) refuse('not valid now');

const reference = claims.get(65535).get('status_list');
if (status.get(2) !== reference.get('uri') || now > status.get(4)) refuse('no fresh status list');
const packed = inflateSync(status.get(65533).get('lst'));
const idx = reference.get('idx');
if ((packed[idx >> 2] >> (idx & 3) * 2 & 3) !== 0) refuse('withdrawn or suspended');

const plain = (value) => value instanceof Map
  ? Object.fromEntries([...value].map(([k, v]) => [k, plain(v)]))
  : Buffer.isBuffer(value) ? value.toString('hex') : value;
console.log(JSON.stringify(plain(claims)));
