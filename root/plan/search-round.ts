/** The round that finds: hits, totals and aggregations of the shards whose counts are known. */
import type { SearchTask } from '../../shared/protocol/tasks.ts';
import { totalUpTo } from '../../shared/query/request.ts';
import { similaritiesOf } from '../../shared/schema/similarities.ts';
import type { Gathered } from '../scatter/drive.ts';
import { askSome } from './ask-some.ts';
import { findDeadline } from './deadline.ts';
import { sourcesOfTask, type Holding } from './hold-sources.ts';
import { askRound, type SearchRound, type SearchRun } from './search-run.ts';
import type { Counted } from './statistics-round.ts';

/** Asks each task for the sources of the hits that are likely to win. Rejects with `signal.reason` when the caller left. */
export async function searchShards(run: SearchRun, counted: Counted): Promise<Gathered<SearchTask>> {
  const round = searchRound(run, counted, counted.answered);
  if (!holdsBack(run, counted)) return await askRound<SearchTask>(run, round);
  return await askRound<SearchTask>(run, {
    ...round,
    deadline: findDeadline(run.root.clock.now(), run.deadlines),
    makeTask: (base) => ({ ...round.makeTask(base), ...sourcesAsked(run, base.shards.length / counted.answered.length) }),
  });
}

/** Asks some of the shards again, for the sources of all their hits. Other winners may have to be fetched then. */
export async function searchAgain(
  run: SearchRun,
  counted: Counted,
  shards: readonly number[],
): Promise<Gathered<SearchTask>> {
  const deadline = findDeadline(run.root.clock.now(), run.deadlines);
  return await askSome<SearchTask>(run, { ...searchRound(run, counted, shards), name: 'search again', deadline });
}

/**
 * Whether sources may be held back: there are many hits, and they are drawn from the shards by chance. Where no sort key
 * tells them apart the first shards have them all.
 */
export function holdsBack({ request, index, holding }: SearchRun, { isScored }: Counted): boolean {
  const { from, size, sort, source } = request;
  const [first] = sort;
  const isDrawn = first?.by === 'field' || (first?.by === 'score' && isScored);
  return index.kind === 'document' && source !== false && size > 0 && isDrawn && from + size >= holding.hitsMin;
}

function sourcesAsked(
  { request: { from, size }, holding }: { readonly request: SearchRun['request']; readonly holding: Holding },
  share: number,
): Pick<SearchTask, 'sourcesOf'> {
  const sourcesOf = sourcesOfTask({ from, until: from + size }, share, holding);
  return sourcesOf === null ? {} : { sourcesOf };
}

function searchRound(run: SearchRun, counted: Counted, shards: readonly number[]): SearchRound<SearchTask> {
  const { request, index } = run;
  const work = {
    kind: 'search',
    query: request.query,
    k: request.from + request.size,
    sort: request.sort,
    ...(request.after === undefined ? {} : { after: request.after }),
    source: request.source,
    aggregations: request.aggregations,
    ...(request.highlight === undefined ? {} : { highlight: request.highlight }),
    ...(request.explain === true ? { explain: true } : {}),
    ...totalUpTo(request),
    ...(request.weight === undefined ? {} : { weight: request.weight }),
    similarities: similaritiesOf(index.schema, counted.terms),
    statistics: counted.statistics,
  } as const;
  return {
    name: 'search',
    shards,
    spread: run.spread,
    pinned: counted.pinned,
    countedAt: counted.countedAt,
    deadline: run.deadlines.scatterBy,
    taskClass: counted.isScored ? 'scored search' : 'search',
    makeTask: (base) => ({ ...base, ...work }),
  };
}
