/**
 * The rounds of aggregations after the first: what leaves have cut away and is needed for what was asked of accuracy is asked for, until
 * nothing is left to ask. Every round reads the states that the first has read: a part whose leaf is gone is asked of another that
 * has them, and one that is nowhere any more stays as it is. What was not found out in time is no fault of the answer: its
 * intervals are those of the round before, and it says how far it came.
 */
import type {
  AggregationPartials,
  AggregationRequests,
  Finishing,
  RoundFailure,
  RoundsEnd,
  RoundsTold,
} from '../../shared/aggregation/definition.ts';
import { beginResults } from '../../shared/aggregation/result.ts';
import { amendPart, mayAskAgain, nextRound } from '../../shared/aggregation/rounds.ts';
import type { Steps } from '../../shared/aggregation/steps.ts';
import { errorTable, type ErrorCode } from '../../shared/errors.ts';
import { limits } from '../../shared/limits.ts';
import type { SearchTask } from '../../shared/protocol/tasks/search.ts';
import type { ShardFailure } from '../../shared/protocol/tasks/task.ts';
import { isWholeIn } from '../gather/whole-fields.ts';
import { pinnedBy } from '../route/pinned-state.ts';
import type { Answer } from '../scatter/drive.ts';
import { neverLate, runInSlices } from './run-in-slices.ts';
import { scoringOf } from './search-round.ts';
import { askRound, type SearchRun } from './search-run.ts';
import type { Counted } from './statistics-round.ts';

/** What one leaf answered for some shards, and how it is asked more about them. */
export interface AskedPart {
  readonly aggregations: AggregationPartials;
  /** Of the message that it came in. */
  readonly sizeBytes: number;
  /** Asks for more of the same states. Rejects when the caller left. */
  readonly ask: (requests: AggregationRequests) => Promise<MoreOfPart>;
}

interface MoreOfPart {
  /** Of all shards of the part, or some have failed. */
  readonly answers: readonly AggregationPartials[];
  readonly sizeBytes: number;
  readonly failures: readonly ShardFailure[];
}

export interface Rounds {
  /** In the order of the parts asked. */
  readonly parts: readonly AggregationPartials[];
  /** By the callers' names, of those at the top. */
  readonly told: ReadonlyMap<string, RoundsTold>;
}

interface RoundsOptions {
  readonly requests: AggregationRequests;
  readonly finishing: () => Finishing;
  /** Whether there is no time left. */
  readonly isOver: () => boolean;
  /** Does it in slices. Rejects when the caller left. */
  readonly run: <T>(work: Steps<T>) => Promise<T>;
}

/** Rejects when the caller left. */
export async function askOn(parts: readonly AskedPart[], options: RoundsOptions): Promise<Rounds> {
  const { requests, finishing, isOver, run } = options;
  const told = new Told(requests, parts);
  let amended = parts.map(({ aggregations }) => aggregations);
  if (!mayAskAgain(requests)) return { parts: amended, told: told.byName };
  for (let round = 2; round <= limits.aggregationRoundsMax; round++) {
    if (isOver()) {
      told.end(Object.keys(requests), 'time_over');
      break;
    }
    const asking = { finishing: finishing(), roundsLeft: limits.aggregationRoundsMax - round + 1 };
    const asks = await run(nextRound(requests, amended, asking, (name, reason) => told.end([name], reason)));
    if (asks.every((ask) => ask === null)) break;
    const more = await Promise.all(parts.map(async (part, i) => (asks[i] === null ? null : await part.ask(asks[i]!))));
    const before = amended;
    amended = [];
    for (const [i, part] of before.entries()) {
      const [asked, came] = [asks[i]!, more[i]!];
      // What is of some of its shards only says nothing of how much the others have cut away.
      const isWhole = came !== null && came.failures.length === 0;
      const amending = { asked, answers: came?.answers ?? [] };
      amended.push(isWhole ? await run(amendPart(requests, part, amending, asking.finishing.empty)) : part);
    }
    const received = more.filter((came) => came !== null);
    told.add(
      namesOf(asks),
      sumOf(received, ({ sizeBytes }) => sizeBytes),
      received.flatMap(({ failures }) => failures),
    );
    if (received.some(({ failures }) => failures.length > 0)) break;
  }
  return { parts: amended, told: told.byName };
}

