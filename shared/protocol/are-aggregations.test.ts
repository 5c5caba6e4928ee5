import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eachKind } from '../aggregation/each-kind.fixture.ts';
import { areAggregations } from './are-aggregations.ts';

/** Ends of places where null may be, and where any number may be. */
const nullable = ['min', 'max', 'sort', 'metrics/0', 'hits/0/values/1'];
const signed = ['min', 'max', 'sort', 'sum/0', 'squares/0', 'products/0', 'weights/0', 'values/0', 'hits/0/values/1'];

/** A value with another at one place in it, for each place: the place and the whole. */
function* spoiled(value: unknown, with_: unknown): Generator<[place: string, whole: unknown]> {
  yield ['', with_];
  if (typeof value !== 'object' || value === null) return;
  for (const [name, inner] of Object.entries(value)) {
    for (const [place, whole] of spoiled(inner, with_)) {
      const copy: unknown = Array.isArray(value) ? value.with(Number(name), whole) : { ...value, [name]: whole };
      yield [`/${name}${place}`, copy];
    }
  }
}

for (const [kind, { request, partial }] of Object.entries(eachKind)) {
  test(`areAggregations: takes a partial of ${kind}, and refuses it with anything wrong in it`, () => {
    const are = (sent: unknown): boolean => areAggregations({ a: request }, { a: sent });
    assert.ok(are(partial));
    assert.ok(!areAggregations({ a: request }, {}));
    for (const wrong of [null, true, {}, -3.5]) {
      for (const [place, whole] of spoiled(partial, wrong)) {
        const isOf = (ends: readonly string[]): boolean => ends.some((end) => place.endsWith(`/${end}`));
        if ((wrong === null && isOf(nullable)) || (wrong === -3.5 && isOf(signed))) continue;
        assert.ok(!are(whole), `${place} ${JSON.stringify(wrong)} was taken`);
      }
    }
  });
}

test('areAggregations: refuses of terms where they were cut what is no key, and what only merging tells', () => {
  const { request, partial } = eachKind.terms;
  const are = (more: object): boolean => areAggregations({ a: request }, { a: { ...partial, ...more } });
  assert.ok(are({ cutFrom: 'y' }));
  assert.ok(!are({ cutFrom: 1 }));
  assert.ok(!are({ buckets: partial.buckets.map((bucket) => ({ ...bucket, lacks: 1 })) }));
});
