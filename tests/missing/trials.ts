/**
 * Shards dropped from collections: what an answer then says of the whole, by the code of leaves and roots, beside the whole. The truth is
 * within all bounds; and within the estimates as often as they say.
 */
import { byCount } from '../../shared/aggregation/terms-order.ts';
import assert from 'node:assert/strict';
import { gatherCounts } from '../../root/gather/gather.ts';
import { missingOf, uncountedOf } from '../../root/plan/missing-shards.ts';
import type { AggregationRequests } from '../../shared/aggregation/definition.ts';
import { mergeAggregations } from '../../shared/aggregation/merge.ts';
import { finishAggregations } from '../../shared/aggregation/result.ts';
import { sayCount, type Said } from '../../shared/aggregation/say-bounds.ts';
import type { TermsRequest } from '../../shared/aggregation/terms.ts';
import { limits } from '../../shared/limits.ts';
import type { Query } from '../../shared/query/query.ts';
import type { SearchRequest } from '../../shared/query/request.ts';
import { createRandom, type Random } from '../../shared/random/random.ts';
import { dayMs, days, firstDay, makeCollection, searchShards, type HeldShard } from './collection.ts';

/** Of one class of numbers. */
export interface Tally {
  /** Bounds that were said; all of them held. */
  bounded: number;
  /** Of these, those with both ends. */
  closed: number;
  estimated: number;
  covered: number;
  /** Widths of the intervals, and of those of the same normal approximation of which the truth is known. */
  width: number;
  widthKnown: number;
  /** The same where the truth is over 100. */
  frequent: number;
  frequentCovered: number;
  frequentWidth: number;
  frequentWidthKnown: number;
}

export type Tallies = Map<string, Tally>;

const z95 = 1.959963984540054;
const isWhole = (field: string): boolean => field !== 'price' && field !== 'when';

/** @param tallies counted on @throws AssertionError where a bound does not hold */
export function runTrial(seed: number, tallies: Tallies): void {
  const random = createRandom(seed);
  const shards = random.integer(2, 24);
  const spread = random.chance(0.8) ? 'hash' : 'time';
  const documents = random.integer(200, 3200);
  const held = makeCollection(random, { documents, shards, spread, hasDeleted: random.chance(0.3) });
  const order = random.shuffle(Array.from({ length: shards }, (_, shard) => shard));
  const dropped = new Set(order.slice(0, random.integer(1, shards - 1)));
  const unheard = random.chance(0.05) ? random.pick([...dropped]) : -1;
  const totalUpTo = random.chance(0.2) ? { totalUpTo: random.integer(1, 400) } : {};
  const trial: Trial = {
    held,
    dropped,
    unheard,
    search: { query: drawQuery(random), aggregations: drawAggregations(random), ...totalUpTo },
  };
  compare(trial, tallies);
}

interface Trial {
  readonly held: readonly HeldShard[];
  readonly dropped: ReadonlySet<number>;
  /** Of this shard nobody has told anything; −1 for none. */
  readonly unheard: number;
  readonly search: { readonly query: Query; readonly aggregations: AggregationRequests; readonly totalUpTo?: number };
}

function drawQuery(random: Random): Query {
  const low = firstDay + random.next() * days * dayMs;
  return random.pick<Query>([
    { kind: 'all' },
    { kind: 'numberRange', field: 'n', low: random.integer(-200, 500), lowInclusive: true, highInclusive: true },
    { kind: 'numberRange', field: 'when', low, high: low + 5 * dayMs, lowInclusive: true, highInclusive: false },
    {
      kind: 'bool',
      must: [],
      should: [],
      mustNot: [],
      filter: [{ kind: 'keywords', field: 'peer', terms: ['p1', 'p2', 'p3', 'p5', 'p8'] }],
    },
    { kind: 'numbers', field: 'level', values: [0, 3, 9] },
  ]);
}

