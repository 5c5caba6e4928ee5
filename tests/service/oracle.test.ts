import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startCluster, type Cluster } from '../cluster/start.ts';
import { holdToOracle } from '../oracle/hold.ts';

let cluster: Cluster;
before(async () => {
  cluster = await startCluster({ leaves: 2 });
});
after(() => cluster?.stop());

// Each row: seed, shards, replicas, queries in each of four rounds, with updates and deletes before every round.
const rows: [seed: number, shards: number, replicas: number, queriesPerRound: number][] = [
  [101, 1, 1, 20],
  [102, 3, 2, 20],
  [103, 16, 2, 20],
  [104, 64, 1, 10],
];

// The same of term indexes, which hold to the same oracle.
const termRows: [seed: number, shards: number, queriesPerRound: number][] = [
  [201, 1, 20],
  [202, 3, 20],
  [203, 16, 20],
];

test('service: a term index answers as the oracle does', async () => {
  for (const [seed, shards, queriesPerRound] of termRows) {
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

for (const [seed, shards, replicas, queriesPerRound] of rows) {
  test(`service: answers as the oracle does, ${shards} shards, seed ${seed}`, async () => {
    const options = { baseUrl: cluster.url, seed, shards, replicas, documents: 200, rounds: 4, queriesPerRound };
    const { queries, matched } = await holdToOracle(options);
    assert.equal(queries, 4 * queriesPerRound);
    assert.ok(matched > queries / 3, `only ${matched} of ${queries} queries matched anything`);
  });
}
