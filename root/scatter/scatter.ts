/**
 * The scatter of one round of one query: which leaf is asked for which shards, what is asked again elsewhere because it
 * failed or is late, what counts, and when the round is over. A state machine without I/O: time, sockets and timers are
 * outside; the driver (drive.ts) feeds events and carries out effects, with real ones in the server and virtual ones in
 * a simulation.
 *
 * What is asked first is one attempt per leaf, or, where leaves share the work (`sharedBy`), a lot of the shards each,
 * and the next to whoever has answered (lots.ts). A late attempt is hedged in parts, one per leaf that can hold them; a
 * failed one is retried in parts. Parts may be hedged and retried in turn, so the attempts form a tree per first attempt
 * (attempt-tree.ts), and an answer waits until it is certain that it counts: the first attempt's, or those of all its
 * parts, whichever is whole first. A leaf answers a task at once, so nothing is gained by taking parts one by one, and
 * nothing has to be split on the wire.
 *
 * A leaf that failed, or lost a lot to others, shares no longer; what nobody else can do it is still asked for, once.
 *
 * Invariants: every shard asked ends exactly once, answered or failed (asked = answered + failed); no shard is taken
 * from two attempts; no leaf is asked twice for the same shard unless its answer could not be used; nothing is sent at the deadline or later, nor after `finish`;
 * every attempt sent ends once: an answer, a failure or a `cancel`; `finish` comes exactly once and last.
 */
import type { ErrorCode } from '../../shared/errors.ts';
import type { ShardFailure } from '../../shared/protocol/tasks/task.ts';
import { waitOn, type AdaptiveWait } from './adaptive-wait.ts';
import {
  bestAnswers,
  coveredShards,
  mayCount,
  openAttempts,
  rootOf,
  unusedAnswers,
  type Attempt,
} from './attempt-tree.ts';
import { divideAmongFewest } from './fewest-leaves.ts';
import { judgeFailure } from './judge-failure.ts';
import { Lots } from './lots.ts';
import type { TokenBucket } from './token-bucket.ts';

export type ScatterEvent =
  | { readonly kind: 'start' }
  /** A leaf's partial came: these shards are in it, these it could not answer. */
  | {
      readonly kind: 'answered';
      readonly attempt: number;
      readonly shards: readonly number[];
      readonly failures: readonly ShardFailure[];
    }
  /** The whole attempt failed. */
  | {
      readonly kind: 'failed';
      readonly attempt: number;
      readonly code: ErrorCode;
      readonly detail?: ShardFailure['detail'];
    }
  /** It is `wakeAt(state)`, or later. */
  | { readonly kind: 'time' };

export type SendReason = 'first' | 'retry' | 'hedge';

export type ScatterEffect =
  | {
      readonly kind: 'send';
      readonly attempt: number;
      readonly leaf: string;
      readonly shards: readonly number[];
      readonly reason: SendReason;
    }
  /** The partial that this attempt was answered with counts. */
  | { readonly kind: 'take'; readonly attempt: number }
  /** The attempt's answer is no longer wanted: others were faster, or the time is over. */
  | { readonly kind: 'cancel'; readonly attempt: number; readonly why: 'lost' | 'late' }
  | {
      readonly kind: 'finish';
      readonly answered: readonly number[];
      readonly failures: readonly ShardFailure[];
      readonly hedges: HedgeCounts;
    };

/** In attempts. issued = won + wasted. */
export interface HedgeCounts {
  readonly issued: number;
  /** Their answers counted. */
  readonly won: number;
  readonly wasted: number;
  /** Not sent, because the budget was empty. */
  readonly refused: number;
}

export interface ScatterOptions {
  /** For every shard asked the leaves to ask, best first; may be empty. */
  readonly candidates: ReadonlyMap<number, readonly string[]>;
  /** On the clock that `now` is read from, in milliseconds. */
  readonly deadline: number;
  /** After so long an attempt is late; Infinity never hedges. */
  readonly hedgeDelayMs: number;
  /** Share of the shards after which the rest is waited for adaptively only; 1 waits for all until the deadline. */
  readonly coverageMin: number;
  /** Where there is another round to come; absent, the round lasts until the deadline. */
  readonly enough?: Enough;
  /** Budgets in shards, shared by all queries of a root. */
  readonly hedgeBudget: Pick<TokenBucket, 'earn' | 'take'>;
  readonly retryBudget: Pick<TokenBucket, 'earn' | 'take'>;
  /** The leaves among which the shards are handed out in lots; none where each candidate is asked once for all of its own. */
  readonly sharedBy: readonly string[];
  /** Of these leaves those that may be given work that is perhaps not needed; see leaf-book.ts. */
  readonly hedgeTargets: (leaves: readonly string[]) => readonly string[];
}

