import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../random/random.ts';
import type { SortKey } from '../ranking/order.ts';
import { mergeAggregations } from './merge.ts';
import { finishAggregations } from './result.ts';
import { compareTopHits, type TopHit, type TopHitsPartial, type TopHitsRequest } from './top-hits.ts';
import { wholeAnswer } from './whole-answer.fixture.ts';

const byDate: SortKey = { by: 'field', field: 'd', descending: true, values: 'number' };
const byScore: SortKey = { by: 'score', descending: true };
const request: TopHitsRequest = {
  kind: 'top_hits',
  from: 0,
  size: 2,
  sort: [byDate],
  shows: ['date'],
  source: true,
};

const hit = (place: string, ...values: TopHit['values']): TopHit => {
  const [index, shard, offset] = place.split('/');
  return {
    index: index!,
    shard: Number(shard),
    offset: Number(offset),
    key: place,
    values,
    source: `{"at":"${place}"}`,
  };
};

function partialOf(...hits: TopHit[]): TopHitsPartial {
  return { kind: 'top_hits', count: hits.length, hits };
}

function finished(asked: TopHitsRequest, partial: TopHitsPartial, options: object = {}): unknown {
  const results = finishAggregations({ x: asked }, { x: partial }, { ...wholeAnswer, ...options });
  return JSON.parse(JSON.stringify(results['x']));
}

// Each row: the sort, hits of parts that are merged, the places that are left.
const orders: [name: string, sort: SortKey[], parts: TopHit[][], left: string[]][] = [
  ['the greatest first', [byDate], [[hit('x/0/1', 5)], [hit('x/1/1', 7), hit('x/1/2', 6)]], ['x/1/1', 'x/1/2']],
  ['none last', [byDate], [[hit('x/0/1', null)], [hit('x/1/1', -7)]], ['x/1/1', 'x/0/1']],
  [
    'equal ones by shard and offset',
    [byDate],
    [[hit('x/1/1', 5)], [hit('x/0/9', 5), hit('x/0/10', 5)]],
    ['x/0/9', 'x/0/10'],
  ],
  ['of several indexes, by index before', [byDate], [[hit('y/0/1', 5)], [hit('x/7/7', 5)]], ['x/7/7', 'y/0/1']],
  ['by score', [byScore, byDate], [[hit('x/0/1', 0.5, 9)], [hit('x/1/1', 0.75, 1)]], ['x/1/1', 'x/0/1']],
  ['none', [byDate], [[], []], []],
];
for (const [name, sort, parts, left] of orders) {
  test(`top_hits: ${name}`, () => {
    const all = parts.map((hits) => ({ x: partialOf(...hits) }));
    const merged = mergeAggregations({ x: { ...request, sort } }, all)['x'] as TopHitsPartial;
    assert.deepEqual(
      merged.hits.map(({ key }) => key),
      left,
    );
    assert.equal(merged.count, parts.flat().length);
  });
}

test('top_hits: hits are shown as those of a search', () => {
  const partial: TopHitsPartial = {
    kind: 'top_hits',
    count: 7,
    hits: [
      { ...hit('i1/0/1', 86_400_000), source: '{"_routing":"r","n":12345678901234567890,"__proto__":1.50}' },
      hit('i2/0/1', null),
    ],
  };
  const nameOf = (id: string): string => (id === 'i1' ? 'books' : id);
  assert.deepEqual(finished({ ...request, source: true }, partial, { nameOf }), {
    hits: {
      total: { value: 7, relation: 'eq' },
      max_score: null,
      hits: [
        {
          _index: 'books',
          _id: 'i1/0/1',
          _routing: 'r',
          _score: null,
          _source: JSON.parse('{"n":12345678901234567890,"__proto__":1.5}'),
          sort: [86_400_000],
        },
        { _index: 'i2', _id: 'i2/0/1', _score: null, _source: { at: 'i2/0/1' }, sort: [null] },
      ],
    },
  });
  const text = JSON.stringify(finishAggregations({ x: request }, { x: partial }, { ...wholeAnswer, nameOf }));
  assert.ok(text.includes('"_source":{"n":12345678901234567890,'), text);
});

test('top_hits: by score alone the sort is not told, and the best score is, whatever the page', () => {
  const bare = (place: string, score: number): TopHit => {
    return { index: 'x', shard: 0, offset: 1, key: place, values: [score] };
  };
  const [first, second] = [bare('x/0/1', 0.75), bare('x/0/2', 0.5)];
  const asked: TopHitsRequest = { ...request, from: 1, sort: [byScore], shows: ['plain'], source: false };
  assert.deepEqual(finished(asked, partialOf(first, second)), {
    hits: {
      total: { value: 2, relation: 'eq' },
      max_score: 0.75,
      hits: [{ _index: 'x', _id: 'x/0/2', _score: 0.5 }],
    },
  });
  const ascending: TopHitsRequest = { ...asked, from: 0, sort: [{ by: 'score', descending: false }] };
  assert.deepEqual(finished(ascending, partialOf(second, first)), {
    hits: {
      total: { value: 2, relation: 'eq' },
      max_score: null,
      hits: [
        { _index: 'x', _id: 'x/0/2', _score: 0.5, sort: [0.5] },
        { _index: 'x', _id: 'x/0/1', _score: 0.75, sort: [0.75] },
      ],
    },
  });
});

test('top_hits: where shards are missing the total is a lower bound', () => {
  const told = finished(request, partialOf(hit('x/0/1', 1)), { isComplete: false }) as {
    hits: { total: { relation: string } };
  };
  assert.equal(told.hits.total.relation, 'gte');
});

test('top_hits: merged in any tree to the same bytes', (t) => {
  const seed = 40_878;
  t.diagnostic(`seed ${seed}`);
  const random = createRandom(seed);
  for (let run = 0; run < 200; run++) {
    const asked: TopHitsRequest = { ...request, from: random.integer(0, 2), size: random.integer(0, 4) };
    const places = random.shuffle(
      ['x', 'y'].flatMap((index) => [0, 1, 2].flatMap((s) => [`${index}/${s}/3`, `${index}/${s}/10`])),
    );
    const hits = places
      .slice(0, random.integer(0, places.length))
      .map((place) => hit(place, random.pick([null, -1, 0, 1])));
    const kept = asked.size === 0 ? 0 : asked.from + asked.size;
    const best = hits.toSorted((a, b) => compareTopHits(asked.sort, a, b)).slice(0, kept);
    const expected = JSON.stringify({ ...partialOf(...hits), hits: best });
    let parts = [partialOf(), ...hits.map((each) => ({ ...partialOf(each), hits: kept === 0 ? [] : [each] }))];
    while (parts.length > 1) {
      const [first, second, ...rest] = random.shuffle(parts);
      const both = mergeAggregations({ x: asked }, [{ x: first! }, { x: second! }])['x']!;
      assert.ok(both.kind === 'top_hits');
      parts = [both, ...rest];
    }
    assert.equal(JSON.stringify(parts[0]), expected, `run ${run}`);
  }
});
