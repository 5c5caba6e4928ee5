/** A search's aggregations by the real parts, without processes: segments, runs, parts merged in a random tree, the finish of a root. */
import { mergeAggregations } from '../../shared/aggregation/merge.ts';
import type { AggregationPartials } from '../../shared/aggregation/definition.ts';
import { shardOfKey } from '../../shared/hashing/hash.ts';
import { finishAggregations } from '../../shared/aggregation/result.ts';
import type { Random } from '../../shared/random/random.ts';
import { findField } from '../../shared/schema/find-field.ts';
import { indexedFields, type IndexSchema } from '../../shared/schema/schema.ts';
import { QueryCaches } from '../../leaf/evaluate/query-caches.ts';
import { SearchRun } from '../../leaf/collect/search-run.ts';
import { buildSegment, type SegmentDocument } from '../../leaf/segment/build.ts';
import { openSegment } from '../../leaf/segment/open.ts';
import {
  liveSegment,
  makeSnapshot,
  withDeleted,
  type LiveSegment,
  type Snapshot,
} from '../../leaf/snapshot/snapshot.ts';
import { parseSearchBody } from '../../root/query/parse-search-body.ts';
import type { Json, JsonObject } from './json.ts';

const caches = new QueryCaches();

export interface Shard {
  readonly shard: number;
  readonly snapshot: Snapshot;
}

/**
 * Documents of an index, in segments of random sizes, some of them replaced by later ones and so deleted.
 * @param changes in the order of the log; a later one of a key replaces the one before
 */
export function shardsOf(
  schema: IndexSchema,
  changes: readonly { readonly key: string; readonly source: JsonObject }[],
  { shards, random }: { readonly shards: number; readonly random: Random },
): Shard[] {
  const last = new Map(changes.map(({ key }, offset) => [key, offset]));
  return Array.from({ length: shards }, (_, shard): Shard => {
    const own = changes
      .map(({ key, source }, offset): SegmentDocument => ({ key, offset, source: Buffer.from(JSON.stringify(source)) }))
      .filter(({ key }) => shardOfKey(key, shards) === shard);
    const segments: LiveSegment[] = [];
    for (let from = 0; from < own.length;) {
      const documents = withoutRepeats(own.slice(from, from + random.integer(1, 80)));
      from += documents.length;
      const deleted = documents.flatMap(({ key, offset }, docId) => (last.get(key) === offset ? [] : [docId]));
      segments.push(withDeleted(liveSegment(openSegment(buildSegment(indexedFields(schema), documents))), deleted));
    }
    return { shard, snapshot: makeSnapshot(segments, changes.length) };
  });
}

/** Documents up to the first whose key came before: a segment has each key once. */
function withoutRepeats(documents: readonly SegmentDocument[]): readonly SegmentDocument[] {
  const keys = documents.map(({ key }) => key);
  const repeat = keys.findIndex((key, i) => keys.indexOf(key) < i);
  return repeat < 0 ? documents : documents.slice(0, repeat);
}

/** What a caller would see of the aggregations. @throws SheafError as a search does */
export function aggregateInProcess(
  schema: IndexSchema,
  shards: readonly Shard[],
  body: JsonObject,
  random: Random,
): Json | undefined {
  const request = parseSearchBody({ ...body, size: 0, from: 0 }, schema, { timeoutMsMax: 1 });
  if (Object.keys(request.aggregations).length === 0) return undefined;
  const { query, aggregations } = request;
  const left = shards.map((shard): AggregationPartials => {
    const run = new SearchRun({ query, aggregations, k: 0, sort: [], source: false }, [shard], caches);
    while (!run.step(random.pick([1, 50, 100_000])));
    return JSON.parse(JSON.stringify(run.result().aggregations)) as AggregationPartials;
  });
  while (left.length > 1) {
    const taken = random.shuffle(left).slice(0, random.integer(2, 4));
    const others = left.filter((part) => !taken.includes(part));
    left.splice(0, left.length, ...others, mergeAggregations(aggregations, taken));
  }
  const isWhole = (name: string): boolean => findField(schema, name)?.kind === 'integer';
  const options = { isComplete: true, isWhole, bigInts: 'string' } as const;
  const results = finishAggregations(aggregations, left[0]!, options);
  request.pipelines?.run(results, options);
  return JSON.parse(JSON.stringify(results)) as Json;
}
