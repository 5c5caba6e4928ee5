/** A task being evaluated on the snapshots chosen for it, in steps; then its part of the answer. */
import { addStatistics, noStatistics, type Statistics } from '../../shared/ranking/statistics.ts';
import { packHits } from '../../shared/protocol/hit-table.ts';
import type { DocumentTask, Partial, StatisticsTask, Task } from '../../shared/protocol/tasks.ts';
import { FetchRun } from '../collect/fetch-run.ts';
import { SearchRun } from '../collect/search-run.ts';
import type { QueryCaches } from '../evaluate/query-caches.ts';
import { stepFor } from '../schedule/steps.ts';
import type { Steps } from '../schedule/steps.ts';
import { statisticsInSteps } from '../score/statistics.ts';
import { documentShards, termShards, type ReplicaSnapshot } from '../snapshot/replica-snapshot.ts';
import { RowsRun } from '../rollup/rows-run.ts';
import { emptySnapshot, findDocument } from '../snapshot/snapshot.ts';
import { SetsRun, sumStatistics } from '../terms/sets-run.ts';
import { readSources } from '../terms/sources-run.ts';
import { findByKey } from '../terms/term-snapshot.ts';
import type { ChosenShard } from './choose-shards.ts';

/** What a kind of task adds to what all partials have. */
type Own<P> = P extends Partial ? Omit<P, 'shards' | 'failures' | 'documents' | 'offsets' | 'timing'> : never;

export interface TaskResult {
  readonly own: Own<Partial>;
  /** Pieces of the frame's body. */
  readonly body: readonly Uint8Array[];
}

export interface TaskRun {
  /** Works on about so many documents; true when all is done. */
  step(documentsMax: number): boolean;
  /**
   * The first shard of which nothing is counted, where those before it are counted as a whole; Infinity when all is
   * done, undefined while a shard is half done.
   */
  wholeBelow(): number | undefined;
  /** What the shards below `wholeBelow` give. Costs as much as answering; not to be called while that is undefined. */
  result(): TaskResult;
}

export function startRun(task: Task, shards: readonly ChosenShard[], caches: QueryCaches): TaskRun {
  switch (task.kind) {
    case 'statistics':
      return isOfTerms(shards) ? termStatisticsRun(task, shards) : statisticsRun(task, shards, caches);
    case 'search': {
      const run = new SearchRun(task, documentShards(shards), caches);
      return {
        step: (documentsMax) => run.step(documentsMax),
        wholeBelow: () => (run.isBetweenShards ? (run.nextShard ?? Infinity) : undefined),
        result: () => resultOfSearch(run),
      };
    }
    case 'fetch': {
      const run = new FetchRun(task, documentShards(shards));
      return {
        step: (documentsMax) => run.step(documentsMax),
        wholeBelow: () => run.wholeBelow(),
        result: () => run.result(),
      };
    }
    case 'document':
      return documentRun(task, shards);
    case 'rows':
      return rowsRun(shards);
    case 'sets': {
      const run = new SetsRun(task, termShards(shards));
      return {
        step: () => run.step(),
        wholeBelow: () => (run.isDone ? Infinity : undefined),
        result: () => run.result(),
      };
    }
    case 'sources':
      return atOnce(() => readSources(task, termShards(shards)));
    case 'refresh':
      return atOnce(() => ({ own: { kind: 'refresh' }, body: [] }));
  }
}

function resultOfSearch(run: SearchRun): TaskResult {
  const { total, totalRelation, hits, sources, aggregations } = run.result();
  const { table, body } = packHits(hits, sources);
  return { own: { kind: 'search', total, totalRelation, hits: table, aggregations }, body };
}

/** Of a term index: at once, for its counts are kept, but for those up to a cut. */
function termStatisticsRun({ terms, cut }: StatisticsTask, shards: readonly ChosenShard[]): TaskRun {
  const snapshots = termShards(shards).map(({ snapshot }) => snapshot);
  return atOnce(() => {
    const statistics = sumStatistics(snapshots, terms, cut ?? Infinity);
    return { own: { kind: 'statistics', statistics }, body: [] };
  });
}

/** At most one shard a step. */
function statisticsRun(
  { terms }: StatisticsTask,
  chosenShards: readonly ChosenShard[],
  { fuzzy }: QueryCaches,
): TaskRun {
  const shards = documentShards(chosenShards);
  let statistics = noStatistics;
  let next = 0;
  let counting: Steps<Statistics> | null = null;
  return {
    step: (documentsMax) => {
      const chosen = shards[next];
      if (chosen === undefined) return true;
      counting ??= statisticsInSteps(chosen.snapshot, terms, fuzzy);
      const counted = stepFor(counting, documentsMax);
      if (counted === null) return false;
      statistics = addStatistics(statistics, counted);
      counting = null;
      return ++next >= shards.length;
    },
    wholeBelow: () => (counting === null ? (shards[next]?.shard ?? Infinity) : undefined),
    result: () => ({ own: { kind: 'statistics', statistics }, body: [] }),
  };
}

function documentRun({ key }: DocumentTask, shards: readonly ChosenShard[]): TaskRun {
  const [chosen] = shards;
  const result = (): TaskResult => {
    const found = chosen === undefined ? null : findIn(chosen.snapshot, key);
    if (found === null) return { own: { kind: 'document', found: null }, body: [] };
    return { own: { kind: 'document', found: { offset: found.offset } }, body: [found.source] };
  };
  return atOnce(result);
}

function rowsRun(shards: readonly ChosenShard[]): TaskRun {
  const [chosen] = documentShards(shards);
  const run = new RowsRun(chosen?.snapshot ?? emptySnapshot);
  return {
    step: (documentsMax) => run.step(documentsMax),
    wholeBelow: () => (run.isDone ? Infinity : undefined),
    result: () => ({ own: { kind: 'rows' }, body: run.body }),
  };
}

/** Where a document of a key is: in a term index the latest of those in this shard. */
function findIn(
  snapshot: ReplicaSnapshot,
  key: string,
): { readonly offset: number; readonly source: Uint8Array } | null {
  if (snapshot.kind === 'document') return findDocument(snapshot, key);
  const found = findByKey(snapshot, key);
  return found === null ? null : { offset: found.ordinal, source: found.source };
}

function isOfTerms([first]: readonly ChosenShard[]): boolean {
  return first?.snapshot.kind === 'term';
}

/** What takes no time worth dividing. */
function atOnce(result: () => TaskResult): TaskRun {
  return { step: () => true, wholeBelow: () => Infinity, result };
}
