// answers.mjs FOLDER - holds real answers of the server against docs/openapi.yaml, by a validator
// of others (ajv). FOLDER: what tests kept (NORIA_ANSWERS, tests/support/web.c). Prints `ok` and
// `not ok` lines. Each answer has a status that its operation names and exactly the members and
// headers that are described; each JSON operation has such an answer.
import { readFileSync, readdirSync } from 'node:fs';
import Ajv from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { parse } from 'yaml';

let failed = 0;
function check(good, what, why) {
  console.log(`${good ? 'ok' : 'not ok'} - ${what}${good || !why ? '' : `: ${why}`}`);
  failed += good ? 0 : 1;
}

// --- the document ---------------------------------------------------------------------------------

const described = parse(readFileSync(new URL('../../docs/openapi.yaml', import.meta.url), 'utf8'));

class Contract {
  constructor(document) {
    this.ajv = formats(new Ajv({ allErrors: true, strict: true, allowUnionTypes: true }));
    this.ajv.addVocabulary(['components', 'securitySchemes', 'parameters', 'responses', 'headers', 'schemas']);
    this.ajv.addSchema({ $id: 'api', components: document.components }, 'api');
    this.document = document;
    this.compiled = new Map();
    this.paths = Object.keys(document.paths).map((path) => ({
      path,
      words: path.split('/'),
      match: new RegExp(`^${path.replace(/[.]/g, '\\.').replace(/\{[^}]*\}/g, '[^/]+')}$`),
    }));
  }

  // The operation of an address: a literal word goes before a parameter, as in the router.
  operation(method, address) {
    const path = address.replace(/^\/api\/v1/, '').replace(/\?.*$/, '') || '/';
    const found = this.paths.filter((known) => known.match.test(path) && this.document.paths[known.path][method]);
    const literal = (known) => known.words.map((word) => (word.startsWith('{') ? '1' : '0')).join('');
    found.sort((a, b) => literal(a).localeCompare(literal(b)));
    return found[0] && { name: `${method.toUpperCase()} ${found[0].path}`, ...this.document.paths[found[0].path][method] };
  }

  resolve(node) {
    return node?.$ref ? node.$ref.slice(2).split('/').reduce((at, word) => at[word], this.document) : node;
  }

  validator(key, schema) {
    if (!this.compiled.has(key)) {
      const text = JSON.stringify(schema).replaceAll('"#/components', '"api#/components');
      this.compiled.set(key, this.ajv.compile(JSON.parse(text)));
    }
    return this.compiled.get(key);
  }

  // What is wrong with an answer; null when nothing.
  fault(operation, answer) {
    const response = this.resolve(operation.responses[answer.status] ?? operation.responses.default);
    if (answer.status < 400 && !operation.responses[answer.status]) return `status ${answer.status}`;
    for (const [name, header] of Object.entries(response.headers ?? {})) {
      if (this.resolve(header).required && !answer.headers.has(name.toLowerCase())) return `no header ${name}`;
    }
    for (const name of ['link', 'etag', 'location', 'idempotency-replayed']) {
      const known = Object.keys(response.headers ?? {}).some((one) => one.toLowerCase() === name);
      if (answer.headers.has(name) && !known) return `a header ${name}`;
    }
    if (!response.content) return answer.body.length > 0 ? 'a body' : null;
    const type = (answer.headers.get('content-type') ?? '').replace(/;.*$/, '');
    if (!response.content[type]) return `type ${type}`;
    if (!type.endsWith('json') || !response.content[type].schema) return null;
    const valid = this.validator(`${operation.name} ${answer.status} ${type}`, response.content[type].schema);
    if (valid(JSON.parse(answer.body.toString()))) return null;
    return valid.errors.slice(0, 4).map((one) => `${one.instancePath} ${one.message} ${JSON.stringify(one.params)}`).join('; ');
  }
}

// --- the answers ----------------------------------------------------------------------------------

function* kept(file) {
  const bytes = readFileSync(file);
  for (let at = 0; at < bytes.length; ) {
    const line = bytes.indexOf(10, at);
    const [method, path, size] = bytes.subarray(at, line).toString().split(' ');
    const end = line + 1 + Number(size);
    const all = bytes.subarray(line + 1, end);
    const gap = all.indexOf('\r\n\r\n');
    const [first, ...lines] = all.subarray(0, gap).toString().split('\r\n');
    const headers = new Map(lines.map((one) => [one.slice(0, one.indexOf(':')).toLowerCase(), one.slice(one.indexOf(':') + 1).trim()]));
    if (gap > 0) yield { method: method.toLowerCase(), path, status: Number(first.split(' ')[1]), headers, body: all.subarray(gap + 4) };
    at = end;
  }
}

const folder = process.argv[2];
const contract = new Contract(described);
const answered = new Map();
const faults = new Map();
const replayed = new Set(); // operations that were asked again with their key
let held = 0;
for (const file of readdirSync(folder)) {
  for (const answer of kept(`${folder}/${file}`)) {
    const operation = contract.operation(answer.method, answer.path);
    if (!operation) continue; // 404, 405: no such operation
    const fault = contract.fault(operation, answer);
    held++;
    if (answer.headers.get('idempotency-replayed') === 'true') replayed.add(operation.name);
    if (fault && !faults.has(`${operation.name} ${fault}`)) faults.set(`${operation.name} ${fault}`, `${operation.name} answers ${answer.status}: ${fault}`);
    if (answer.status < 300 && !fault) {
      const better = !answered.has(operation.name) || answer.body.length > answered.get(operation.name).answer.body.length;
      if (better) answered.set(operation.name, { operation, answer });
    }
  }
}
for (const fault of faults.values()) check(false, fault);
check(held > 0 && faults.size === 0, `${held} answers are as described`);
for (const [path, methods] of Object.entries(described.paths)) {
  for (const [method, item] of Object.entries(methods)) {
    const name = `${method.toUpperCase()} ${path}`;
    if (!answered.has(name)) check(false, `${name} was answered in some test`);
    const once = Object.values(item.responses).some((one) => one.headers?.['Idempotency-Replayed']);
    if (once && !replayed.has(name)) check(false, `${name} was asked again with its key in some test`);
  }
}
check(answered.size > 0, `${answered.size} operations were answered`);
check(replayed.size > 0, `${replayed.size} gave their first answer again`);

// The control: a description that lacks a member, or has it of another type, is refused for the
// fullest answer of each JSON operation; so is an answer with one member more.
let tried = 0;
let missed = [];
for (const { operation, answer } of answered.values()) {
  const body = answer.body.toString();
  const members = answer.headers.get('content-type')?.startsWith('application/json') ? Object.keys(JSON.parse(body)) : [];
  const schema = operation.responses[answer.status].content?.['application/json']?.schema;
  if (!schema?.properties || members.length === 0) continue;
  const more = { ...answer, body: Buffer.from(JSON.stringify({ ...JSON.parse(body), planted: 1 })) };
  const less = structuredClone(operation);
  less.name += ' less';
  delete less.responses[answer.status].content['application/json'].schema.properties[members[0]];
  less.responses[answer.status].content['application/json'].schema.required = [];
  tried++;
  if (!contract.fault(operation, more) || !contract.fault(less, answer)) missed.push(operation.name);
}
check(tried > 100 && missed.length === 0, `control: ${tried} times one member more, and one described less, are refused`, missed.join(', '));
process.exit(failed === 0 ? 0 : 1);
