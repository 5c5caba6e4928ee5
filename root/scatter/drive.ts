/**
 * Drives one scatter with real leaves, a real clock and a real timer. Touches the world through `LeafPort` and
 * setTimeout only.
 */
import type { Clock } from '../../shared/clock/clock.ts';
import type { SheafError } from '../../shared/errors.ts';
import type { PartialOf, ShardFailure, Task } from '../../shared/protocol/tasks.ts';
import { createScatter, step, type ScatterEffect, type ScatterEvent } from './scatter.ts';

export type TaskOutcome<T extends Task> =
  | { readonly ok: true; readonly partial: PartialOf<T>; readonly body: Uint8Array }
  | { readonly ok: false; readonly error: SheafError };

/** How tasks reach leaves. */
export interface LeafPort {
  /** Sends a task; `onOutcome` is called once, never before this returns, unless cancelled. */
  send<T extends Task>(
    leaf: string,
    task: T,
    onOutcome: (outcome: TaskOutcome<T>) => void,
  ): { readonly cancel: () => void };
  /** The leaf gave no answer by the deadline. */
  reportTimeout(leaf: string, sentAt: number): void;
}

export interface Answer<T extends Task> {
  readonly partial: PartialOf<T>;
  readonly body: Uint8Array;
}

export interface Gathered<T extends Task> {
  /** Partials taken, in order of arrival; the shards of any two are disjoint. */
  readonly answers: readonly Answer<T>[];
  readonly answered: readonly number[];
  readonly failures: readonly ShardFailure[];
}

export interface DriveOptions<T extends Task> {
  readonly candidates: ReadonlyMap<number, readonly string[]>;
  /** On the clock, in milliseconds: the round ends here at the latest. */
  readonly deadline: number;
  readonly clock: Clock;
  readonly leaves: LeafPort;
  /** The task for some of the shards. */
  readonly makeTask: (shards: readonly number[], remainingMs: number) => T;
  /** Aborted when nobody waits for the answer any more: open attempts are cancelled on the leaves. */
  readonly signal: AbortSignal;
}

interface OpenAttempt {
  readonly sentAt: number;
  readonly cancel: () => void;
}

/** Runs a scatter to its end. Resolves by the deadline; rejects only when `signal` aborts, with its reason. */
export function driveScatter<T extends Task>(options: DriveOptions<T>): Promise<Gathered<T>> {
  const { clock, leaves, signal } = options;
  const { promise, resolve, reject } = Promise.withResolvers<Gathered<T>>();
  const state = createScatter(options.candidates, options.deadline);
  const open = new Map<number, OpenAttempt>();
  const answers: Answer<T>[] = [];

  const feed = (event: ScatterEvent, arrived?: Answer<T>): void => {
    for (const effect of step(state, event, clock.now())) carryOut(effect, arrived);
  };
  const carryOut = (effect: ScatterEffect, arrived: Answer<T> | undefined): void => {
    switch (effect.kind) {
      case 'send': {
        const sentAt = clock.now();
        const task = options.makeTask(effect.shards, Math.max(0, options.deadline - sentAt));
        const { cancel } = leaves.send(effect.leaf, task, (outcome) => receive(effect.attempt, outcome));
        open.set(effect.attempt, { sentAt, cancel });
        break;
      }
      case 'take':
        answers.push(arrived!);
        break;
      case 'cancel': {
        const attempt = open.get(effect.attempt)!;
        open.delete(effect.attempt);
        attempt.cancel();
        leaves.reportTimeout(effect.leaf, attempt.sentAt);
        break;
      }
      case 'finish':
        release();
        resolve({ answers, answered: effect.answered, failures: effect.failures });
        break;
    }
  };
  const receive = (attempt: number, outcome: TaskOutcome<T>): void => {
    open.delete(attempt);
    if (outcome.ok) {
      const { partial, body } = outcome;
      feed({ kind: 'answered', attempt, shards: partial.shards, failures: partial.failures }, { partial, body });
    } else {
      feed({ kind: 'failed', attempt, code: outcome.error.code, detail: outcome.error.detail });
    }
  };
  const abort = (): void => {
    state.finished = true;
    release();
    for (const attempt of open.values()) attempt.cancel();
    reject(signal.reason);
  };
  // A timer may fire a little before its time; the deadline is on the clock.
  const onTimer = (): void => {
    const leftMs = options.deadline - clock.now();
    if (leftMs > 0) timer = setTimeout(onTimer, leftMs);
    else feed({ kind: 'deadline' });
  };
  let timer = setTimeout(onTimer, Math.max(0, options.deadline - clock.now()));
  const release = (): void => {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
  };

  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  else feed({ kind: 'start' });
  return promise;
}
