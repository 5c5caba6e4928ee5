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
    JSON.stringify({ id: i, text: `word${i % 10} ${'x'.repeat(80)}`, n: i }),
  );
  lines[4] = '{"id":';
  lines[25_000] = '{"id":25000,"n":"many"}';
  const path = join(cluster.data, 'documents.ndjson.gz');
  writeFileSync(path, gzipSync(lines.join('\n')));
  const { status, output } = await sheaf(['load', 'packed', path, '--key', 'id', '--shards', '2']);
  assert.equal(status, 1, output);
  assert.match(output, /Inferred from the first 999 documents|Inferred from the first 1000 documents/);
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
  ['nothing to infer a schema from', ['load', 'x', '-'], '', /^no schema can be inferred/],
  [
    'an array that breaks off',
    ['load', 'people', '-'],
    '[{"name":"x"},',
    /0 accepted.*\n.*the JSON array does not end/,
  ],
  ['an index name that is not allowed', ['load', 'X Y', '-'], '{"a":1}', /INDEX_NAME_INVALID/],
  ['a search in no index', ['search', 'none', 'x'], '', /^INDEX_NOT_FOUND: [^\n]*\n$/],
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

test('cluster: shows the leaves and the shards', async () => {
  const { status, output } = await sheaf(['cluster']);
  assert.equal(status, 0);
  assert.match(output, /^log 127\.0\.0\.1:\d+ reachable\n/);
  assert.match(output, /^leaf-0 +127\.0\.0\.1:\d+ +up +\d+/m);
  assert.match(output, /^people +0 +leaf-0 +ready /m);
});
