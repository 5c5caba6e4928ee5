import assert from 'node:assert/strict';
import { test } from 'node:test';
import { holdAggregations } from './hold-aggregations.ts';

for (const shards of [1, 3, 16]) {
  test(`aggregations: parts of ${shards} shards, merged, answer as the oracle does`, (t) => {
    const seed = 8800 + shards;
    t.diagnostic(`seed ${seed}`);
    const buckets = holdAggregations({ seed, shards, documents: 120, requests: 60 });
    assert.ok(buckets > 60, `${buckets} buckets`);
  });
}
