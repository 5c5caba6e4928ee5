import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eachKind } from '../aggregation/each-kind.fixture.ts';
import type { AggregationRequest, AggregationRequests } from '../aggregation/definition.ts';
import { allAtOnce, type Steps } from '../aggregation/steps.ts';
import { areAggregations } from './are-aggregations.ts';

/** Ends of places where null may be, and where any number may be. */
const nullable = ['min', 'max', 'sort', 'metrics/0', 'hits/0/values/1'];
const signed = ['min', 'max', 'sort', 'sum/0', 'squares/0', 'products/0', 'weights/0', 'values/0', 'hits/0/values/1'];

function isSo(are: boolean | Steps<boolean>): boolean {
  return typeof are === 'boolean' ? are : allAtOnce(are);
}

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
    const are = (sent: unknown): boolean => isSo(areAggregations({ a: request }, { a: sent }));
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

/** Buckets that count how often something of them is read. */
class Watched {
  reads = 0;

  buckets(count: number, aggregations: object): object[] {
    return Array.from({ length: count }, (_, key) => {
      const read = <T>(value: T): T => {
        this.reads++;
        return value;
      };
      return {
        get key() {
          return read(key);
        },
        get count() {
          return read(1);
        },
        get aggregations() {
          return read(aggregations);
        },
      };
    });
  }

  /** The most reads between two yields, and whether it is so. */
  most(are: boolean | Steps<boolean>): { readonly most: number; readonly is: boolean } {
    assert.ok(typeof are !== 'boolean');
    for (let most = 0; ;) {
      this.reads = 0;
      const step = are.next();
      most = Math.max(most, this.reads);
      if (step.done === true) return { most, is: step.value };
    }
  }
}

const histogram = (aggregations: AggregationRequests): AggregationRequest => {
  return { ...eachKind.histogram.request, aggregations };
};
const partialOf = (buckets: object[]): object => ({ a: { kind: 'histogram', buckets } });
const watched = new Watched();
const short = (): object => partialOf(watched.buckets(3, {}));
// Each row: how deep the request is, and what came.
const many: [name: string, depth: number, sent: () => object][] = [
  ['one list', 1, () => partialOf(watched.buckets(5000, {}))],
  ['a list in each of few', 2, () => partialOf(watched.buckets(4, partialOf(watched.buckets(3000, {}))))],
  ['a short list in each of many', 2, () => partialOf(watched.buckets(3000, short()))],
  ['the same, deeper', 3, () => partialOf(watched.buckets(300, partialOf(watched.buckets(5, short()))))],
];
for (const [name, depth, sent] of many) {
  test(`areAggregations: ${name}: never much at a time`, () => {
    let requests: AggregationRequests = {};
    for (let i = 0; i < depth; i++) requests = { a: histogram(requests) };
    const { most, is } = watched.most(areAggregations(requests, sent()));
    assert.ok(is);
    assert.ok(most > 0 && most < 100, `${most} reads at once`);
  });
}

test('areAggregations: refuses of terms where they were cut what is no key, and what only merging tells', () => {
  const { request, partial } = eachKind.terms;
  const are = (more: object): boolean => isSo(areAggregations({ a: request }, { a: { ...partial, ...more } }));
  assert.ok(are({ cutFrom: 'y' }));
  assert.ok(!are({ cutFrom: 1 }));
  assert.ok(!are({ buckets: partial.buckets.map((bucket) => ({ ...bucket, lacks: 1 })) }));
});
