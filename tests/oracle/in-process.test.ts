import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../../shared/random/random.ts';
import { compareAnswer } from './compare.ts';
import { randomChanges } from './generate-documents.ts';
import { randomSearch } from './generate-searches.ts';
import { schema } from './generate-values.ts';
import { aggregateInProcess, shardsOf } from './in-process.ts';
import { Oracle } from './oracle.ts';
import { respond } from './respond.ts';

// Each row: seed, shards, searches. Some do not aggregate.
const rows: [seed: number, shards: number, searches: number][] = [
  [1001, 1, 50],
  [1003, 3, 50],
  [1016, 16, 30],
];
for (const [seed, shards, searches] of rows) {
  test(`aggregations: as the oracle has them, of ${shards} shards merged in random trees (seed ${seed})`, () => {
    const random = createRandom(seed);
    const changes = randomChanges(random, { count: 250, keys: 180, deletes: 0 }).flatMap((change) =>
      change.kind === 'put' ? [change] : [],
    );
    const oracle = new Oracle({ index: 'i', schema, shards });
    for (const { key, source } of changes) oracle.put(key, source);
    const all = shardsOf(schema, changes, { shards, random });
    let aggregated = 0;
    for (let i = 0; i < searches; i++) {
      const body = randomSearch(random);
      const aggregations = aggregateInProcess(schema, all, body, random);
      if (aggregations === undefined) continue;
      aggregated++;
      const expected = oracle.search(body);
      const faults = compareAnswer(expected, { ...respond(expected), aggregations });
      assert.deepEqual(faults, [], `seed ${seed}, search ${i}: ${JSON.stringify(body)}`);
    }
    assert.ok(aggregated > searches / 4, String(aggregated));
  });
}
