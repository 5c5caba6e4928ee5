/**
 * The page of a search with all its sources: merges the hits, and fetches what leaves have held back of the winners.
 *
 * What cannot be fetched, because its leaf is gone and the others have dropped that version, is searched again, in the
 * plain form, where every hit brings its source: the whole answer that it came in, for partials cannot be cut up. Without
 * time for that, the shards of that answer have failed. So a page never has a hit without its source, and is always that
 * of the shards which the coverage names.
 *
 * Every turn of the loop replaces an answer that holds sources back by one that does not, or by none: it ends.
 */
import type { SearchTask } from '../../shared/protocol/tasks/search.ts';
import type { RoundsTold } from '../../shared/aggregation/definition.ts';
import type { ShardFailure } from '../../shared/protocol/tasks/task.ts';
import { mergeHits, type GatheredHit } from '../gather/merge-hits.ts';
import type { Answer, Gathered } from '../scatter/drive.ts';
import { fetchSources, versionOf } from './fetch-round.ts';
import { searchAgain, type Searched } from './search-round.ts';
import type { SearchRun } from './search-run.ts';
import type { Counted } from './statistics-round.ts';

export interface FilledPage {
  /** What the rounds of aggregations took, by name; none where they were not asked on. */
  readonly rounds?: ReadonlyMap<string, RoundsTold>;
  /** The answers that the page is made of, and what failed. */
  readonly searched: Gathered<SearchTask>;
  /** The best `from + size`, best first; those that are shown have their sources. */
  readonly hits: readonly GatheredHit[];
  /** When the last round had ended, on the clock. */
  readonly gatheredAt: number;
}

/** Ends by the deadline of the rounds. Rejects with `signal.reason` when the caller left. */
export async function fillPage(run: SearchRun, counted: Counted, found: Searched): Promise<FilledPage> {
  const { clock, holdHistory } = run.root;
  const sources = new Map<string, Uint8Array>();
  let searched: Gathered<SearchTask> = found;
  const holding = new Set(found.heldBack === null ? [] : found.answers);
  for (;;) {
    const gatheredAt = clock.now();
    const hits = bestHits(run, searched).map((hit) => withSource(hit, sources));
    const missing = heldBack(run, hits, holding);
    if (searched === found && found.heldBack !== null) holdHistory.record(found.heldBack, missing.length > 0);
    if (missing.length === 0) return { searched, hits, gatheredAt };
    for (const [version, source] of await fetchSources(run, searched.answers, missing)) sources.set(version, source);
    const lost = new Set(missing.filter((hit) => !sources.has(versionOf(hit))).map(({ shard }) => shard));
    if (lost.size === 0) {
      return { searched, hits: hits.map((hit) => withSource(hit, sources)), gatheredAt: clock.now() };
    }
    const useless = [...holding].filter(({ partial }) => partial.shards.some((shard) => lost.has(shard)));
    for (const answer of useless) holding.delete(answer);
    searched = await replace(run, counted, searched, useless);
  }
}

function bestHits({ request: { from, size, sort } }: SearchRun, { answers }: Gathered<SearchTask>): GatheredHit[] {
  const received = answers.map(({ partial, body }) => ({ table: partial.hits, body }));
  return mergeHits(sort, received, from + size);
}

function withSource(hit: GatheredHit, sources: ReadonlyMap<string, Uint8Array>): GatheredHit {
  if (sources.size === 0 || hit.source.length > 0) return hit;
  const source = sources.get(versionOf(hit));
  return source === undefined ? hit : { ...hit, source };
}

/** Hits that are shown and came without their sources, from answers that hold some back. */
function heldBack(
  { request }: SearchRun,
  hits: readonly GatheredHit[],
  holding: ReadonlySet<Answer<SearchTask>>,
): GatheredHit[] {
  if (holding.size === 0) return [];
  const shards = new Set(Array.from(holding, ({ partial }) => partial.shards).flat());
  return hits.slice(request.from).filter(({ shard, source }) => source.length === 0 && shards.has(shard));
}

/** The same with the shards of some answers searched again, or failed where there is no time. */
async function replace(
  run: SearchRun,
  counted: Counted,
  searched: Gathered<SearchTask>,
  useless: readonly Answer<SearchTask>[],
): Promise<Gathered<SearchTask>> {
  const kept = searched.answers.filter((answer) => !useless.includes(answer));
  const again =
    run.root.clock.now() < run.deadlines.scatterBy
      ? await searchAgain(run, counted, useless.flatMap(({ partial }) => partial.shards).sort(ascending))
      : { answers: [], failures: useless.flatMap(failAll) };
  const answers = [...kept, ...again.answers];
  return {
    answers,
    answered: answers.flatMap(({ partial }) => partial.shards).sort(ascending),
    failures: [...searched.failures, ...again.failures].sort((a, b) => a.shard - b.shard),
  };
}

function failAll({ leaf, partial }: Answer<SearchTask>): ShardFailure[] {
  const detail = { leaf, reason: 'time ran out while documents of its hits were missing' };
  return partial.shards.map((shard) => ({ shard, code: 'LEAF_TIMEOUT', detail }));
}

function ascending(a: number, b: number): number {
  return a - b;
}
