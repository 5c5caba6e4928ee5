/** Answers of several indexes into one. Pure. */
import type { Missing } from '../../shared/aggregation/missing-shards.ts';
import type { SearchRequest } from '../../shared/query/request.ts';
import { compareByKeys, compareHits, type SortKey } from '../../shared/ranking/order.ts';
import type { SearchAnswer } from '../gather/answer.ts';
import type { Coverage } from '../gather/coverage.ts';
import type { GatheredHit } from '../gather/merge-hits.ts';
import type { Rounds } from '../plan/aggregation-rounds.ts';
import type { RenderedTimeline } from '../gather/timeline.ts';
import { joinTokens } from './split-token.ts';

export interface AnswerOfIndex {
  /** Name. */
  readonly index: string;
  readonly answer: SearchAnswer;
}

export interface HitOfIndex extends GatheredHit {
  /** Name of its index. */
  readonly index: string;
}

/**
 * Hits by one total order (the sort keys, then the name of the index, shard and log offset), totals added, parts of aggregations
 * put together, one coverage, and a token of all that was read.
 * @param answers at least one, in any order, each with all hits before the end of the page
 * @param took.tookMs from the arrival of the request
 * @param took.rounds what became of their parts where they were asked on
 */
export function mergeAnswers(
  request: Pick<SearchRequest, 'sort' | 'from' | 'size'>,
  answers: readonly AnswerOfIndex[],
  { tookMs, mergeWork, rounds }: Pick<SearchAnswer, 'tookMs' | 'mergeWork'> & { readonly rounds?: Rounds },
): SearchAnswer {
  const profile = joinTimelines(answers, tookMs);
  const lists = answers.map(({ index, answer }) => answer.hits.map((hit) => ({ ...hit, index })));
  const hits = mergeLists(request.sort, lists, request.from + request.size);
  return {
    hits: hits.slice(request.from),
    bestScore: hits[0]?.score ?? null,
    total: answers.reduce((sum, { answer }) => sum + answer.total, 0),
    totalRelation: answers.some(({ answer }) => answer.totalRelation === 'gte') ? 'gte' : 'eq',
    parts: rounds?.parts ?? answers.flatMap(({ answer }) => answer.parts),
    ...(rounds === undefined ? {} : { rounds: rounds.told }),
    missing: joinMissing(answers.map(({ answer }) => answer)),
    uncounted: answers.reduce((sum, { answer }) => sum + answer.uncounted, 0),
    coverage: joinCoverages(answers.map(({ index, answer }) => ({ index, coverage: answer.coverage }))),
    token: joinTokens(answers.map(({ answer }) => answer.token)),
    tookMs,
    mergeWork,
    mergedMs: answers.reduce((sum, { answer }) => sum + answer.mergedMs, 0),
    ...(profile === null ? {} : { profile }),
  };
}

/** The missing shards of all; null where none is missing, or where one of the answers says nothing of its own. */
function joinMissing(answers: readonly SearchAnswer[]): Missing | null {
  const lacking = answers.filter(({ coverage }) => coverage.shards.failed > 0);
  const parts = lacking.map(({ missing }) => missing).filter((missing) => missing !== null);
  if (parts.length === 0 || parts.length < lacking.length) return null;
  const shards = parts.flatMap((missing) => missing.shards);
  return { shards, sample: { reason: 'several_indexes' }, reason: parts[0]!.reason };
}

/** Two by two: a hit is looked at as often as lists can be halved, and no more of a list than `k` are. */
function mergeLists(keys: readonly SortKey[], lists: readonly HitOfIndex[][], k: number): HitOfIndex[] {
  let left = [...lists];
  while (left.length > 1) {
    const merged: HitOfIndex[][] = [];
    for (let i = 0; i < left.length; i += 2) {
      merged.push(left[i + 1] === undefined ? left[i]! : mergeTwo(keys, left[i]!, left[i + 1]!, k));
    }
    left = merged;
  }
  return left[0]!.slice(0, k);
}

