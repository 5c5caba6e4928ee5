import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eachKind } from './each-kind.fixture.ts';
import { fieldsOfAggregation } from './fields-of.ts';

/** Kinds that read no field by themselves. */
const without = ['filter', 'filters', 'global'];

for (const [kind, { request }] of Object.entries(eachKind)) {
  test(`fieldsOfAggregation: all that are named in ${kind}`, () => {
    const { aggregations: _, ...own } = { aggregations: {}, ...request };
    const named = [...JSON.stringify(own).matchAll(/"field":"([^"]*)"/g)].map(([, field]) => field);
    assert.deepEqual(fieldsOfAggregation(request), without.includes(kind) ? [] : named);
    assert.equal(named.length > 0, !without.includes(kind));
  });
}
