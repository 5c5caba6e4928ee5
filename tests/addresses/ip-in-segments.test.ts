/** Addresses in real segments, built and merged, held to a reading of every document with numbers of 128 bits. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ipQueries } from '../../root/query/field-kinds/ip-queries.ts';
import { readAtOnce } from '../../root/query/long-lists.ts';
import { finishAggregations } from '../../shared/aggregation/result.ts';
import { wholeAnswer } from '../../shared/aggregation/whole-answer.fixture.ts';
import { addressOfKey } from '../../shared/addresses/address-key.ts';
import { showAddress } from '../../shared/addresses/show-address.ts';
import type { AggregationRequests } from '../../shared/aggregation/definition.ts';
import { SheafError } from '../../shared/errors.ts';
import type { Query } from '../../shared/query/query.ts';
import { createRandom, type Random } from '../../shared/random/random.ts';
import { indexedFields } from '../../shared/schema/schema.ts';
import { SearchRun } from '../../leaf/collect/search-run.ts';
import { mergeSegments } from '../../leaf/merge/merge.ts';
import { liveSegment, makeSnapshot, withDeleted, type LiveSegment } from '../../leaf/snapshot/snapshot.ts';
import { buildSegment } from '../../leaf/segment/build.ts';
import { openSegment } from '../../leaf/segment/open.ts';
import { QueryCaches } from '../../leaf/evaluate/query-caches.ts';

const fields = indexedFields({ dynamic: 'strict', fields: { ip: { kind: 'ip' } } });

type Address = bigint;
interface Document {
  readonly key: string;
  readonly addresses: readonly Address[];
}

const version4 = 0xffffn << 32n;
const show = (address: Address): string => showAddress(addressOfKey(address.toString(16).padStart(32, '0')));

/** Near one another in either family, so that blocks have some and not others. */
function randomAddress(random: Random): Address {
  const low = BigInt(random.integer(0, 40));
  const shift = BigInt(random.pick([0, 8, 16]));
  const base = random.pick([version4 + (10n << 24n), 0x20010db8n << 96n, 0n]);
  return base + (low << shift);
}

function randomSegment(random: Random, first: number): { live: LiveSegment; documents: Document[] } {
  const documents = Array.from({ length: random.integer(1, 40) }, (_, i): Document => {
    const addresses = Array.from({ length: random.pick([0, 1, 1, 1, 3]) }, () => randomAddress(random));
    return { key: `k${first + i}`, addresses };
  });
  const stored = documents.map(({ key, addresses }, i) => {
    const shown = addresses.map((address) => (random.chance(0.1) ? show(address).toUpperCase() : show(address)));
    const source = { ip: shown.length === 1 && random.chance(0.8) ? shown[0] : shown };
    return { key, offset: first + i, source: Buffer.from(JSON.stringify(source)) };
  });
  const live = liveSegment(openSegment(buildSegment(fields, stored)));
  const deleted = documents.flatMap((_, docId) => (random.chance(0.2) ? [docId] : []));
  return { live: withDeleted(live, deleted), documents: documents.filter((_, docId) => !deleted.includes(docId)) };
}

function search(
  segments: readonly LiveSegment[],
  query: Query,
  descending: boolean,
  aggregations: AggregationRequests,
) {
  const snapshot = makeSnapshot(segments, 1000);
  const sort = [{ by: 'field', field: 'ip', descending, values: 'string' }] as const;
  const shards = [{ shard: 0, snapshot }];
  const run = new SearchRun({ query, sort, k: 1000, source: false, aggregations }, shards, new QueryCaches());
  while (!run.step(100));
  return run.result();
}

/** What an operand stands for. */
function randomOperand(random: Random): { text: string; first: Address; last: Address } {
  const address = randomAddress(random);
  const shown = show(address);
  const isVersion4 = shown.includes('.');
  if (random.chance(0.4)) return { text: shown, first: address, last: address };
  const free = random.integer(0, isVersion4 ? 32 : 128);
  const first = (address >> BigInt(free)) << BigInt(free);
  return { text: `${shown}/${(isVersion4 ? 32 : 128) - free}`, first, last: first + (1n << BigInt(free)) - 1n };
}

const fault = () => new SheafError('REQUEST_VALUE_INVALID');
const operand = (text: string) => ({ value: text, wrongType: fault, invalid: fault });

