/** The commands that ask a root, one after another against a real cluster. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startCluster, type Cluster } from './start.ts';

const script = fileURLToPath(new URL('../../sheaf.ts', import.meta.url));
let cluster: Cluster;

before(async () => {
  cluster = await startCluster({ leaves: 1 });
});
after(() => cluster.stop());

async function sheaf(args: readonly string[], stdin = '') {
  const child = spawn(process.execPath, [script, ...args], { env: { ...process.env, SHEAF_URL: cluster.url } });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  child.stdin.end(stdin);
  const [status] = (await once(child, 'close')) as [number];
  return { status, stdout, stderr };
}

function file(name: string, contents: unknown): string {
  const path = join(cluster.data, name);
  writeFileSync(path, JSON.stringify(contents));
  return path;
}

// Each row: the command, its stdin, its exit code, what it prints on stdout or, where it fails, on stderr. In order.
type Row = readonly [args: string[], stdin: string, status: number, prints: RegExp];

const rows: readonly (() => Row)[] = [
  () => [['index', 'films', '--schema', file('s.json', filmSchema), '--shards', '2'], '', 0, /"name": "films"/],
  () => [['index'], '', 0, /^index {2}kind {6}shards {2}replicas\nfilms {2}document {7}2 {9}1\n$/],
  () => [['index', 'films'], '', 0, /"title": \{/],
  () => [
    ['put', 'films', 'a', '-'],
    '{"title":"Night Train","year":1959}',
    0,
    /^created a in films: tag \d+\.\d+, version 1\n$/,
  ],
  () => [['put', 'films', 'a', '-', '--create'], '{"title":"x"}', 1, /^CONDITION_FAILED: .*sequence: \d+.*\n$/],
  () => [['put', 'films', 'a', '-', '--patch'], '{"year":1960}', 0, /^updated a in films: tag \d+\.\d+, version 2\n$/],
  () => [['put', 'films', 'a', '-', '--patch'], '{"year":1960}', 0, /^noop a in films: .* version 2\n$/],
  () => [['put', 'films', 'u', '-', '--upsert'], '{"title":"Upsert"}', 0, /^created u in films: .* version 1\n$/],
  () => [['put', 'films', 'u', '-', '--upsert'], '{"year":1961}', 0, /^updated u in films: .* version 2\n$/],
  () => [['put', 'films', 'u', '-', '--upsert', '--create'], '{}', 1, /^--create and --upsert exclude each other\n$/],
  () => [['delete', 'films', 'u'], '', 0, /^deleted u in films/],
  () => [['put', 'films', 'b', file('b.json', { title: 'Day Train', year: 1960 })], '', 0, /^created b/],
  () => [['get', 'films', 'a'], '', 0, /^\{\n {2}"title": "Night Train",\n {2}"year": 1960\n\}\n$/],
  () => [
    ['index', 'digits', '--schema', file('d.json', { dynamic: false, fields: {} }), '--shards', '1'],
    '',
    0,
    /digits/,
  ],
  () => [['put', 'digits', 'd', '-'], '{"big":9007199254740993,"part":1.10}', 0, /^created d/],
  () => [['get', 'digits', 'd'], '', 0, /"big": 9007199254740993,\n {2}"part": 1\.10\n/],
  () => [['get', 'digits', 'd', '--json'], '', 0, /"big": 9007199254740993,\n {4}"part": 1\.10\n/],
  () => [['search', 'digits', ''], '', 0, /"big":9007199254740993,"part":1\.10\}/],
  () => [['search', 'digits', '', '--json'], '', 0, /"big": 9007199254740993,\n +"part": 1\.10\n/],
  () => [['search', 'digits', '', '--fields', 'big,part'], '', 0, /9007199254740993 +1\.10\n/],
  () => [['index', 'digits', '--delete'], '', 0, /^deleted digits/],
  () => [['get', 'films', 'none'], '', 1, /^DOCUMENT_NOT_FOUND: .*\n$/],
  () => [['put', 'films', 'r', '-', '--routing', 'anna,b'], '{"title":"Routed"}', 0, /^created r in films/],
  () => [['get', 'films', 'r', '--routing', 'anna,b', '--json'], '', 0, /"_routing": "anna,b"/],
  () => [['get', 'films', 'r', '--routing', ''], '', 1, /^CONFIG_INVALID: .*--routing/],
  () => [['put', 'films', 'r', '-', '--routing', 'anna,b', '--patch'], '{"year":1}', 0, /^updated r in films/],
  () => [['search', 'films', 'title:routed', '--routing', 'anna'], '', 0, /; 1 of 1 shards answered\n$/],
  () => [['search', 'films', '--body', file('r.json', {}), '--routing', 'anna'], '', 0, /; 1 of 1 shards answered\n$/],
  () => [['delete', 'films', 'r', '--routing', 'anna,b'], '', 0, /^deleted r in films/],
  () => [['count', 'films', '--routing', 'a,,b'], '', 1, /^PARAMETER_INVALID: .* at routing/],
  () => [['count', 'films'], '', 0, /^2\n$/],
  () => [['count', 'films', 'title:night'], '', 0, /^1\n$/],
  () => [
    ['search', 'films', 'year:1960', '--fields', 'title,year', '--sort', 'title.keyword'],
    '',
    0,
    /^ {3}score {2}key {2}title {8}year\n1 {2}- {6}b {4}Day Train {4}1960\n2 {2}- {6}a {4}Night Train {2}1960\n2 hits in/,
  ],
  () => [
    ['search', 'films', '--aggs', file('a.json', { years: { terms: { field: 'year' } } }), '--size', '0'],
    '',
    0,
    /^years {2}documents\n {1,}1960 {10}2\n/,
  ],
  () => [
    ['search', 'films', '--body', file('q.json', { query: { term: { year: 1960 } }, size: 1 })],
    '',
    0,
    /2 hits in/,
  ],
  () => [['analyze', 'films', 'The cats', '--field', 'title'], '', 0, /^position {2}term.*\n.*the/],
  () => [['analyze', 'films', 'The cats'], '', 1, /^say --field or --analyzer\n$/],
  () => [['jobs'], '', 0, /^no jobs\n$/],
  () => [
    ['jobs', 'create', file('j.json', { kind: 'deleteByQuery', index: 'films', query: { term: { year: 1 } } })],
    '',
    0,
    /^id {2}kind.*\n0 {3}deleteByQuery {2}films {2}running/,
  ],
  () => [['jobs', 'create', file('k.json', { kind: 'dream' })], '', 1, /^REQUEST_VALUE_INVALID: /],
  () => [['jobs', 'create', '/no/such'], '', 1, /^cannot read \/no\/such: ENOENT[^\n]*\n$/],
  () => [['jobs', 'create'], '', 1, /^say the file that has the job/],
  () => [['jobs', '0', '--json'], '', 0, /"kind": "deleteByQuery"/],
  () => [['jobs', '0', 'stop'], '', 1, /^stop is none of pause, resume, cancel\n$/],
  () => [['jobs', '7'], '', 1, /^JOB_NOT_FOUND: /],
  () => [['source'], '', 0, /^no sources\n$/],
  () => [
    ['source', 'put', 'orders', file('s.json', { brokers: ['127.0.0.1:1'], topic: 'orders', index: 'orders' })],
    '',
    0,
    /^source {2}topic.*\norders {2}orders {2}orders {2}running {2}\?/,
  ],
  () => [['source', 'put', 'orders', file('u.json', { brokers: [], topic: 'o', index: 'o' })], '', 1, /^REQUEST_VALUE/],
  () => [['source', 'put', 'orders'], '', 1, /^say the file that has the source/],
  () => [['source', 'pause', 'orders'], '', 0, /paused/],
  () => [['source', 'get', 'orders'], '', 0, /"state": "paused"/],
  () => [['source', 'replay', 'orders'], '', 1, /^SOURCE_UNREACHABLE: /],
  () => [['source', 'delete', 'orders'], '', 0, /^deleted orders\n$/],
  () => [['source', 'get', 'orders'], '', 1, /^SOURCE_NOT_FOUND: /],
  () => [['source', 'eat'], '', 1, /^eat is none of list, get, put, delete, pause, resume, replay\n$/],
  () => [['delete', 'films', 'a', '--if-match', '1.0'], '', 1, /^CONDITION_FAILED/],
  () => [['delete', 'films', 'a'], '', 0, /^deleted a in films: tag \d+\.\d+, version 3\n$/],
  () => [['delete', 'films', 'a'], '', 1, /^DOCUMENT_NOT_FOUND/],
  () => [['delete', 'films', 'a', '--json'], '', 1, /^\{"error":\{"code":"DOCUMENT_NOT_FOUND".*\n$/],
  () => [
    ['alias', 'cinema', 'films', '--write'],
    '',
    0,
    /^alias {3}index {2}write {2}filter\ncinema {2}films {2}write\n$/,
  ],
  () => [['put', 'cinema', 'c', '-'], '{"title":"Alias"}', 0, /^created c in /],
  () => [['get', 'cinema', 'c'], '', 0, /"Alias"/],
  () => [['alias', 'cinema', 'films', '--write', '--instead-of', 'films'], '', 0, /cinema {2}films {2}write\n$/],
  () => [
    ['alias', 'cinema', 'films', '--remove', '--write'],
    '',
    1,
    /^--remove excludes --write, --filter and --instead-of\n$/,
  ],
  () => [['alias', 'cinema', 'films', '--instead-of', 'none'], '', 1, /^INDEX_NOT_FOUND/],
  () => [['alias', 'cinema', 'none'], '', 1, /^INDEX_NOT_FOUND/],
  () => [['alias', 'cinema', '--remove'], '', 1, /^name the alias and the index\n$/],
  () => [['alias', 'cinema', 'films', '--filter', 'x'], '', 1, /^--filter is a query as JSON/],
  () => [['alias', 'cinema', 'films', '--filter', '{"term":{"year":1960}}'], '', 0, /cinema {2}films {9}\{"term"/],
  () => [['alias', 'cinema', 'films', '--remove'], '', 0, /^alias {2}index {2}write {2}filter\n$/],
  () => [['alias', 'cinema'], '', 1, /^ALIAS_NOT_FOUND/],
  () => [['template'], '', 0, /^no templates\n$/],
  () => [['template', 'put', 'events', file('t.json', eventsTemplate)], '', 0, /^set events, which fits events-\*\n$/],
  () => [
    ['template', 'list'],
    '',
    0,
    /^template {2}patterns {2}priority {2}shards {2}aliases {2}rolls\nevents {4}events-\* +3 +1 {2}events {3}alias events, documents 9\n$/,
  ],
  () => [['template', 'get', 'events'], '', 0, /^\{\n {2}"name": "events",/],
  () => [['template', 'put', 'events', file('t.json', { patterns: [] })], '', 1, /^REQUEST_VALUE_INVALID: /],
  () => [['template', 'put', 'events'], '', 1, /^say the file that has the template/],
  () => [['template', 'get'], '', 1, /^name the template: sheaf template get NAME\n$/],
  () => [['template', 'drop'], '', 1, /^drop is none of list, get, put, delete\n$/],
  () => [['template', 'delete', 'events', '--json'], '', 0, /^\{\n {2}"acknowledged": true\n\}\n$/],
  () => [['template', 'delete', 'events'], '', 1, /^TEMPLATE_NOT_FOUND: /],
  () => [['index', 'reel-1', '--schema', file('s.json', filmSchema), '--shards', '1'], '', 0, /"name": "reel-1"/],
  () => [['alias', 'reel', 'reel-1'], '', 0, /reel {3}reel-1\n$/],
  () => [
    ['alias', 'rollover', 'reel', '--dry-run'],
    '',
    0,
    /^reel would roll from reel-1 \(0 documents, \d+ bytes\) to reel-2\n$/,
  ],
  () => [['alias', 'rollover', 'reel'], '', 0, /^reel is written to by reel-2 now, and was by reel-1 \(0 documents/],
  () => [['alias', 'rollover', 'reel', '--instead-of', 'reel-1'], '', 0, /^reel is written to by reel-2 already\n$/],
  () => [['alias', 'rollover', 'reel', '--write'], '', 1, /^rollover excludes --write, --remove and --filter\n$/],
  () => [['alias', 'rollover', 'none'], '', 1, /^ALIAS_NOT_FOUND: /],
  () => [['alias', 'reel', 'reel-2', '--dry-run'], '', 1, /^--dry-run is of a rollover only\n$/],
  () => [['index', 'reel-1', '--delete'], '', 0, /^deleted reel-1\n$/],
  () => [['index', 'reel-2', '--delete'], '', 0, /^deleted reel-2\n$/],
  () => [['cluster'], '', 0, /films +\d +\d +2 +1 {2}all there\n$/],
  () => [['index', 'films', '--delete'], '', 0, /^deleted films\n$/],
  () => [['index', '--delete'], '', 1, /^name the index\n$/],
  () => [['count', 'films'], '', 1, /^INDEX_NOT_FOUND: /],
  () => [
    ['load', 'lines', '-', '--key', 'id', '--routing', 'order', '--shards', '8'],
    '{"id":"l1","order":"o1"}\n{"id":"l1","order":"o2"}\n',
    0,
    /2 documents/,
  ],
  () => [['get', 'lines', 'l1', '--routing', 'o2', '--json'], '', 0, /"_routing": "o2"[^]*"order": "o2"/],
  () => [['get', 'lines', 'l1', '--routing', 'o1'], '', 0, /"order": "o1"/],
];

const eventsTemplate = {
  patterns: ['events-*'],
  priority: 3,
  shards: 1,
  aliases: { events: { write: true } },
  rollover: { alias: 'events', documents: 9 },
};

const filmSchema = {
  fields: { title: { kind: 'text', fields: { keyword: { kind: 'keyword' } } }, year: { kind: 'integer' } },
};

for (const [i, row] of rows.entries()) {
  test(`sheaf, command ${i + 1}`, async () => {
    const [args, stdin, status, prints] = row();
    // What was put is searchable a refresh later.
    for (let attempt = 0; ; attempt++) {
      const ran = await sheaf(args, stdin);
      const printed = status === 0 ? ran.stdout : ran.stderr;
      const isRead = args[0] === 'count' || args[0] === 'search' || args[0] === 'cluster';
      if (isRead && attempt < 10 && !prints.test(printed)) continue;
      assert.match(printed, prints, args.join(' '));
      assert.equal(ran.status, status, args.join(' '));
      return;
    }
  });
}