function drawAggregations(random: Random): AggregationRequests {
  const terms: TermsRequest = {
    kind: 'terms',
    field: 'tag',
    values: 'string',
    show: 'plain',
    size: random.pick([3, 10, 40]),
    shardSize: random.chance(0.25) ? 10 : 10_000,
    order: byCount,
    minDocCount: random.pick([1, 1, 40]),
    aggregations: {},
  };
  const sized = terms.shardSize < terms.size ? { ...terms, shardSize: terms.size } : terms;
  const number = { values: 'number' } as const;
  const metrics: AggregationRequests = {
    sum: { kind: 'sum', field: 'n', ...number },
    mean: { kind: 'avg', field: 'price', ...number },
    values: { kind: 'value_count', field: 'n', ...number },
  };
  const histogram = { kind: 'histogram', show: 'plain', offset: 0, minDocCount: random.pick([0, 1, 5]) } as const;
  const ofDays = { ...histogram, field: 'when', interval: dayMs } as const;
  return {
    tags: {
      ...sized,
      aggregations: { ...metrics, nested: { ...histogram, field: 'n', interval: 250, aggregations: {} } },
    },
    peers: { ...sized, field: 'peer', size: 5, shardSize: 10_000 },
    levels: { ...sized, ...number, field: 'level', order: [{ by: 'key', descending: false }], size: 8, shardSize: 8 },
    days: { ...ofDays, aggregations: metrics },
    tenths: { ...histogram, field: 'price', interval: 100_000, aggregations: {} },
    sum: { kind: 'sum', field: 'price', ...number },
    many: { kind: 'sum', field: 'many', ...number },
    average: { kind: 'avg', field: 'many', ...number },
    least: { kind: 'min', field: 'price', ...number },
    greatest: { kind: 'max', field: 'when', ...number },
    about: { kind: 'stats', field: 'many', ...number },
    single: { kind: 'value_count', field: 'n', ...number },
    several: { kind: 'value_count', field: 'many', ...number },
    none: { kind: 'stats', field: 'nowhere', ...number },
    distinct: { kind: 'cardinality', field: 'many', ...number, precisionThreshold: random.pick([3, 3000]) },
  };
}

/** All buckets of the whole. */
function wholeOf(requests: AggregationRequests): AggregationRequests {
  const whole = Object.entries(requests).map(([name, request]) => {
    if (request.kind === 'terms') {
      const all = { size: limits.bucketsMax, shardSize: limits.bucketsMax, minDocCount: 1 };
      return [name, { ...request, ...all, aggregations: wholeOf(request.aggregations) }] as const;
    }
    if (request.kind === 'histogram')
      return [name, { ...request, aggregations: wholeOf(request.aggregations) }] as const;
    return [name, request.kind === 'cardinality' ? { ...request, precisionThreshold: 3000 } : request] as const;
  });
  return Object.fromEntries(whole);
}

function compare({ held, dropped, unheard, search }: Trial, tallies: Tallies): void {
  const all = held.map((_, shard) => shard);
  const answering = all.filter((shard) => !dropped.has(shard));
  const { query, aggregations, totalUpTo } = search;
  const wholeRequests = wholeOf(aggregations);
  const whole = searchShards(held, all, { query, aggregations: wholeRequests });
  const truth = finishAggregations(wholeRequests, whole.aggregations, { isComplete: true, isWhole, bigInts: 'string' });
  // Two tasks, as of two leaves.
  const half = answering.length >> 1;
  const tasks = [answering.slice(0, half), answering.slice(half)].filter(({ length }) => length > 0);
  const received = tasks.map((each) => ({
    partial: { ...searchShards(held, each, search) } as never,
    body: new Uint8Array(0),
    sizeBytes: 0,
  }));
  const counts = gatherCounts(received);
  const answered = answering.reduce((sum, shard) => sum + held[shard]!.snapshot.documents, 0);
  const coverage = {
    shards: { asked: held.length, answered: answering.length, failed: dropped.size },
    failures: [{ code: 'LEAF_TIMEOUT', reason: '', shards: [...dropped] } as const],
    documents: { asked: null, answered },
  };
  const missing = missingOf(
    {
      root: { directory: { summaryOf: (_index, shard) => (shard === unheard ? null : held[shard]!.summary) } },
      index: { id: 'x' },
      request: { query, aggregations, ...(totalUpTo === undefined ? {} : { totalUpTo }) } as unknown as SearchRequest,
      shards: all,
    },
    coverage,
  )!;
  const result = finishAggregations(aggregations, mergeAggregations(aggregations, counts.parts), {
    isComplete: false,
    missing,
    isWhole,
    bigInts: 'string',
  });
  const lost = [...dropped].reduce((sum, shard) => sum + held[shard]!.snapshot.documents, 0);
  const checks = new Checks({ answered, lost }, tallies);
  const total = sayCount({ found: counts.total, uncounted: uncountedOf(counts, coverage) }, missing);
  checks.number('total', total, whole.total);
  checks.results('', aggregations, result, truth);
}

