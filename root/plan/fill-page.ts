/**
 * The page of a search with all its documents: merges the hits, and fetches what leaves have held back of the winners.
 *
 * What cannot be fetched, because its leaf is gone and the others have dropped that version, is searched again, in the
 * plain form, where every hit brings its document: the whole answer that it came in, for partials cannot be cut up. Without
 * time for that, the shards of that answer have failed. So a page never has a hit without its document, and is always that
 * of the shards which the coverage names.
 *
 * Every turn of the loop replaces an answer that holds documents back by one that does not, or by none: it ends.
 */
import type { SearchTask } from '../../shared/protocol/tasks/search.ts';
import type { RoundsTold } from '../../shared/aggregation/definition.ts';
import type { ShardFailure } from '../../shared/protocol/tasks/task.ts';
import type { FetchedDocument } from '../../shared/protocol/fetched-documents.ts';
import { mergeHits, type GatheredHit, type MergedHit, type MergedHits } from '../gather/merge-hits.ts';
import type { Answer, Gathered } from '../scatter/drive.ts';
import { fetchDocuments, versionOf } from './fetch-round.ts';
import { searchAgain, type Searched } from './search-round.ts';
import type { SearchRun } from './search-run.ts';
import type { Counted } from './statistics-round.ts';

export interface FilledPage {
  /** What the rounds of aggregations took, by name; none where they were not asked on. */
  readonly rounds?: ReadonlyMap<string, RoundsTold>;
  /** The answers that the page is made of, and what failed. */
  readonly searched: Gathered<SearchTask>;
  /** Those of the page, best first, with their sources where these were asked for. */
  readonly hits: readonly GatheredHit[];
  /** Of the best hit of all; see GatheredSearch. */
  readonly bestScore: number | null;
  /** When the last round had ended, on the clock. */
  readonly gatheredAt: number;
}

/** Ends by the deadline of the rounds. Rejects with `signal.reason` when the caller left. */
export async function fillPage(run: SearchRun, counted: Counted, found: Searched): Promise<FilledPage> {
  const { clock, holdHistory } = run.root;
  const documents = new Map<string, FetchedDocument>();
  let searched: Gathered<SearchTask> = found;
  const holding = new Set(found.heldBack === null ? [] : found.answers);
  for (;;) {
    const gatheredAt = clock.now();
    const { hits: merged, bestScore } = bestHits(run, searched);
    const hits = merged.map((hit) => withDocument(hit, documents));
    const missing = hits.filter(({ key }) => key === null);
    const kind = searched === found ? found.heldBack?.kind : undefined;
    if (kind !== undefined) holdHistory.record(kind, missing.length > 0);
    if (hits.every(isWhole)) return { searched, hits, bestScore, gatheredAt };
    for (const [version, document] of await fetchDocuments(run, searched.answers, missing)) {
      documents.set(version, document);
    }
    const filled = hits.map((hit) => withDocument(hit, documents));
    if (filled.every(isWhole)) return { searched, hits: filled, bestScore, gatheredAt: clock.now() };
    const lost = new Set(filled.filter(({ key }) => key === null).map(({ shard }) => shard));
    const useless = [...holding].filter(({ partial }) => partial.shards.some((shard) => lost.has(shard)));
    for (const answer of useless) holding.delete(answer);
    searched = await replace(run, counted, searched, useless);
  }
}

function bestHits({ request: { from, size, sort } }: SearchRun, { answers }: Gathered<SearchTask>): MergedHits {
  const received = answers.map(({ partial, body }) => ({ table: partial.hits, body }));
  return mergeHits(sort, received, { from, until: from + size });
}

function withDocument(hit: MergedHit, documents: ReadonlyMap<string, FetchedDocument>): MergedHit {
  const document = hit.key === null ? documents.get(versionOf(hit)) : undefined;
  return document === undefined ? hit : { ...hit, ...document };
}

function isWhole(hit: MergedHit): hit is GatheredHit {
  return hit.key !== null;
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
