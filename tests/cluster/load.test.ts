import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { startCluster, type Cluster } from './start.ts';

const script = fileURLToPath(new URL('../../sheaf.ts', import.meta.url));
let cluster: Cluster;

before(async () => {
  cluster = await startCluster({ leaves: 1 });
});
after(() => cluster.stop());

/** Runs a client command against the cluster, with this on its stdin. */
async function sheaf(args: readonly string[], stdin = '') {
  const child = spawn(process.execPath, [script, ...args], { env: { ...process.env, SHEAF_URL: cluster.url } });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stdin.end(stdin);
  const [status] = (await once(child, 'close')) as [number];
  return { status, output };
}

/** Searches until so many documents are found, and gives what was printed. */
async function searched(index: string, query: string, hits: string): Promise<string> {
  for (let i = 0; ; i++) {
    const { status, output } = await sheaf(['search', index, query]);
    if (output.includes(hits)) {
      assert.equal(status, 0);
      return output;
    }
    assert(i < 20, output);
    await sleep(100);
  }
}

test('load: a packed file whose bad lines are named by their place in the file', async () => {
  const lines = Array.from({ length: 30_000 }, (_, i) =>
    JSON.stringify({ id: i, text: `word${i % 10} number ${i} ${'x'.repeat(80)}`, n: i }),
  );
  lines[4] = '{"id":';
  lines[25_000] = '{"id":25000,"n":"many"}';
  const path = join(cluster.data, 'documents.ndjson.gz');
  writeFileSync(path, gzipSync(lines.join('\n')));
  const { status, output } = await sheaf(['load', 'packed', path, '--key', 'id', '--shards', '2']);
  assert.equal(status, 1, output);
  assert.match(output, /Inferred from 29,999 documents/);
  assert.match(output, /Field n has 1 values of another kind/);
  assert.match(output, /29998 accepted, 2 rejected/);
  assert.match(output, /1 × JSON_MALFORMED: .*\n {6}line 5\b/);
  assert.match(output, /1 × DOCUMENT_FIELD_TYPE: .*\n {6}line 25001\b/);
  await searched('packed', 'n:[29990 TO *] AND text:word9', '1 hit ');
});

test('load: a JSON array from stdin, with a field that cannot be searched', async () => {
  const documents = [
    { name: 'Ada', born: '1815-12-10', odd: 1 },
    { name: 'Grace', born: '1906-12-09', odd: 'x' },
  ];
  const { status, output } = await sheaf(['load', 'people', '-', '--shards', '1'], JSON.stringify(documents, null, 2));
  assert.equal(status, 0, output);
  assert.match(output, /Field odd is stored but cannot be searched: its values are of different kinds/);
  assert.match(output, /2 accepted, 0 rejected/);
  assert.match(await searched('people', 'born:[1900-01-01 TO *]', '1 hit '), /Grace.*"odd":"x"/);
});

// Each row: the command, what is on stdin, what it says.
const refused: [name: string, args: string[], stdin: string, says: RegExp][] = [
  ['a file that is not there', ['load', 'x', '/no/such/file'], '', /^cannot read \/no\/such\/file: .*\n$/],
  ['nothing at all', ['load', 'x', '-'], '', /^stdin is empty\n$/],
  ['nothing to infer a schema from', ['load', 'x', '-'], '[1]', /^no schema can be inferred/],
  [
    'a file that is no text',
    ['load', 'x', '-'],
    'PAR1\x15\x04abcd',
    /^cannot read stdin: it is a Parquet file[^\n]*\n$/,
  ],
  ['a kind that is none', ['load', 'x', '-', '--set', 'a=number'], '{"a":1}', /^--set a=number: expected FIELD=KIND/],
  ['a form that is none', ['load', 'x', '-', '--format', 'xml'], '{"a":1}', /format/],
  [
    'a schema that is not there',
    ['load', 'x', '-', '--schema', '/no/such'],
    '{"a":1}',
    /^cannot read --schema \/no\/such/,
  ],
  [
    'an array that breaks off',
    ['load', 'people', '-'],
    '[{"name":"x"},',
    /0 accepted.*\n.*the JSON array does not end/,
  ],
  ['an index name that is not allowed', ['load', 'X Y', '-'], '{"a":1}', /INDEX_NAME_INVALID/],
  ['a search in no index', ['search', 'none', 'x'], '', /^INDEX_NOT_FOUND: [^\n]* \(index: none\)\. [A-Z][^\n]*\.\n$/],
  ['a query with a fault', ['search', 'people', 'a AND'], '', /^QUERY_STRING_INVALID: [^\n]*\n$/],
  [
    'a root that is not there',
    ['search', 'x', 'y', '--url', 'http://127.0.0.1:9'],
    '',
    /^no answer from http:\/\/127.0.0.1:9 .*\n$/,
  ],
];

for (const [name, args, stdin, says] of refused) {
  test(`load, search: ${name}`, async () => {
    const { status, output } = await sheaf(args, stdin);
    assert.equal(status, 1);
    assert.match(output, says);
  });
}

