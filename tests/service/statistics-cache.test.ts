/** Counts that are known save a round, and never show: scores are those of the state that answers. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startCluster, type Cluster } from '../cluster/start.ts';
import { must } from './client.ts';

interface Answer {
  readonly hits: { readonly hits: readonly { readonly _id: string; readonly _score: number }[] };
  readonly profile: { readonly rounds: readonly { readonly round: string }[] };
}

let cluster: Cluster;
let url = '';
before(async () => {
  cluster = await startCluster({ leaves: 2 });
  url = `${cluster.url}/v1/indexes/counted`;
  await must('PUT', url, {
    shards: 4,
    replicas: 2,
    schema: { fields: { id: { kind: 'keyword' }, t: { kind: 'text' } } },
  });
});
after(() => cluster?.stop());

const put = (...lines: object[]) =>
  must('POST', `${url}/documents?key=id&refresh=wait`, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
const search = (text: string) =>
  must<Answer>('POST', `${url}/search`, { query: { match: { t: text } }, profile: true, timeout: '30s' });
const rounds = ({ profile }: Answer): string => profile.rounds.map(({ round }) => round).join(' ');

/** A term of a document of one word among documents of one word: idf × 1 / (1 + 1.2). */
const score = (documents: number, holding: number): number =>
  Math.log(1 + (documents - holding + 0.5) / (holding + 0.5)) / (1 + 1.2);

/** Until the reports of all replicas are in, and the counts of that state known: within a few tries. */
async function untilKnown(text: string): Promise<Answer> {
  for (let i = 0; i < 200; i++) {
    const answer = await search(text);
    if (rounds(answer) === 'search') return answer;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return assert.fail('the counts are never known');
}

test('known counts: the round is left out, for terms that are known, and scores stay', async () => {
  await put({ id: 'a', t: 'cat' }, { id: 'b', t: 'cat' }, { id: 'c', t: 'dog' });
  const first = await search('cat');
  assert.equal(rounds(first), 'statistics search');
  const again = await untilKnown('cat');
  assert.deepEqual(again.hits, first.hits);
  assert.ok(Math.abs(again.hits.hits[0]!._score - score(3, 2)) < 1e-9);
  assert.equal(rounds(await search('dog')), 'statistics search');
});

test('known counts: after every write the scores are at once those of the new state', async () => {
  await untilKnown('cat');
  for (let i = 0; i < 30; i++) {
    await put({ id: `d${i}`, t: i % 2 === 0 ? 'cat' : 'dog' });
    const { hits } = await search('cat');
    const holding = 2 + Math.ceil((i + 1) / 2);
    assert.equal(hits.hits.length, Math.min(10, holding));
    const expected = score(4 + i, holding);
    for (const { _score } of hits.hits)
      assert.ok(Math.abs(_score - expected) < 1e-9, `write ${i}: ${_score}, not ${expected}`);
  }
});