/** From a moment on, on the clock and before the deadline, the round is over once so many have answered. */
export interface Enough {
  readonly from: number;
  /** Of the shards, 0 to 1. */
  readonly share: number;
}

/** First attempt, hedge, hedge of the hedge: more would need a fourth replica and help nobody. */
const hedgeDepthMax = 2;

export interface ScatterState {
  readonly options: ScatterOptions;
  /** Shards asked, ascending. */
  readonly asked: readonly number[];
  /** For each shard the leaves that were not asked yet, best first. */
  readonly candidates: Map<number, string[]>;
  /** Shards that are still to be handed out; null where none ever are. */
  lots: Lots | null;
  /** All attempts by number, so in the order of their sending. */
  readonly attempts: Attempt[];
  /** First attempts whose shards are not settled. */
  readonly unsettled: Set<Attempt>;
  readonly answered: Set<number>;
  readonly failed: Map<number, ShardFailure>;
  /** The last failure of a shard, which is its own if nobody answers for it. */
  readonly lastFailure: Map<number, ShardFailure>;
  readonly hedges: { issued: number; won: number; refused: number };
  /** Number of the first attempt that was not looked at for being late. */
  nextToHedge: number;
  wait: AdaptiveWait;
  finished: boolean;
}

export function createScatter(options: ScatterOptions): ScatterState {
  const { candidates, deadline, enough } = options;
  return {
    options,
    asked: [...candidates.keys()].sort(ascending),
    candidates: new Map([...candidates].map(([shard, leaves]) => [shard, [...leaves]])),
    lots: null,
    attempts: [],
    unsettled: new Set(),
    answered: new Set(),
    failed: new Map(),
    lastFailure: new Map(),
    hedges: { issued: 0, won: 0, refused: 0 },
    nextToHedge: 0,
    wait: { until: enough?.from ?? deadline, leftMsAtMin: undefined },
    finished: false,
  };
}

/** When the machine wants a `time` event: the next attempt would be late, or the round ends. */
export function wakeAt(state: ScatterState): number {
  const next = state.attempts[state.nextToHedge];
  return next === undefined ? state.wait.until : Math.min(state.wait.until, next.sentAt + state.options.hedgeDelayMs);
}

/** So far: hedges that are still open count as wasted. */
export function countHedges({ hedges: { issued, won, refused } }: ScatterState): HedgeCounts {
  return { issued, won, wasted: issued - won, refused };
}

/** Takes one event, changes the state, and says what is to be done, in order. Events after `finish` do nothing. */
export function step(state: ScatterState, event: ScatterEvent, now: number): ScatterEffect[] {
  if (state.finished) return [];
  const effects: ScatterEffect[] = [];
  switch (event.kind) {
    case 'start':
      askFirst(state, now, effects);
      break;
    case 'answered':
      receiveAnswer(state, event, now, effects);
      break;
    case 'failed':
      receiveFailure(state, event, now, effects);
      break;
    case 'time':
      if (now >= state.wait.until && hasTooLittle(state)) state.wait = { ...state.wait, until: state.options.deadline };
      if (now >= state.wait.until) endAll(state, effects);
      else hedgeLate(state, now, effects);
      break;
  }
  if (isProlonged(state) && !hasTooLittle(state)) endAll(state, effects);
  passOverEnded(state);
  if (state.unsettled.size === 0) finish(state, effects);
  else if (state.options.coverageMin < 1) state.wait = waitOn(state.wait, goalOf(state), countCovered(state), now);
  return effects;
}

/**
 * Lots to the leaves that share; to the others one attempt each, with the shards whose best candidate it is. Nothing where
 * the round before took all the time there was.
 */
