import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startCluster, type Cluster } from '../cluster/start.ts';
import { holdToOracle } from '../oracle/hold.ts';
import { roundsOf } from '../stages/rounds.ts';

let cluster: Cluster;
before(async () => {
  cluster = await startCluster({ leaves: 2 });
});
after(() => cluster?.stop());

// Each row: seed, shards, replicas, queries in each of four rounds where all are asked, with updates and deletes before every round.
const rows: [seed: number, shards: number, replicas: number, queriesOfAll: number][] = [
  [101, 1, 1, 80],
  [102, 3, 2, 80],
  [103, 16, 2, 80],
  [104, 64, 1, 40],
];

// The same of term indexes, which hold to the same oracle.
const termRows: [seed: number, shards: number, queriesOfAll: number][] = [
  [201, 1, 80],
  [202, 3, 80],
  [203, 16, 80],
];

test('service: a term index answers as the oracle does', async () => {
  for (const [seed, shards, queriesOfAll] of termRows) {
    const queriesPerRound = roundsOf(queriesOfAll);
    const options = {
      baseUrl: cluster.url,
      kind: 'term',
      seed,
      shards,
      documents: 200,
      rounds: 3,
      queriesPerRound,
    } as const;
    const { queries, matched } = await holdToOracle(options);
    assert.equal(queries, 3 * queriesPerRound);
    assert.ok(matched > queries / 3, `only ${matched} of ${queries} queries matched anything`);
  }
});

for (const [seed, shards, replicas, queriesOfAll] of rows) {
  const queriesPerRound = roundsOf(queriesOfAll);
  test(`service: answers as the oracle does, ${shards} shards, seed ${seed}`, async () => {
    const options = { baseUrl: cluster.url, seed, shards, replicas, documents: 200, rounds: 4, queriesPerRound };
    const { queries, matched } = await holdToOracle(options);
    assert.equal(queries, 4 * queriesPerRound);
    assert.ok(matched > queries / 3, `only ${matched} of ${queries} queries matched anything`);
  });
}