function randomQuestion(random: Random): { query: Query; matches: (address: Address) => boolean } {
  const [a, b] = [randomOperand(random), randomOperand(random)];
  if (random.chance(0.3)) {
    return { query: ipQueries.exact('ip', operand(a.text)), matches: (one) => one >= a.first && one <= a.last };
  }
  if (random.chance(0.4)) {
    const some = [a, b, randomOperand(random), randomOperand(random)].slice(random.integer(0, 3));
    const queries = readAtOnce(
      ipQueries.anyOf(
        'ip',
        some.map(({ text }) => operand(text)),
      ),
    );
    const query: Query = { kind: 'bool', must: [], should: queries, filter: [], mustNot: [] };
    return { query, matches: (one) => some.some(({ first, last }) => one >= first && one <= last) };
  }
  const [lowInclusive, highInclusive] = [random.chance(0.5), random.chance(0.5)];
  const [low, high] = random.chance(0.8) ? [a, b] : [a, undefined];
  const query = ipQueries.range('ip', {
    low: operand(low.text),
    lowInclusive,
    high: high === undefined ? undefined : operand(high.text),
    highInclusive,
  });
  const isAbove = (one: Address): boolean => (lowInclusive ? one >= low.first : one > low.last);
  const isBelow = (one: Address): boolean =>
    high === undefined || (highInclusive ? one <= high.last : one < high.first);
  return { query, matches: (one) => isAbove(one) && isBelow(one) };
}

const aggregations: AggregationRequests = {
  by: {
    kind: 'terms',
    field: 'ip',
    values: 'string',
    show: 'ip',
    size: 1000,
    shardSize: 1000,
    order: [{ by: 'key', descending: false }],
    minDocCount: 1,
    aggregations: {},
  },
  count: { kind: 'value_count', field: 'ip', values: 'string' },
};

const ascending = (a: Address, b: Address): number => (a < b ? -1 : a > b ? 1 : 0);

const seed = Date.now() % 1_000_000;

test(`ip: segments and what they merge into answer as 128-bit numbers do (seed ${seed})`, () => {
  const random = createRandom(seed);
  let matched = 0;
  for (let round = 0; round < 60; round++) {
    const parts = [0, 100, 200].slice(0, random.integer(1, 3)).map((first) => randomSegment(random, first));
    const documents = parts.flatMap((part) => part.documents);
    const segments = parts.map(({ live }) => live);
    const merged = [liveSegment(openSegment(mergeSegments(fields, segments).buffer))];
    for (let question = 0; question < 20; question++) {
      const { query, matches } = randomQuestion(random);
      const descending = random.chance(0.5);
      const found = documents.filter(({ addresses }) => addresses.some(matches));
      const counts = new Map<Address, number>();
      for (const { addresses } of found) {
        for (const address of new Set(addresses)) counts.set(address, (counts.get(address) ?? 0) + 1);
      }
      const buckets = [...counts].sort(([a], [b]) => ascending(a, b));
      const extreme = ({ addresses }: Document): Address => addresses.toSorted(ascending).at(descending ? -1 : 0)!;
      const order = found
        .toSorted(
          (a, b) =>
            (descending ? -1 : 1) * ascending(extreme(a), extreme(b)) || documents.indexOf(a) - documents.indexOf(b),
        )
        .map(({ key }) => key);
      matched += found.length;
      for (const live of [segments, merged]) {
        const result = search(live, query, descending, aggregations);
        const where = `seed ${seed}, round ${round}, ${JSON.stringify(query)}`;
        assert.deepEqual(
          result.hits.map(({ key }) => key),
          order,
          where,
        );
        const finished = JSON.parse(
          JSON.stringify(finishAggregations(aggregations, result.aggregations, wholeAnswer)),
        ) as {
          by: { buckets: { key: string; doc_count: number }[] };
          count: { value: number };
        };
        assert.deepEqual(
          finished.by.buckets.map(({ key, doc_count: count }) => [key, count]),
          buckets.map(([address, count]) => [show(address), count]),
          where,
        );
        assert.equal(
          finished.count.value,
          found.reduce((sum, { addresses }) => sum + addresses.length, 0),
          where,
        );
      }
    }
  }
  assert.ok(matched > 1000);
});