type Shown = Readonly<Record<string, unknown>>;
interface Ends {
  readonly min: number | null;
  readonly max: number | null;
}

class Checks {
  private readonly population: { readonly answered: number; readonly lost: number };
  private readonly tallies: Tallies;

  constructor(population: { readonly answered: number; readonly lost: number }, tallies: Tallies) {
    this.population = population;
    this.tallies = tallies;
  }

  results(path: string, requests: AggregationRequests, results: Shown, truths: Shown): void {
    for (const [name, request] of Object.entries(requests)) {
      const [result, truth] = [results[name] as Shown, truths[name] as Shown];
      const at = `${path}${name}`;
      if (request.kind === 'terms' || request.kind === 'histogram') this.buckets(at, request, result, truth);
      else if (request.kind === 'stats') this.stats(at, result, truth);
      else this.number(at, result as unknown as Said, truth['value'] as number | null);
    }
  }

  private buckets(at: string, request: AggregationRequests[string], result: Shown, truth: Shown): void {
    const known = new Map((truth['buckets'] as Shown[]).map((bucket) => [bucket['key'], bucket]));
    const listed = new Set<unknown>();
    for (const bucket of result['buckets'] as Shown[]) {
      listed.add(bucket['key']);
      const whole = known.get(bucket['key']);
      this.number(`${at} buckets`, bucket as unknown as Said, (whole?.['doc_count'] as number | undefined) ?? 0);
      const nested = 'aggregations' in request ? request.aggregations : {};
      // An empty bucket may be empty in the whole, too.
      if (whole !== undefined) this.results(`${at} > `, nested, bucket, whole);
    }
    const bound = result['doc_count_error_upper_bound'];
    if (typeof bound !== 'number') return;
    for (const bucket of result['buckets'] as Shown[]) {
      const whole = (known.get(bucket['key'])?.['doc_count'] as number | undefined) ?? 0;
      assert.ok(whole - (bucket['doc_count'] as number) <= bound, `${at}: short by more than ${bound}`);
    }
  }

  private stats(at: string, { bounds }: Shown, truth: Shown): void {
    for (const name of ['count', 'min', 'max', 'avg', 'sum']) {
      const ends = (bounds as Record<string, Ends | null> | null)?.[name];
      if (ends === null || ends === undefined) continue;
      this.number(`${at}.${name}`, { bounds: ends, estimate: null, estimate_reason: 'kind' }, truth[name] as number);
    }
  }

  number(at: string, said: Said, truth: number | null): void {
    const tally = this.tallyOf(at);
    assert.equal('bounds_reason' in said, said.bounds === null, at);
    assert.equal('estimate_reason' in said, said.estimate === null, at);
    if (truth === null) return;
    if (said.bounds === null) {
      assert.notEqual(said.bounds_reason, 'none', `${at}: ${truth} where there were to be no values`);
    } else {
      const { min, max } = said.bounds;
      const holds = (min === null || min <= truth) && (max === null || max >= truth);
      assert.ok(holds, `${at}: ${truth} is not within ${min} and ${max}`);
      tally.bounded++;
      if (min !== null && max !== null) tally.closed++;
    }
    if (said.estimate !== null) this.estimate(tally, said.estimate, truth);
  }

  private estimate(
    tally: Tally,
    { value, min, max }: { value: number; min: number; max: number },
    truth: number,
  ): void {
    assert.ok(min <= value && value <= max, `${value} is not between ${min} and ${max}`);
    const { answered, lost } = this.population;
    const all = answered + lost;
    const share = answered / all;
    const known = (2 * z95 * Math.sqrt((truth * share * (1 - share) * (all - truth)) / (all - 1))) / share;
    const covers = min <= truth && truth <= max ? 1 : 0;
    tally.estimated++;
    tally.covered += covers;
    tally.width += max - min;
    tally.widthKnown += known;
    if (truth <= 100) return;
    tally.frequent++;
    tally.frequentCovered += covers;
    tally.frequentWidth += max - min;
    tally.frequentWidthKnown += known;
  }

  private tallyOf(at: string): Tally {
    let tally = this.tallies.get(at);
    if (tally === undefined) {
      const estimates = { estimated: 0, covered: 0, width: 0, widthKnown: 0 };
      const frequent = { frequent: 0, frequentCovered: 0, frequentWidth: 0, frequentWidthKnown: 0 };
      tally = { bounded: 0, closed: 0, ...estimates, ...frequent };
      this.tallies.set(at, tally);
    }
    return tally;
  }
}