function askFirst(state: ScatterState, now: number, effects: ScatterEffect[]): void {
  const { sharedBy } = state.options;
  const shared: number[] = [];
  const parts = new Map<string, number[]>();
  for (const shard of state.asked) {
    const leaf = state.candidates.get(shard)![0];
    if (leaf === undefined) {
      state.failed.set(shard, { shard, code: 'SHARD_UNASSIGNED' });
      continue;
    }
    if (now >= state.options.deadline) {
      state.failed.set(shard, { shard, code: 'LEAF_TIMEOUT', detail: { leaf, reason: 'no time was left to ask it' } });
      continue;
    }
    const part = parts.get(leaf);
    if (sharedBy.includes(leaf)) shared.push(shard);
    else if (part === undefined) parts.set(leaf, [shard]);
    else part.push(shard);
    state.options.hedgeBudget.earn(1);
    state.options.retryBudget.earn(1);
  }
  for (const [leaf, shards] of parts) askTop(state, leaf, shards, { now, effects });
  if (shared.length === 0) return;
  state.lots = new Lots(shared, (shard) => state.candidates.get(shard)!.filter((leaf) => sharedBy.includes(leaf)));
  for (const leaf of sharedBy) handOut(state, leaf, { now, effects });
}

/** The next lot for a leaf that has none. */
function handOut(state: ScatterState, leaf: string, moment: Moment): void {
  if (state.lots !== null && moment.now < state.options.deadline) askTop(state, leaf, state.lots.next(leaf), moment);
}

/** A leaf that did not do its lot shares no longer. What only it can do it is asked for at once. */
function stopSharing(state: ScatterState, leaf: string, moment: Moment): void {
  if (state.lots !== null && moment.now < state.options.deadline) askTop(state, leaf, state.lots.drop(leaf), moment);
}

function askTop(state: ScatterState, leaf: string, shards: readonly number[], { now, effects }: Moment): void {
  if (shards.length > 0)
    state.unsettled.add(send(state, { leaf, shards, reason: 'first', parent: null, now }, effects));
}

function receiveAnswer(
  state: ScatterState,
  event: ScatterEvent & { kind: 'answered' },
  now: number,
  effects: ScatterEffect[],
): void {
  const attempt = state.attempts[event.attempt];
  if (attempt?.state !== 'open') return;
  if (!accountsFor(attempt.shards, event)) {
    // A partial is merged as a whole, so one that speaks of other shards than were asked cannot be used at all.
    const said = [...event.shards, ...event.failures.map((each) => each.shard)];
    const detail = { reason: 'the partial is for other shards than were asked', said };
    receiveFailure(state, { kind: 'failed', attempt: event.attempt, code: 'LEAF_UNREACHABLE', detail }, now, effects);
    return;
  }
  attempt.state = 'answered';
  attempt.answered = event.shards;
  retry(
    state,
    attempt,
    event.failures.map(({ shard, code, detail }) => ({ shard, code, detail: { leaf: attempt.leaf, ...detail } })),
    { now, effects },
  );
  if (attempt.reason === 'first') handOut(state, attempt.leaf, { now, effects });
  settle(state, rootOf(attempt), { now, effects });
}

/** Whether an answer speaks of exactly these shards, each once. Most answer all of them in order: those cost a look each. */
function accountsFor(asked: readonly number[], { shards, failures }: ScatterEvent & { kind: 'answered' }): boolean {
  if (shards.length + failures.length !== asked.length) return false;
  if (failures.length === 0 && shards.every((shard, i) => shard === asked[i])) return true;
  const said = [...shards, ...failures.map((each) => each.shard)].sort(ascending);
  return said.every((shard, i) => shard === asked[i]);
}

function receiveFailure(
  state: ScatterState,
  event: ScatterEvent & { kind: 'failed' },
  now: number,
  effects: ScatterEffect[],
): void {
  const attempt = state.attempts[event.attempt];
  if (attempt?.state !== 'open') return;
  attempt.state = 'failed';
  const detail = { leaf: attempt.leaf, ...event.detail };
  retry(
    state,
    attempt,
    attempt.shards.map((shard) => ({ shard, code: event.code, detail })),
    { now, effects },
  );
  if (attempt.reason === 'first') stopSharing(state, attempt.leaf, { now, effects });
  settle(state, rootOf(attempt), { now, effects });
}

interface Moment {
  readonly now: number;
  readonly effects: ScatterEffect[];
}

