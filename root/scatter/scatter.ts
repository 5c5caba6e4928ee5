/**
 * The scatter of one round of one query: which leaf is asked for which shards, what is asked again elsewhere, and when
 * the round is over. A state machine without I/O: time, sockets and timers are outside; the driver (drive.ts) feeds
 * events and carries out effects, with real ones in the server and virtual ones in a simulation.
 *
 * Invariants: every shard asked ends exactly once, answered or failed (asked = answered + failed); no shard is taken
 * from two attempts; no leaf is asked twice for the same shard; nothing is sent after the deadline or after `finish`;
 * `finish` comes exactly once and last.
 */
import { errorTable, type ErrorCode } from '../../shared/errors.ts';
import type { ShardFailure } from '../../shared/protocol/tasks.ts';

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
  | { readonly kind: 'deadline' };

export type ScatterEffect =
  | { readonly kind: 'send'; readonly attempt: number; readonly leaf: string; readonly shards: readonly number[] }
  /** The partial of the event that was just given counts. */
  | { readonly kind: 'take'; readonly attempt: number }
  /** The attempt's answer is no longer wanted: it is past the deadline. */
  | { readonly kind: 'cancel'; readonly attempt: number; readonly leaf: string }
  | { readonly kind: 'finish'; readonly answered: readonly number[]; readonly failures: readonly ShardFailure[] };

interface Attempt {
  readonly leaf: string;
  readonly shards: readonly number[];
}

export interface ScatterState {
  /** Shards asked, ascending. */
  readonly asked: readonly number[];
  /** For each shard the leaves that have a ready replica and were not asked yet, best first. */
  readonly candidates: Map<number, string[]>;
  /** On the clock that `now` is read from, in milliseconds. */
  readonly deadline: number;
  /** Attempts without an answer, by number. */
  readonly open: Map<number, Attempt>;
  readonly answered: Set<number>;
  readonly failed: Map<number, ShardFailure>;
  attempts: number;
  finished: boolean;
}

/** @param candidates for every shard asked the leaves to ask, best first; may be empty */
export function createScatter(candidates: ReadonlyMap<number, readonly string[]>, deadline: number): ScatterState {
  return {
    asked: [...candidates.keys()].sort((a, b) => a - b),
    candidates: new Map([...candidates].map(([shard, leaves]) => [shard, [...leaves]])),
    deadline,
    open: new Map(),
    answered: new Set(),
    failed: new Map(),
    attempts: 0,
    finished: false,
  };
}

/** Takes one event, changes the state, and says what is to be done, in order. Events after `finish` do nothing. */
export function step(state: ScatterState, event: ScatterEvent, now: number): ScatterEffect[] {
  if (state.finished) return [];
  const effects: ScatterEffect[] = [];
  switch (event.kind) {
    case 'start':
      ask(state, state.asked, effects);
      break;
    case 'answered':
      takeAnswer(state, event, now, effects);
      break;
    case 'failed': {
      const attempt = close(state, event.attempt);
      if (attempt === undefined) return [];
      const failures = attempt.shards.map((shard) =>
        failure(shard, event.code, { leaf: attempt.leaf, ...event.detail }),
      );
      retry(state, failures, now, effects);
      break;
    }
    case 'deadline':
      for (const [number, attempt] of state.open) {
        effects.push({ kind: 'cancel', attempt: number, leaf: attempt.leaf });
        for (const shard of attempt.shards) fail(state, failure(shard, 'LEAF_TIMEOUT', { leaf: attempt.leaf }));
      }
      state.open.clear();
      break;
  }
  if (state.open.size === 0) finish(state, effects);
  return effects;
}

function takeAnswer(
  state: ScatterState,
  event: ScatterEvent & { kind: 'answered' },
  now: number,
  effects: ScatterEffect[],
): void {
  const attempt = close(state, event.attempt);
  if (attempt === undefined) return;
  const said = [...event.shards, ...event.failures.map((each) => each.shard)].sort((a, b) => a - b);
  if (said.length !== attempt.shards.length || said.some((shard, i) => shard !== attempt.shards[i])) {
    // A partial is merged as a whole, so one that speaks of other shards than were asked cannot be used at all.
    const detail = { leaf: attempt.leaf, reason: 'the partial is for other shards than were asked', said };
    retry(
      state,
      attempt.shards.map((shard) => failure(shard, 'LEAF_UNREACHABLE', detail)),
      now,
      effects,
    );
    return;
  }
  for (const shard of event.shards) state.answered.add(shard);
  effects.push({ kind: 'take', attempt: event.attempt });
  const failures = event.failures.map((each) => failure(each.shard, each.code, { leaf: attempt.leaf, ...each.detail }));
  retry(state, failures, now, effects);
}

function close(state: ScatterState, attempt: number): Attempt | undefined {
  const found = state.open.get(attempt);
  state.open.delete(attempt);
  return found;
}

/** Asks elsewhere for what another replica can cure, if there is one and time is left; the rest has failed. */
function retry(state: ScatterState, failures: readonly ShardFailure[], now: number, effects: ScatterEffect[]): void {
  const again: number[] = [];
  for (const each of failures) {
    const curable = errorTable[each.code].retry === 'elsewhere' && now < state.deadline;
    if (curable && state.candidates.get(each.shard)!.length > 0) again.push(each.shard);
    else fail(state, each);
  }
  ask(state, again, effects);
}

/** One attempt per leaf, each shard of the leaf that is its best candidate. */
function ask(state: ScatterState, shards: readonly number[], effects: ScatterEffect[]): void {
  const byLeaf = new Map<string, number[]>();
  for (const shard of shards) {
    const leaf = state.candidates.get(shard)!.shift();
    if (leaf === undefined) {
      fail(state, failure(shard, 'SHARD_UNASSIGNED'));
      continue;
    }
    const group = byLeaf.get(leaf);
    if (group === undefined) byLeaf.set(leaf, [shard]);
    else group.push(shard);
  }
  for (const [leaf, group] of byLeaf) {
    const attempt = state.attempts++;
    group.sort((a, b) => a - b);
    state.open.set(attempt, { leaf, shards: group });
    effects.push({ kind: 'send', attempt, leaf, shards: group });
  }
}

function finish(state: ScatterState, effects: ScatterEffect[]): void {
  if (state.answered.size + state.failed.size !== state.asked.length) {
    throw new Error(`asked ${state.asked.length}, answered ${state.answered.size}, failed ${state.failed.size}`);
  }
  state.finished = true;
  const ascending = (a: number, b: number): number => a - b;
  effects.push({
    kind: 'finish',
    answered: [...state.answered].sort(ascending),
    failures: [...state.failed.values()].sort((a, b) => a.shard - b.shard),
  });
}

function fail(state: ScatterState, reason: ShardFailure): void {
  state.failed.set(reason.shard, reason);
}

function failure(shard: number, code: ErrorCode, detail?: ShardFailure['detail']): ShardFailure {
  return detail === undefined ? { shard, code } : { shard, code, detail };
}
