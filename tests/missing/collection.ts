/** Collections whose shards may be dropped: documents of many shapes, spread by one hash or another, as leaves hold them. */
import { SearchRun } from '../../leaf/collect/search-run.ts';
import { setBit, bitsetBytes } from '../../leaf/columns/bitset.ts';
import { QueryCaches } from '../../leaf/evaluate/query-caches.ts';
import { buildSegment } from '../../leaf/segment/build.ts';
import { openSegment } from '../../leaf/segment/open.ts';
import { columnsOfSegments } from '../../leaf/segment/report-columns.ts';
import { makeSnapshot, type Snapshot } from '../../leaf/snapshot/snapshot.ts';
import type { AggregationRequests } from '../../shared/aggregation/definition.ts';
import { shardOfKey } from '../../shared/hashing/hash.ts';
import type { SearchPartial } from '../../shared/protocol/tasks/search.ts';
import type { Query } from '../../shared/query/query.ts';
import type { Random } from '../../shared/random/random.ts';
import { indexedFields, type IndexSchema } from '../../shared/schema/schema.ts';
import type { ShardSummary } from '../../root/membership/shard-map.ts';

const schema: IndexSchema = {
  dynamic: 'strict',
  fields: {
    tag: { kind: 'keyword' },
    peer: { kind: 'keyword' },
    level: { kind: 'integer' },
    n: { kind: 'integer' },
    many: { kind: 'integer' },
    price: { kind: 'float' },
    when: { kind: 'date' },
  },
};

const fields = indexedFields(schema);
export const firstDay = Date.UTC(2020, 0, 1);
export const dayMs = 86_400_000;
export const days = 20;

/** `hash`: by the hash of the key. `time`: one after the other, as routings may have it. */
export type Spread = 'hash' | 'time';

export interface CollectionOptions {
  readonly documents: number;
  readonly shards: number;
  readonly spread: Spread;
  /** Whether a tenth of the documents is deleted. */
  readonly hasDeleted: boolean;
}

/** A shard as its leaf holds it, and tells it. */
export interface HeldShard {
  readonly snapshot: Snapshot;
  readonly summary: ShardSummary;
}

/** @param random also of the hash: keys are others each time */
export function makeCollection(random: Random, options: CollectionOptions): HeldShard[] {
  const { documents, shards, spread } = options;
  const seed = random.integer(0, 2 ** 31);
  const byShard = Array.from({ length: shards }, (): { key: string; offset: number; source: Uint8Array }[] => []);
  for (let i = 0; i < documents; i++) {
    const key = `${seed}-${i}`;
    const shard = spread === 'hash' ? shardOfKey(key, shards) : Math.floor((i * shards) / documents);
    const source = Buffer.from(JSON.stringify(documentAt(i / documents, random)));
    byShard[shard]!.push({ key, offset: byShard[shard]!.length, source });
  }
  return byShard.map((each) => holdShard(each, options, random));
}

function documentAt(time: number, random: Random): object {
  const many = random.chance(0.4) ? [] : Array.from({ length: random.integer(0, 4) }, () => random.integer(-3, 60));
  return {
    // Of Zipf's kind.
    tag: `t${Math.floor(40 ** random.next())}`,
    // All as frequent.
    peer: `p${random.integer(0, 11)}`,
    level: Math.floor(8 * random.next() ** 3),
    ...(random.chance(0.1) ? {} : { n: random.integer(-200, 800) }),
    ...(many.length === 0 ? {} : { many }),
    ...(random.chance(0.3) ? {} : { price: (random.next() - 0.3) * 10 ** random.integer(-3, 6) }),
    when: Math.floor(firstDay + (time * 0.8 + random.next() * 0.2) * days * dayMs),
  };
}

function holdShard(
  documents: readonly { readonly key: string; readonly offset: number; readonly source: Uint8Array }[],
  { spread, hasDeleted }: CollectionOptions,
  random: Random,
): HeldShard {
  const offset = documents.length - 1;
  const unrouted = spread === 'hash' ? { unrouted: true as const } : {};
  if (documents.length === 0) {
    const snapshot = makeSnapshot([], offset);
    return { snapshot, summary: { offset, documents: 0, columns: columnsOfSegments([]), ...unrouted } };
  }
  const cut = random.integer(0, documents.length);
  const parts = [documents.slice(0, cut), documents.slice(cut)].filter(({ length }) => length > 0);
  const segments = parts.map((part) => {
    const segment = openSegment(buildSegment(fields, part));
    const deleted = new Uint32Array(new SharedArrayBuffer(bitsetBytes(part.length)));
    let liveCount = part.length;
    const share = hasDeleted ? 0.1 : 0;
    for (let docId = 0; docId < part.length; docId++) {
      if (!random.chance(share)) continue;
      setBit(deleted, docId);
      liveCount--;
    }
    return { segment, deleted: liveCount === part.length ? null : deleted, liveCount };
  });
  const snapshot = makeSnapshot(segments, offset);
  const columns = columnsOfSegments(segments.map(({ segment }) => segment));
  return { snapshot, summary: { offset, documents: snapshot.documents, columns, ...unrouted } };
}

/** What a leaf answers of some of the shards. */
export function searchShards(
  shards: readonly HeldShard[],
  answering: readonly number[],
  search: { readonly query: Query; readonly aggregations: AggregationRequests; readonly totalUpTo?: number },
): Pick<SearchPartial, 'total' | 'totalRelation' | 'aggregations'> {
  const asked = answering.map((shard) => ({ shard, snapshot: shards[shard]!.snapshot }));
  const run = new SearchRun({ ...search, k: 0, sort: [], source: false }, asked, new QueryCaches());
  while (!run.step(4096));
  return run.result();
}