/** Asks elsewhere for what another replica can cure, if there is one, nobody is asked already, and budget is left. */
function retry(state: ScatterState, attempt: Attempt, failures: readonly ShardFailure[], moment: Moment): void {
  if (failures.length === 0) return;
  for (const failure of failures) state.lastFailure.set(failure.shard, failure);
  if (moment.now >= state.options.deadline) return;
  const beingAsked = new Set(attempt.parts.filter(mayCount).flatMap(({ shards }) => shards));
  const again = failures
    .filter(({ shard, code }) => judgeFailure(code).curable && !beingAsked.has(shard))
    .map(({ shard }) => shard);
  const parts = divideAmongFewest(again, (shard) => state.candidates.get(shard)!);
  for (const [leaf, shards] of parts) {
    if (!state.options.retryBudget.take(shards.length)) continue;
    send(state, { leaf, shards, reason: 'retry', parent: attempt, now: moment.now }, moment.effects);
  }
}

/** Hedges every attempt that is late by now. All have the same delay, so they become late in the order of sending. */
function hedgeLate(state: ScatterState, now: number, effects: ScatterEffect[]): void {
  for (let attempt = nextLate(state, now); attempt !== undefined; attempt = nextLate(state, now)) {
    state.nextToHedge++;
    if (attempt.state === 'open' && attempt.hedgeDepth < hedgeDepthMax) hedge(state, attempt, { now, effects });
  }
}

function nextLate(state: ScatterState, now: number): Attempt | undefined {
  const attempt = state.attempts[state.nextToHedge];
  return attempt !== undefined && attempt.sentAt + state.options.hedgeDelayMs <= now ? attempt : undefined;
}

/** Asks the fewest other leaves for the shards of a late attempt; all of it or, over budget, nothing. */
function hedge(state: ScatterState, attempt: Attempt, { now, effects }: Moment): void {
  const { hedgeTargets, hedgeBudget } = state.options;
  const parts = divideAmongFewest(attempt.shards, (shard) => hedgeTargets(state.candidates.get(shard)!));
  let shardCount = 0;
  for (const shards of parts.values()) shardCount += shards.length;
  if (shardCount === 0) return;
  if (!hedgeBudget.take(shardCount)) {
    state.hedges.refused += parts.size;
    return;
  }
  state.hedges.issued += parts.size;
  for (const [leaf, shards] of parts) send(state, { leaf, shards, reason: 'hedge', parent: attempt, now }, effects);
}

interface Sending {
  readonly leaf: string;
  readonly shards: readonly number[];
  readonly reason: SendReason;
  readonly parent: Attempt | null;
  readonly now: number;
}

function send(state: ScatterState, sending: Sending, effects: ScatterEffect[]): Attempt {
  const { leaf, shards, reason, parent, now } = sending;
  const attempt: Attempt = {
    number: state.attempts.length,
    leaf,
    shards,
    reason,
    sentAt: now,
    hedgeDepth: (parent?.hedgeDepth ?? 0) + (reason === 'hedge' ? 1 : 0),
    state: 'open',
    answered: [],
    parts: [],
    top: parent === null ? null : rootOf(parent),
  };
  parent?.parts.push(attempt);
  state.attempts.push(attempt);
  for (const shard of shards) {
    const leaves = state.candidates.get(shard)!;
    if (leaves.includes(leaf)) leaves.splice(leaves.indexOf(leaf), 1);
  }
  effects.push({ kind: 'send', attempt: attempt.number, leaf, shards, reason });
  return attempt;
}

/** Takes the answers of a first attempt's tree once they are whole, or nothing more can come. */
function settle(state: ScatterState, top: Attempt, moment: Moment): void {
  const isWhole = coveredShards(top) === top.shards.length;
  if (!isWhole && (askForUnused(state, top, moment) || openAttempts(top).length > 0)) return;
  const lost = top.state === 'open';
  close(state, top, 'lost', moment.effects);
  if (lost) stopSharing(state, top.leaf, moment);
}

/**
 * Asks again for shards that are only in answers which overlap better ones: an answer cannot be cut up. It takes a late
 * attempt, a hedge and a shard that has moved for that to happen. Done once that would make the whole, or nothing else
 * can come: what is open may be a leaf that says nothing until the deadline. False when there are none, or no time or
 * budget.
 */
