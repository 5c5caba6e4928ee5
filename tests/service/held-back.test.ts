/** Over HTTP and real leaves: many hits bring the sources that are shown, and little else travels. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startCluster, type Cluster } from '../cluster/start.ts';
import { must } from './client.ts';

interface Hit {
  readonly _id: string;
  readonly _source: { readonly id: string; readonly rank: number };
  readonly sort: readonly unknown[];
}

interface Answer {
  readonly complete: boolean;
  readonly hits: { readonly hits: readonly Hit[] };
  readonly profile: {
    readonly rounds: readonly { readonly round: string; readonly attempts: readonly { readonly bytes: number }[] }[];
  };
}

const leaves = 4;
const documents = 4000;
const size = 200;
let cluster: Cluster;
let url = '';
before(async () => {
  cluster = await startCluster({ leaves });
  url = `${cluster.url}/v1/indexes/many`;
  const schema = {
    dynamic: 'false',
    fields: { id: { kind: 'keyword' }, rank: { kind: 'integer' }, t: { kind: 'text' } },
  };
  await must('PUT', url, { shards: 8, replicas: 1, schema });
  await put(Array.from({ length: documents }, (_, i) => documentOf(i, i % 1009)));
});
after(() => cluster?.stop());

const padding = 'x'.repeat(200);
const documentOf = (i: number, rank: number) => ({ id: `d${i}`, rank, t: `cat ${'dog '.repeat(i % 50)}`, padding });

const put = (lines: readonly object[]) =>
  must('POST', `${url}/documents?key=id&refresh=wait`, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
const search = (body: object) => must<Answer>('POST', `${url}/search`, { profile: true, timeout: '30s', ...body });
const roundsOf = ({ profile }: Answer): string[] => profile.rounds.map(({ round }) => round);
const bytesOf = ({ profile }: Answer): number =>
  profile.rounds.flatMap(({ attempts }) => attempts).reduce((sum, { bytes }) => sum + bytes, 0);

function check(answer: Answer): void {
  assert.equal(answer.complete, true);
  assert.equal(answer.hits.hits.length, size);
  for (const { _id, _source } of answer.hits.hits) assert.equal(_source.id, _id);
}

test('two hundred hits of four leaves: the bytes are those of the page and a margin, not four times as many', async () => {
  const answer = await search({ query: { match: { t: 'cat' } }, size });
  check(answer);
  assert.deepEqual(roundsOf(answer), ['statistics', 'search']);
  const page = answer.hits.hits.reduce((sum, { _source }) => sum + JSON.stringify(_source).length, 0);
  assert.ok(bytesOf(answer) > page && bytesOf(answer) < 1.8 * page, `${bytesOf(answer)} bytes for a page of ${page}`);
});

test('winners that are all on one shard are fetched from its leaf', async () => {
  const everything = await search({ sort: ['_doc'], size: 10_000, at: true, _source: ['id'] });
  const onShard3 = everything.hits.hits.filter(({ sort }) => String(sort.at(-1)).startsWith('3:'));
  assert.ok(onShard3.length > size);
  await put(onShard3.map(({ _id }) => documentOf(Number(_id.slice(1)), 1_000_000)));
  const answer = await search({ sort: [{ rank: 'desc' }], size });
  check(answer);
  assert.ok(answer.hits.hits.every(({ _source }) => _source.rank === 1_000_000));
  assert.deepEqual(roundsOf(answer), ['search', 'fetch']);
  assert.equal(answer.profile.rounds[1]!.attempts.length, 1);
});
