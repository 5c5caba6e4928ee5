/** A search of several indexes: let in as one, run for each of them at the same time, by one deadline, and merged. */
import type { SearchRequest } from '../../shared/query/request.ts';
import { shareWritten } from '../../shared/transport/frame.ts';
import type { NamedIndex } from '../catalog/indexes-under.ts';
import { finishAnswer } from '../gather/finish-answer.ts';
import { profiledBy } from '../gather/profiled-error.ts';
import { requireCoverage } from '../gather/coverage.ts';
import { GatheredBytes } from '../gather/gathered-bytes.ts';
import type { SearchTrace } from '../gather/search-trace.ts';
import { runAdmitted } from '../plan/admitted.ts';
import { askOn, roundsOf } from '../plan/aggregation-rounds.ts';
import { planDeadlines } from '../plan/deadline.ts';
import { mergeWorkOf, type MergeWork } from '../plan/merge-reserve.ts';
import { inTime, runInSlices } from '../plan/run-in-slices.ts';
import type { Arrival } from '../plan/search-run.ts';
import { lateLists, LongLists } from '../query/long-lists.ts';
import { search } from '../search.ts';
import {
  beginTrace,
  endAnswered,
  endFailed,
  type FoundSearch,
  type SearchAsk,
  type SearchServices,
} from '../search-ask.ts';
import type { SearchAnswer } from '../gather/answer.ts';
import type { ReadSearch } from './alike.ts';
import { mergeAnswers, type AnswerOfIndex } from './merge-answers.ts';
import { readEach } from './read-each.ts';
import { skipShards } from './skip-shards.ts';
import { whileWanted } from './while-wanted.ts';

/**
 * @param named at least two
 * @throws SheafError as `runSearch`
 */
export async function runSeveral(
  root: SearchServices,
  ask: SearchAsk,
  named: readonly NamedIndex[],
): Promise<FoundSearch> {
  const { config } = root;
  const { arrivedAt, signal } = ask;
  const longLists = new LongLists();
  const searches = readEach(root.kinds, ask, named, ({ kind, schema }) => {
    const { sizeDefault } = root.kinds[kind];
    return ask.read(schema, { timeoutMsMax: config.timeoutMsMax, sizeDefault, longLists });
  });
  const { index, request } = searches[0]!;
  const { priority = 'interactive', timeoutMs = config.timeoutMs, coverageMin = config.coverageMin } = request;
  if (!longLists.isEmpty) {
    await runInSlices(root, longLists.read(), { ...inTime({ arrivedAt, timeoutMs }, lateLists), signal });
    for (const { query } of new Set(searches.map((each) => each.request))) shareWritten(query);
  }
  const trace = beginTrace(root, ask);
  try {
    await Promise.all(
      searches.map(({ index: each, request: { token } }) =>
        root.newShards.wait(root, { index: each, hasToken: token !== undefined, arrivedAt, timeoutMs, signal }),
      ),
    );
    const indexes = searches.map((each) => each.index);
    const answer = await runAdmitted(root, { indexes, priority, timeoutMs }, () =>
      searchEach(root, { searches, arrivedAt, signal, trace, timeoutMs, hasLongLists: !longLists.isEmpty }),
    );
    try {
      requireCoverage(answer.coverage, coverageMin);
    } catch (error) {
      throw profiledBy(answer.profile ?? null, error);
    }
    const finished = await finishAnswer(
      root,
      { index, request, aggregations: root.kinds[index.kind].prepare(index, request).aggregations, answer, indexes },
      { arrivedAt, timeoutMs, signal, trace },
    );
    endAnswered(root, finished.answer, trace);
    return { index, isOfSeveral: true, request, ...finished };
  } catch (error) {
    endFailed(root, error, signal, trace);
    throw error;
  }
}

interface Searches extends Pick<SearchAsk, 'arrivedAt' | 'signal'> {
  readonly searches: readonly ReadSearch[];
  readonly trace: SearchTrace | null;
  readonly timeoutMs: number;
  readonly hasLongLists: boolean;
}