test('load: a table, its kinds and a key proposed, nothing written by a dry run', async () => {
  const table =
    'id,Release Date,rating,zip\n' +
    Array.from({ length: 30 }, (_, i) => `f${i},1999-01-0${(i % 9) + 1},${i}.5,0${i}`).join('\n');
  const path = join(cluster.data, 'films.csv');
  writeFileSync(path, table);
  const dry = await sheaf(['load', 'films', path, '--dry-run']);
  assert.equal(dry.status, 0, dry.output);
  assert.match(dry.output, /Columns are fields under names that are allowed: Release_Date/);
  assert.match(dry.output, /with --key id loading again is harmless/);
  assert.match(dry.output, /Nothing was written/);
  assert.equal((await fetch(`${cluster.url}/v1/indexes/films`)).status, 404);

  const { status, output } = await sheaf(['load', 'films', path, '--key', 'id', '--set', 'zip=text', '--shards', '1']);
  assert.equal(status, 0, output);
  assert.match(output, /30 accepted, 0 rejected/);
  const { schema } = (await (await fetch(`${cluster.url}/v1/indexes/films`)).json()) as { schema: { fields: object } };
  const kinds = Object.entries(schema.fields).map(([name, field]) => `${name}:${(field as { kind: string }).kind}`);
  assert.deepEqual(kinds.sort(), ['Release_Date:date', 'id:keyword', 'rating:float', 'zip:text']);
});

test('load: a fraction after a thousand whole numbers is no rejection', async () => {
  const path = join(cluster.data, 'fractions.ndjson');
  writeFileSync(path, Array.from({ length: 2000 }, (_, i) => `{"n":${i === 1500 ? '0.5' : i}}\n`).join(''));
  const { status, output } = await sheaf(['load', 'fractions', path, '--shards', '1']);
  assert.equal(status, 0, output);
  assert.match(output, /2000 accepted, 0 rejected/);
});

test('load: no index is made for a file of which it would take nothing', async () => {
  const schema = join(cluster.data, 'schema.json');
  writeFileSync(schema, '{"fields":{"a":{"kind":"integer"}}}');
  const { status, output } = await sheaf(
    ['load', 'nothing', '-', '--schema', schema, '--shards', '1'],
    '{"a":"x"}\n{"a":"y"}\n',
  );
  assert.equal(status, 1, output);
  assert.match(output, /0 accepted, 2 rejected\n  2 × DOCUMENT_FIELD_TYPE: .*\n {6}line 1 at \/a/);
  assert.match(output, /Index nothing was not created, as it would hold nothing\./);
  assert.doesNotMatch(output, /Created index/);
  assert.equal((await fetch(`${cluster.url}/v1/indexes/nothing`)).status, 404);
});

test('load: one that has nothing for an index leaves what others make of it meanwhile', async (t) => {
  const schema = join(cluster.data, 'shared.json');
  writeFileSync(schema, '{"fields":{"n":{"kind":"integer"}}}');
  const args = ['load', 'shared', '-', '--schema', schema, '--shards', '1'];
  const child = spawn(process.execPath, [script, ...args], { env: { ...process.env, SHEAF_URL: cluster.url } });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const closed = once(child, 'close');
  t.after(() => child.kill());
  // More than pipes hold: once it is taken, the load has seen that there is no index.
  await new Promise<void>((resolve) => child.stdin.write('{"n":"x"}\n'.repeat(300_000), () => resolve()));
  const other = await sheaf(args, '{"n":1}\n{"n":2}\n');
  assert.equal(other.status, 0, other.output);
  child.stdin.end();
  assert.deepEqual(await closed, [1, null], output);
  assert.match(output, /0 accepted, 300000 rejected/);
  assert.match(await searched('shared', '', '2 hits'), /2 hits/);
});

test('load: an index that was made for what is then refused stays, and is named', async () => {
  const schema = join(cluster.data, 'patches.json');
  writeFileSync(schema, '{"fields":{"n":{"kind":"integer"}}}');
  const args = ['load', 'patched', '-', '--schema', schema, '--shards', '1'];
  const { status, output } = await sheaf(args, '{"_patch":{"n":1},"_key":"a"}\n');
  assert.equal(status, 1, output);
  assert.match(output, /1 × DOCUMENT_NOT_FOUND/);
  assert.match(output, /Index patched stays, .* sheaf index patched --delete removes it/);
  assert.equal((await fetch(`${cluster.url}/v1/indexes/patched`)).status, 200);
});

test('cluster: shows the leaves and the shards', async () => {
  const { status, output } = await sheaf(['cluster', '--each-shard']);
  assert.equal(status, 0);
  assert.match(output, /^log 127\.0\.0\.1:\d+ reachable\n/);
  assert.match(output, /^leaf-0 +127\.0\.0\.1:\d+ +up +\d+/m);
  assert.match(output, /^people +0 +leaf-0 +ready /m);
});
