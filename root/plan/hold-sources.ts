/**
 * Which hits of a task bring what they are shown by, their keys and sources, where many hits are asked for: most of what
 * every leaf finds does not win, and what comes before the page is not shown. Pure.
 *
 * A document's shard is drawn by a hash of its key, so of the best k hits a task with the share p of the shards has a
 * number that is binomial: k·p on average, with a deviation of √(k·p·(1 − p)). Some deviations more make it rare that a
 * winner has no source; those that have none are fetched. Far down the deviations are many times the page, and a fetch is
 * cheaper: there nothing is sent. It is an estimate of cost and never of what is right.
 */
import type { SearchRequest } from '../../shared/query/request.ts';
import type { RankWindow } from '../../shared/protocol/tasks/search.ts';

export interface Holding {
  /** With fewer hits asked for, all bring their keys and sources. */
  readonly hitsMin: number;
  /** How much more than the average is sent, in standard deviations, and in hits besides. */
  readonly deviations: number;
  readonly extra: number;
  /** A page that begins after more hits than these, and than it shows, is fetched. */
  readonly deepFrom: number;
  /** Not where that has turned out badly lately; see hold-history.ts. */
  readonly learns: boolean;
}

export const usualHolding: Holding = { hitsMin: 20, deviations: 3, extra: 2, deepFrom: 100, learns: true };

/** The plain form: every hit brings its source. */
export const holdNothing: Holding = {
  hitsMin: Infinity,
  deviations: Infinity,
  extra: 0,
  deepFrom: Infinity,
  learns: false,
};

const nothing: RankWindow = { from: 0, until: 0 };

/** The ranks that a search shows. */
export function pageOf({ from, size }: Pick<SearchRequest, 'from' | 'size'>): RankWindow {
  return { from, until: from + size };
}

/** Whether a page is so far down that it is fetched, unless one task has all shards. */
export function isDeep({ from, until }: RankWindow, { hitsMin, deepFrom }: Holding): boolean {
  return until >= hitsMin && from > deepFrom && from > until - from;
}

/**
 * @param page the ranks among all hits that are shown
 * @param share of the task, above 0 to 1, of the shards of the round
 * @returns the ranks among the task's own hits that are likely to be shown; null where that is all of them
 */
export function sourcesOfTask(page: RankWindow, share: number, holding: Holding): RankWindow | null {
  const { from, until } = page;
  if (until < holding.hitsMin) return null;
  if (share < 1 && isDeep(page, holding)) return nothing;
  const margin = (rank: number): number => {
    const deviation = Math.sqrt(rank * share * (1 - share));
    return deviation === 0 ? 0 : holding.deviations * deviation + holding.extra;
  };
  const first = Math.max(0, Math.floor(from * share - margin(from)));
  const last = Math.min(until, Math.ceil(until * share + margin(until)));
  return first === 0 && last === until ? null : { from: first, until: last };
}