async function searchEach(root: SearchServices, all: Searches): Promise<SearchAnswer> {
  const { searches, arrivedAt, trace, timeoutMs } = all;
  const { request } = searches[0]!;
  const prepared = searches.map(({ index, request: own }) => ({ index, request: partOf(root, index, own) }));
  const work = workOf(prepared);
  const reserveMs = root.mergeReserve.reserveMs(timeoutMs, work, root.clock.now());
  const deadlines = planDeadlines(arrivedAt, timeoutMs, reserveMs);
  // A long list is written but once, for the tasks that need it.
  const skipped = all.hasLongLists
    ? new Map<string, never>()
    : await skipShards(root, { searches: prepared, deadlines, signal: all.signal });
  const { answers, rounds } = await whileWanted(all.signal, async (signal) => {
    const gathered = new GatheredBytes();
    const group = root.random().toString(36).slice(2);
    const found = await Promise.all(
      prepared.map((each) => {
        const joint = { deadlines, skipped: skipped.get(each.index.id) ?? [], group };
        return searchOne(root, each, { ...all, signal }, { joint, gathered });
      }),
    );
    try {
      // Which terms are listed is known of all of them together only.
      const asked = found.flatMap(({ answer }) => answer.askedParts ?? []);
      const told = await askOn(asked, roundsOf({ root, ...prepared[0]!, deadlines, signal }));
      for (const { part, answer } of found) part?.answered(answer.coverage, root.clock.now());
      return { answers: found, rounds: told };
    } catch (error) {
      for (const { part } of found) part?.cancelled(root.clock.now());
      throw error;
    }
  });
  const mergeBeganAt = root.clock.now();
  const profiled = answers.map(({ index, answer }) => ({ index, answer: withRounds(answer, mergeBeganAt) }));
  const merged = mergeAnswers(request, profiled, { tookMs: mergeBeganAt - arrivedAt, mergeWork: work, rounds });
  const answeredAt = root.clock.now();
  trace?.merged(mergeBeganAt, answeredAt);
  const mergedMs = merged.mergedMs + answeredAt - mergeBeganAt;
  return { ...merged, mergedMs, tookMs: answeredAt - arrivedAt };
}

/** The best hits of all may be of one index: each is asked for as many as there are before the end of the page. */
function partOf({ kinds }: SearchServices, index: ReadSearch['index'], request: SearchRequest): SearchRequest {
  return kinds[index.kind].prepare(index, { ...request, from: 0, size: request.from + request.size });
}

async function searchOne(
  root: SearchServices,
  { index, request }: ReadSearch,
  { arrivedAt, signal, trace }: Omit<Searches, 'searches'>,
  shared: Pick<Arrival, 'joint' | 'gathered'>,
): Promise<AnswerOfIndex & { readonly part: SearchTrace | null }> {
  const { clock, config } = root;
  const part = trace?.part(index.name, clock.now()) ?? null;
  try {
    const answer = await search(root, config, index, request, { arrivedAt, signal, trace: part, ...shared });
    return { index: index.name, answer, part };
  } catch (error) {
    part?.cancelled(clock.now());
    throw error;
  }
}

/** The answer with a profile of all rounds, those that followed it too. */
function withRounds(answer: SearchAnswer, now: number): SearchAnswer {
  return answer.timeline === undefined ? answer : { ...answer, profile: answer.timeline.render(now, now) };
}

/** What there is to merge is merged on one thread, whichever index it is of. */
function workOf(searches: readonly ReadSearch[]): MergeWork {
  const works = searches.map(({ index, request }) => mergeWorkOf(index, request));
  return {
    mergeClass: `${works.length} indexes ${works[0]!.mergeClass}`,
    hits: works.reduce((sum, { hits }) => sum + hits, 0),
    hasBuckets: works[0]!.hasBuckets,
  };
}