function mergeTwo(
  keys: readonly SortKey[],
  a: readonly HitOfIndex[],
  b: readonly HitOfIndex[],
  k: number,
): HitOfIndex[] {
  const merged: HitOfIndex[] = [];
  let [i, j] = [0, 0];
  while (merged.length < k && (i < a.length || j < b.length)) {
    const takesFirst = j === b.length || (i < a.length && compareAcross(keys, a[i]!, b[j]!) < 0);
    merged.push(takesFirst ? a[i++]! : b[j++]!);
  }
  return merged;
}

/** Negative where `a` ranks before `b`. Where the place of a hit is a key, the index is the first part of the place. */
function compareAcross(keys: readonly SortKey[], a: HitOfIndex, b: HitOfIndex): number {
  if (a.index === b.index) return compareHits(keys, a, b);
  const at = keys.findIndex(({ by }) => by === 'position');
  const before = compareByKeys(at < 0 ? keys : keys.slice(0, at), a, b);
  if (before !== 0) return before;
  const byName = a.index < b.index ? -1 : 1;
  return at >= 0 && keys[at]!.descending ? -byName : byName;
}

/** Counted over the shards of all. What failed or stands still says of which index it is. */
export function joinCoverages(parts: readonly { readonly index: string; readonly coverage: Coverage }[]): Coverage {
  const all = parts.map(({ coverage }) => coverage);
  const sum = (of: (coverage: Coverage) => number): number => all.reduce((total, coverage) => total + of(coverage), 0);
  const [asked, answered] = [sum(({ shards }) => shards.asked), sum(({ shards }) => shards.answered)];
  const skipped = sum(({ shards }) => shards.skipped ?? 0);
  const missing = parts.flatMap(({ index, coverage }) => (coverage.missing ?? []).map((each) => ({ index, ...each })));
  const stopped = parts.flatMap(({ index, coverage }) => (coverage.stopped ?? []).map((each) => ({ index, ...each })));
  return {
    shards: {
      asked,
      answered,
      failed: sum(({ shards }) => shards.failed),
      ...(skipped === 0 ? {} : { skipped }),
    },
    documents: {
      asked: unlessNull(
        all.map(({ documents }) => documents.asked),
        add,
      ),
      answered: sum(({ documents }) => documents.answered),
    },
    ratio: asked === 0 ? 1 : (answered + skipped) / asked,
    failures: parts.flatMap(({ index, coverage }) => coverage.failures.map((group) => ({ index, ...group }))),
    freshness: {
      behind: unlessNull(
        all.map(({ freshness }) => freshness.behind),
        add,
      ),
      oldestUnseenMs: unlessNull(
        all.map(({ freshness }) => freshness.oldestUnseenMs),
        Math.max,
      ),
      asOfMs: unlessNull(
        all.map(({ freshness }) => freshness.asOfMs),
        Math.max,
      ),
    },
    ...(missing.length === 0 ? {} : { missing }),
    ...(stopped.length === 0 ? {} : { stopped }),
  };
}

/** What is not known of one is not known of all. */
function unlessNull(values: readonly (number | null)[], join: (one: number, other: number) => number): number | null {
  const known = values.filter((value) => value !== null);
  return known.length < values.length || known.length === 0 ? null : known.reduce((one, other) => join(one, other));
}

const add = (one: number, other: number): number => one + other;

/** The rounds of all, in the order they began; null where there are none. The merge begins with the last of the answers. */
function joinTimelines(answers: readonly AnswerOfIndex[], tookMs: number): RenderedTimeline | null {
  const timelines = answers.flatMap(({ index, answer: { profile } }) =>
    profile === undefined ? [] : [{ index, profile }],
  );
  if (timelines.length === 0) return null;
  const rounds = timelines.flatMap(({ index, profile }) => profile.rounds.map((round) => ({ index, ...round })));
  return {
    rounds: rounds.sort((a, b) => a.beganUs - b.beganUs),
    mergeBeganUs: Math.max(...timelines.map(({ profile }) => profile.answeredUs)),
    answeredUs: Math.round(tookMs * 1000),
  };
}