function askForUnused(state: ScatterState, top: Attempt, { now, effects }: Moment): boolean {
  const unused = unusedAnswers(top);
  const count = unused.reduce((sum, { shards }) => sum + shards.length, 0);
  const makesWhole = coveredShards(top) + count === top.shards.length;
  if (!makesWhole && openAttempts(top).length > 0) return false;
  if (count === 0 || now >= state.options.deadline || !state.options.retryBudget.take(count)) return false;
  for (const { attempt, shards } of unused) {
    attempt.answered = [];
    send(state, { leaf: attempt.leaf, shards, reason: 'retry', parent: top, now }, effects);
  }
  return true;
}

/** Ends a tree as it is: the best of its answers count, what is open is cancelled, what is missing has failed. */
function close(state: ScatterState, top: Attempt, why: 'lost' | 'late', effects: ScatterEffect[]): void {
  const open = openAttempts(top);
  for (const attempt of bestAnswers(top)) {
    effects.push({ kind: 'take', attempt: attempt.number });
    if (attempt.reason === 'hedge') state.hedges.won++;
    for (const shard of attempt.answered) state.answered.add(shard);
  }
  for (const shard of top.shards) {
    if (!state.answered.has(shard)) state.failed.set(shard, reasonOf(state, shard, open));
  }
  for (const attempt of open) {
    attempt.state = 'cancelled';
    effects.push({ kind: 'cancel', attempt: attempt.number, why });
  }
  state.unsettled.delete(top);
}

/** Why nobody answered for a shard: the first leaf that was asked and has said nothing, else what was said last. */
function reasonOf(state: ScatterState, shard: number, open: readonly Attempt[]): ShardFailure {
  const silent = open.find(({ shards }) => shards.includes(shard));
  if (silent === undefined) {
    const unused = { reason: 'it was answered together with others that had been answered already' };
    return state.lastFailure.get(shard) ?? { shard, code: 'LEAF_TIMEOUT', detail: unused };
  }
  const early = state.wait.until < state.options.deadline;
  const detail = early ? { leaf: silent.leaf, reason: 'enough other shards had answered' } : { leaf: silent.leaf };
  return { shard, code: 'LEAF_TIMEOUT', detail };
}

/** A lot that was not reached. */
function neverAsked(state: ScatterState, shard: number): ShardFailure {
  const leaf = state.candidates.get(shard)![0]!;
  return {
    shard,
    code: 'LEAF_TIMEOUT',
    detail: { leaf, reason: 'time ran out while it had other shards of the query' },
  };
}

function endAll(state: ScatterState, effects: ScatterEffect[]): void {
  for (const top of state.unsettled) close(state, top, 'late', effects);
}

/** An attempt that has ended is never late: no timer is needed for it. */
function passOverEnded(state: ScatterState): void {
  for (;;) {
    const attempt = state.attempts[state.nextToHedge];
    if (attempt === undefined || attempt.state === 'open') return;
    state.nextToHedge++;
  }
}

function goalOf(state: ScatterState): { readonly asked: number; readonly min: number } {
  return { asked: state.asked.length, min: state.options.coverageMin };
}

/** Whether ending the round now would leave less than another round needs. */
function hasTooLittle(state: ScatterState): boolean {
  const { enough } = state.options;
  // The share may be a product, so a rounding error short of a whole number.
  return enough !== undefined && countCovered(state) < enough.share * state.asked.length - 1e-9;
}

/** Whether the moment from which enough is enough has come, and what there was was too little. */
function isProlonged({ options: { enough, deadline }, wait }: ScatterState): boolean {
  return enough !== undefined && wait.until === deadline && enough.from < deadline;
}

/** Shards that would be answered if the round ended now. */
function countCovered(state: ScatterState): number {
  let covered = state.answered.size;
  for (const top of state.unsettled) covered += coveredShards(top);
  return covered;
}

function finish(state: ScatterState, effects: ScatterEffect[]): void {
  for (const shard of state.lots?.rest ?? []) state.failed.set(shard, neverAsked(state, shard));
  if (state.answered.size + state.failed.size !== state.asked.length) {
    throw new Error(`asked ${state.asked.length}, answered ${state.answered.size}, failed ${state.failed.size}`);
  }
  state.finished = true;
  effects.push({
    kind: 'finish',
    answered: [...state.answered].sort(ascending),
    failures: [...state.failed.values()].sort((a, b) => a.shard - b.shard),
    hedges: countHedges(state),
  });
}

function ascending(a: number, b: number): number {
  return a - b;
}