function namesOf(asks: readonly (AggregationRequests | null)[]): ReadonlySet<string> {
  return new Set(asks.flatMap((ask) => Object.keys(ask ?? {})));
}

/** What rounds take. */
class Told {
  readonly byName: Map<string, RoundsTold>;

  constructor(requests: AggregationRequests, parts: readonly AskedPart[]) {
    const first = { rounds: 1, bytes: sumOf(parts, ({ sizeBytes }) => sizeBytes) };
    this.byName = new Map(Object.keys(requests).map((name) => [name, first]));
  }

  end(names: Iterable<string>, ended: RoundsEnd): void {
    for (const name of names) this.byName.set(name, { ...this.byName.get(name)!, ended });
  }

  add(names: ReadonlySet<string>, bytes: number, failed: readonly ShardFailure[]): void {
    const failures = groupFailures(failed);
    for (const name of names) {
      const before = this.byName.get(name)!;
      this.byName.set(name, {
        ...before,
        rounds: before.rounds + 1,
        bytes: before.bytes + bytes,
        ...(failures.length === 0 ? {} : { failures }),
      });
    }
  }
}

function groupFailures(failed: readonly ShardFailure[]): RoundFailure[] {
  const byCode = new Map<ErrorCode, number>();
  for (const { code } of failed) byCode.set(code, (byCode.get(code) ?? 0) + 1);
  return Array.from(byCode, ([code, shards]) => ({ code, reason: errorTable[code].message, shards }));
}

/** The parts of a search of one index, to be asked on. */
export function partsOf(run: SearchRun, counted: Counted, answers: readonly Answer<SearchTask>[]): AskedPart[] {
  const scoring = scoringOf(run, counted);
  return answers.map((answer) => {
    const { partial, sizeBytes } = answer;
    return {
      aggregations: partial.aggregations,
      sizeBytes,
      ask: (requests) => askPart(run, answer, { requests, scoring }),
    };
  });
}

/** How the rounds of a search go. */
export function roundsOf({
  root,
  index,
  request,
  deadlines,
  signal,
}: Pick<SearchRun, 'root' | 'index' | 'request' | 'deadlines' | 'signal'>): RoundsOptions {
  const options = { isComplete: true, isWhole: isWholeIn(index.schema), bigInts: 'string' } as const;
  return {
    requests: request.aggregations,
    finishing: () => beginResults(options),
    isOver: () => root.clock.now() >= deadlines.scatterBy,
    run: (work) => runInSlices(root, work, { until: Infinity, late: neverLate, signal }),
  };
}

async function askPart(
  run: SearchRun,
  answer: Answer<SearchTask>,
  {
    requests: aggregations,
    scoring,
  }: { readonly requests: AggregationRequests; readonly scoring: ReturnType<typeof scoringOf> },
): Promise<MoreOfPart> {
  const { query, weight } = run.request;
  const work = {
    kind: 'search',
    query,
    k: 0,
    sort: [],
    source: false,
    aggregations,
    totalUpTo: 0,
    ...(weight === undefined ? {} : { weight }),
    ...scoring,
  } as const;
  const { answers, failures } = await askRound<SearchTask>(
    { ...run, at: {}, waitMin: 1 },
    {
      name: 'aggregations',
      shards: answer.partial.shards,
      pinned: pinnedBy([answer]),
      end: run.deadlines.scatterBy,
      taskClass: 'aggregations',
      makeTask: (base) => ({ ...base, ...work, hold: true }),
    },
  );
  return {
    answers: answers.map(({ partial }) => partial.aggregations),
    sizeBytes: sumOf(answers, ({ sizeBytes }) => sizeBytes),
    failures,
  };
}

function sumOf<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((sum, item) => sum + of(item), 0);
}
