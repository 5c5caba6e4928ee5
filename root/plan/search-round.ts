/** The round that finds: hits, totals and aggregations of the shards whose counts are known. */
import { mayAskAgain } from '../../shared/aggregation/rounds.ts';
import type { SearchTask } from '../../shared/protocol/tasks/search.ts';
import { totalUpTo } from '../../shared/query/request.ts';
import type { SortKey } from '../../shared/ranking/order.ts';
import { ofOnePart } from '../../shared/aggregation/of-one-part.ts';
import { similaritiesOf } from '../../shared/schema/similarities.ts';
import type { Gathered } from '../scatter/drive.ts';
import { askSome } from './ask-some.ts';
import { endOfFinding } from './deadline.ts';
import { isDeep, pageOf, sourcesOfTask, type Holding } from './hold-sources.ts';
import { askRound, shardsAsked, type SearchRound, type SearchRun } from './search-run.ts';
import type { Counted } from './statistics-round.ts';

export interface Searched extends Gathered<SearchTask> {
  /** Where leaves were asked for the keys and sources of some hits only; null where for all. */
  readonly heldBack: HeldBack | null;
}

interface HeldBack {
  /** The kind of search, where it is to be learnt how that turns out. */
  readonly kind?: string;
}

/** Asks each task for the keys and sources of the hits that are likely to win. Rejects with `signal.reason` when the caller left. */
export async function searchShards(run: SearchRun, counted: Counted): Promise<Searched> {
  const round = searchRound(run, counted, counted.answered);
  const heldBack = holdsBack(run, counted);
  if (heldBack === null) return { ...(await askRound<SearchTask>(run, round)), heldBack };
  const found = await askRound<SearchTask>(run, {
    ...round,
    end: endOfFinding(run.root.clock.now(), run.deadlines),
    makeTask: (base) => ({
      ...round.makeTask(base),
      ...sourcesAsked(run, base.shards.length / counted.answered.length),
    }),
  });
  return { ...found, heldBack };
}

/** Asks some of the shards again, for the sources of all their hits. Other winners may have to be fetched then. */
export async function searchAgain(
  run: SearchRun,
  counted: Counted,
  shards: readonly number[],
): Promise<Gathered<SearchTask>> {
  const finding = endOfFinding(run.root.clock.now(), run.deadlines);
  // It is over then whatever has come: what the other shards have answered needs the time that is left.
  const end = { ...finding, deadline: finding.enoughFrom };
  return await askSome<SearchTask>(run, { ...searchRound(run, counted, shards), name: 'search again', end });
}

/**
 * Null where nothing should be held back. It should where the page is far down; and where there are many hits, they come
 * from the shards by chance (where nothing tells them apart the first shards have them all), and it has been worth it lately.
 */
function holdsBack({ root, request, index, holding }: SearchRun, counted: Counted): HeldBack | null {
  const { from, size } = request;
  if (size === 0 || from + size < holding.hitsMin) return null;
  if (isDeep(pageOf(request), holding)) return {};
  const drawn = drawnBy(request.sort[0], counted);
  if (drawn === null) return null;
  const kind = `${index.id} ${drawn}`;
  return !holding.learns || root.holdHistory.favours(kind) ? { kind } : null;
}

/** What decides where hits come from; null where it is the number of the shard. */
function drawnBy(first: SortKey | undefined, { isScored, terms }: Counted): string | null {
  if (first?.by === 'field') return `${first.descending ? '-' : '+'}${first.field}`;
  return first?.by === 'score' && isScored ? `score ${Object.keys(terms).join(' ')}` : null;
}

function sourcesAsked(
  { request: { from, size }, holding }: { readonly request: SearchRun['request']; readonly holding: Holding },
  share: number,
): Pick<SearchTask, 'sourcesOf'> {
  const sourcesOf = sourcesOfTask({ from, until: from + size }, share, holding);
  return sourcesOf === null ? {} : { sourcesOf };
}

function searchRound(run: SearchRun, counted: Counted, shards: readonly number[]): SearchRound<SearchTask> {
  const { request } = run;
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
    ...(mayAskAgain(request.aggregations) ? { hold: true } : {}),
    ...scoringOf(run, counted),
  } as const;
  const onlyListed = ofOnePart(request.aggregations);
  // A job asks shard by shard, and others may have answered before: what is asked in this round need not be all there is.
  const all = shardsAsked(run).length;
  return {
    name: 'search',
    shards,
    spread: run.spread,
    pinned: counted.pinned,
    countedAt: counted.countedAt,
    end: run.deadlines.scatterBy,
    taskClass: counted.isScored ? 'scored search' : 'search',
    makeTask: (base) => {
      const isOnly = run.joint === undefined && base.shards.length === all;
      return { ...base, ...work, ...(isOnly ? { aggregations: onlyListed } : {}) };
    },
  };
}

/** What a task needs to score. */
export function scoringOf(
  { index }: Pick<SearchRun, 'index'>,
  { terms, statistics }: Pick<Counted, 'terms' | 'statistics'>,
): Pick<SearchTask, 'similarities' | 'statistics'> {
  return { similarities: similaritiesOf(index.schema, terms), statistics };
}
