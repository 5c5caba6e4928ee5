/**
 * Which shards of a search of several indexes need not be asked: replicas say where nothing matches, by what they know of
 * their columns and terms, of all indexes in one task a leaf. See docs/decisions/0071.
 *
 * What a shard is skipped by is a state that would have been good enough for the search itself: no older than its tokens and
 * `maxLag` ask for. What is not told, in time or at all, is asked as usual.
 */
import { countsOthers } from '../../shared/aggregation/global.ts';
import type { IndexDefinition } from '../../shared/catalog/catalog.ts';
import { limits } from '../../shared/limits.ts';
import type { MatchesTask } from '../../shared/protocol/tasks/matches.ts';
import { mayExclude, scoringTerms, type Query } from '../../shared/query/query.ts';
import { needsScores } from '../../shared/query/needs-scores.ts';
import type { RootKinds } from '../kinds/root-kind.ts';
import { endOfSkipping, type Deadlines } from '../plan/deadline.ts';
import type { RoundDependencies } from '../plan/round.ts';
import { offsetsWanted, shardsOfSearch, type SearchDefaults } from '../plan/search-run.ts';
import type { SkippedShard } from '../plan/skipped-shard.ts';
import { viewOwners } from '../plan/view-owners.ts';
import { driveScatter } from '../scatter/drive.ts';
import { rankReplicas, type LeafView } from '../scatter/replica-choice.ts';
import type { ReadSearch } from './alike.ts';

interface Root extends RoundDependencies {
  readonly kinds: RootKinds;
  readonly config: SearchDefaults;
}

export interface SkipAsk {
  readonly searches: readonly ReadSearch[];
  readonly deadlines: Deadlines;
  readonly signal: AbortSignal;
}

/** A shard of one of the indexes, and what is known of the leaves that have it. */
interface Place {
  readonly index: IndexDefinition;
  readonly shard: number;
  readonly query: Query;
  /** The lowest log offset of a state that the search may be answered from. */
  readonly lowest: number;
  readonly owners: readonly LeafView[];
}

type Skipped = ReadonlyMap<string, readonly SkippedShard[]>;

const none: Skipped = new Map();

/** By index id, ascending; none where nothing was asked. Rejects with `signal.reason` when the caller left. */
export async function skipShards(root: Root, { searches, deadlines, signal }: SkipAsk): Promise<Skipped> {
  const { skipShardsFrom = 0 } = root.config;
  const shards = searches.reduce((sum, { index, request }) => sum + shardsOfSearch(index, request).length, 0);
  if (skipShardsFrom === 0 || shards < skipShardsFrom) return none;
  const deadline = endOfSkipping(root.clock.now(), deadlines);
  const places = searches.flatMap((each) => placesOf(root, each, deadline));
  if (places.length === 0) return none;
  const parts = chunksOf(places, limits.shardsMax).map((part) => askPlaces(root, part, { deadline, signal }));
  return whereItCounts(searches, (await Promise.all(parts)).flat());
}

/** Of an index of which leaves can tell, by a query that may rule shards out. */
function placesOf(root: Root, { index, request }: ReadSearch, deadline: number): Place[] {
  // A shard without matches has documents all the same.
  if (!root.kinds[index.kind].skips || countsOthers(request.aggregations) || !mayExclude(request.query)) return [];
  const { at, floor = {} } = offsetsWanted(root, index, request);
  if (floor === null) return [];
  const all = shardsOfSearch(index, request);
  const { priority = 'interactive' } = request;
  const leftMs = deadline - root.clock.now();
  const owners = viewOwners(root, { index, shards: all, at, floor, priority, leftMs });
  return all.map((shard) => ({
    index,
    shard,
    query: request.query,
    lowest: Math.max(at[shard] ?? -1, floor[shard] ?? -1),
    owners: owners.get(shard)!,
  }));
}

interface Told extends SkippedShard {
  readonly indexId: string;
}

/** Positions among the places are to the scatter what shards are to that of one index. */
async function askPlaces(
  root: Root,
  places: readonly Place[],
  { deadline, signal }: { readonly deadline: number; readonly signal: AbortSignal },
): Promise<Told[]> {
  const queries = [...new Set(places.map(({ query }) => query))];
  const numbers = new Map(queries.map((query, number) => [query, number]));
  const { answers } = await driveScatter<MatchesTask>(root, {
    candidates: rankReplicas(new Map(places.map(({ owners }, position) => [position, owners])), root.random),
    deadline,
    // Whatever is not told in time is asked.
    coverageMin: 0,
    taskClass: 'matches',
    signal,
    makeTask: (positions, remainingMs) => ({
      kind: 'matches',
      index: places[positions[0]!]!.index.id,
      shards: positions,
      remainingMs,
      places: Object.fromEntries(positions.map((position) => [position, placeOf(places[position]!, numbers)])),
      queries,
    }),
  });
  return answers.flatMap(({ partial }) =>
    Object.entries(partial.excluded).flatMap(([position, documents]): Told[] => {
      const { index, shard, lowest } = places[Number(position)]!;
      const offset = partial.offsets[position]!;
      return offset < lowest ? [] : [{ indexId: index.id, shard, offset, documents }];
    }),
  );
}

function placeOf({ index, shard, query }: Place, numbers: ReadonlyMap<Query, number>): MatchesTask['places'][string] {
  return { index: index.id, shard, query: numbers.get(query)! };
}

/**
 * Scores are made of the counts of all shards that a search is of. So one whose hits are scored is left out as a whole or not at all: then
 * no hit of it is missing its counts.
 */
function whereItCounts(searches: readonly ReadSearch[], told: readonly Told[]): Skipped {
  const byIndex = Map.groupBy(told, ({ indexId }) => indexId);
  const skipped = new Map<string, readonly SkippedShard[]>();
  for (const { index, request } of searches) {
    const own = byIndex.get(index.id) ?? [];
    const isScored = needsScores(request) && Object.keys(scoringTerms(request.query)).length > 0;
    if (own.length === 0 || (isScored && own.length < shardsOfSearch(index, request).length)) continue;
    skipped.set(index.id, own.map(({ shard, offset, documents }) => ({ shard, offset, documents })).sort(byShard));
  }
  return skipped;
}

function byShard(a: SkippedShard, b: SkippedShard): number {
  return a.shard - b.shard;
}

function chunksOf<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
}
