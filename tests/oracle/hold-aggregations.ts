/**
 * Holds aggregations to the oracle without processes: each shard is collected as a leaf does, the parts are merged and
 * finished as a root does. Thousands of requests take seconds.
 */
import { mergeAggregations } from '../../shared/aggregation/merge.ts';
import type { AggregationPartials, AggregationRequests, FinishOptions } from '../../shared/aggregation/definition.ts';
import { beginResults, finishAggregations } from '../../shared/aggregation/result.ts';
import { amendPart, nextRound } from '../../shared/aggregation/rounds.ts';
import { ofOnePart } from '../../shared/aggregation/of-one-part.ts';
import { allAtOnce } from '../../shared/aggregation/steps.ts';
import { limits } from '../../shared/limits.ts';
import { createRandom, type Random } from '../../shared/random/random.ts';
import { definitionOf } from '../../shared/schema/kinds/field-kinds.ts';
import { indexedFields } from '../../shared/schema/schema.ts';
import { shardOfKey } from '../../shared/hashing/hash.ts';
import { SearchRun } from '../../leaf/collect/search-run.ts';
import { QueryCaches } from '../../leaf/evaluate/query-caches.ts';
import { buildSegment, type SegmentDocument } from '../../leaf/segment/build.ts';
import { openSegment } from '../../leaf/segment/open.ts';
import { liveSegment, makeSnapshot, withDeleted, type Snapshot } from '../../leaf/snapshot/snapshot.ts';
import { roundsByPartial } from '../../root/gather/finish-answer.ts';
import { parseSearchBody } from '../../root/query/parse-search-body.ts';
import { compareAggregations } from './compare.ts';
import { randomChanges } from './generate-documents.ts';
import { plainSearch } from './generate-searches.ts';
import { withAddresses } from './generate-addresses.ts';
import { schema } from './generate-values.ts';
import type { Json, JsonObject } from './json.ts';
import { Oracle } from './oracle.ts';

interface HoldOptions {
  readonly seed: number;
  readonly shards: number;
  readonly documents: number;
  /** Requests that are answered. */
  readonly requests: number;
}

const fields = indexedFields(schema);

/**
 * Returns how many buckets the answers had at the top, so that it can be seen that they were not empty.
 * @throws Error with the request and the differences
 */
export function holdAggregations({ seed, shards, documents, requests }: HoldOptions): number {
  const random = createRandom(seed);
  const oracle = new Oracle({ index: 'test', schema, shards });
  const snapshots = fill(random, oracle, { shards, documents });
  const caches = new QueryCaches();
  let buckets = 0;
  for (let asked = 0; asked < requests;) {
    const { aggs, aggregations: others, query } = withAddresses(plainSearch(random));
    const asking = aggs ?? others;
    if (asking === undefined) continue;
    const body = { size: 0, ...(query === undefined ? {} : { query }), aggs: asking };
    asked++;
    const request = parseSearchBody(body, schema, { timeoutMsMax: 60_000 });
    const task = { query: request.query, k: 0, sort: [], source: false } as const;
    const ask = (shard: number, aggregations: AggregationRequests): AggregationPartials => {
      const run = new SearchRun({ ...task, aggregations }, [{ shard, snapshot: snapshots[shard]! }], caches);
      while (!run.step(10_000));
      return run.result().aggregations;
    };
    const isWhole = (name: string): boolean =>
      definitionOf(fields.find((field) => field.name === name)!.kind).isWhole === true;
    const options = { isComplete: true, isWhole, bigInts: 'string', nameOf: () => 'test' } as const;
    const sent = shards === 1 ? ofOnePart(request.aggregations) : request.aggregations;
    const first = snapshots.map((_, shard) => ask(shard, sent));
    const parts = askOn(request.aggregations, first, { ask, options });
    const merged = mergeAggregations(request.aggregations, random.shuffle(parts));
    const told = new Map(Object.keys(merged).map((name) => [name, { rounds: 1, bytes: 0 }]));
    const rounds = roundsByPartial(merged, told);
    const results = finishAggregations(request.aggregations, merged, { ...options, rounds, parts: shards });
    if (request.pipelines !== undefined) allAtOnce(request.pipelines.run(results, options));
    const answer = JSON.parse(JSON.stringify(results)) as JsonObject;
    const { aggregations: expected } = oracle.search(body);
    const differences = compareAggregations('aggregations', expected, answer, asking);
    if (differences.length > 0) {
      throw new Error(`seed ${seed}, ${shards} shards, ${JSON.stringify(body)}: ${differences.slice(0, 5).join('; ')}`);
    }
    for (const result of Object.values(answer)) buckets += bucketCount(result);
  }
  return buckets;
}

/** The rounds after the first, as a root has them. */
function askOn(
  requests: AggregationRequests,
  parts: readonly AggregationPartials[],
  {
    ask,
    options,
  }: {
    readonly ask: (shard: number, aggregations: AggregationRequests) => AggregationPartials;
    readonly options: FinishOptions;
  },
): readonly AggregationPartials[] {
  let amended = parts;
  for (let roundsLeft = limits.aggregationRoundsMax - 1; roundsLeft > 0; roundsLeft--) {
    const finishing = beginResults(options);
    const asks = allAtOnce(nextRound(requests, amended, { finishing, roundsLeft }, () => undefined));
    if (asks.every((asked) => asked === null)) break;
    amended = amended.map((part, shard) => {
      const asked = asks[shard]!;
      if (asked === null) return part;
      return allAtOnce(amendPart(requests, part, { asked, answers: [ask(shard, asked)] }, finishing.empty));
    });
  }
  return amended;
}

function bucketCount(result: Json): number {
  const { buckets } = result as { readonly buckets?: readonly Json[] | JsonObject };
  return Array.isArray(buckets) ? buckets.length : Object.keys(buckets ?? {}).length;
}

/** Puts the same documents into the oracle and into shards, each of two segments from which some were deleted. */
function fill(
  random: Random,
  oracle: Oracle,
  { shards, documents }: Pick<HoldOptions, 'shards' | 'documents'>,
): Snapshot[] {
  const changes = randomChanges(random, { count: documents, keys: Math.ceil(documents * 0.8), deletes: 0.1 });
  const snapshots = Array.from({ length: shards }, () => [
    new Map<string, SegmentDocument>(),
    new Map<string, SegmentDocument>(),
  ]);
  const living = new Map<string, SegmentDocument>();
  for (const [offset, change] of changes.entries()) {
    const { key } = change;
    if (change.kind === 'delete') {
      oracle.delete(key);
      living.delete(key);
      continue;
    }
    oracle.put(key, change.source);
    const stored = { key, offset, source: Buffer.from(JSON.stringify(change.source)) };
    living.set(key, stored);
    const segment = snapshots[shardOfKey(key, shards)]![offset < documents / 2 ? 0 : 1]!;
    // So that documents are in the order of their offsets.
    segment.delete(key);
    segment.set(key, stored);
  }
  return snapshots.map((segments) => {
    const live = segments.map((byKey) => {
      const list = [...byKey.values()];
      const dead = list.keys().filter((docId) => living.get(list[docId]!.key) !== list[docId]);
      return withDeleted(liveSegment(openSegment(buildSegment(fields, list))), dead);
    });
    return makeSnapshot(live, documents);
  });
}
