/** Drives one scatter: carries out its effects and feeds it what happens. The world comes in as arguments. */
import type { Clock } from '../../shared/clock/clock.ts';
import type { Timers } from '../../shared/clock/timers.ts';
import type { SheafError } from '../../shared/errors.ts';
import type { ShardFailure } from '../../shared/protocol/tasks/task.ts';
import type { PartialOf, Task } from '../../shared/protocol/tasks/tasks.ts';
import type { Defence } from './defence.ts';
import type { AttemptEnd } from './leaf-book.ts';
import type { AttemptObserver } from './observe.ts';
import {
  countHedges,
  createScatter,
  step,
  wakeAt,
  type Enough,
  type ScatterEffect,
  type ScatterEvent,
} from './scatter.ts';

export type TaskOutcome<T extends Task> =
  | ({ readonly ok: true } & Omit<Answer<T>, 'leaf'>)
  | { readonly ok: false; readonly error: SheafError };

/** How tasks reach leaves. */
export interface LeafPort {
  /**
   * Sends a task; `onOutcome` is called once, never before this returns, unless cancelled.
   * @param onArrival told of the bytes of an answer, but for its body, when it has come and before it is read; it may cancel
   */
  send<T extends Task>(
    leaf: string,
    task: T,
    onOutcome: (outcome: TaskOutcome<T>) => void,
    onArrival?: (bytes: number) => void,
  ): { readonly cancel: () => void };
}

/** What a scatter needs of its root. */
export interface DriveDependencies {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly leaves: LeafPort;
  readonly defence: Defence;
}

export interface Answer<T extends Task> {
  readonly leaf: string;
  readonly partial: PartialOf<T>;
  readonly body: Uint8Array;
  /** Of the frame that it came in. */
  readonly sizeBytes: number;
}

export interface Gathered<T extends Task> {
  /** Partials that count; the shards of any two are disjoint. */
  readonly answers: readonly Answer<T>[];
  readonly answered: readonly number[];
  readonly failures: readonly ShardFailure[];
}

export interface DriveOptions<T extends Task> {
  readonly candidates: ReadonlyMap<number, readonly string[]>;
  /** See ScatterOptions; none where absent. */
  readonly sharedBy?: readonly string[];
  /** On the clock, in milliseconds: the round ends here at the latest. */
  readonly deadline: number;
  /** See ScatterOptions. */
  readonly coverageMin: number;
  /** See ScatterOptions. */
  readonly enough?: Enough;
  /** When leaves are to answer with what they have; the deadline where absent. */
  readonly tasksEndAt?: number;
  /** What takes about as long; null for tasks that are neither hedged nor measured. */
  readonly taskClass: string | null;
  /** The task of an attempt, for some of the shards. */
  readonly makeTask: (shards: readonly number[], remainingMs: number, attempt: number) => T;
  /** Aborted when nobody waits for the answer any more: open attempts are cancelled on the leaves. */
  readonly signal: AbortSignal;
  /** Told of every attempt, where someone looks. */
  readonly observe?: AttemptObserver;
  /** See LeafPort.send. The scatter ends with what it throws, and what is under way is cancelled. */
  readonly onArrival?: (bytes: number) => void;
}

/** Runs a scatter to its end. Resolves by the deadline; rejects only when `signal` aborts, with its reason, and with what `onArrival` throws. */
export function driveScatter<T extends Task>(root: DriveDependencies, options: DriveOptions<T>): Promise<Gathered<T>> {
  return new Drive(root, options).run();
}

interface OpenAttempt {
  readonly leaf: string;
  readonly shards: number;
  readonly sentAt: number;
  readonly cancel: () => void;
}

class Drive<T extends Task> {
  private readonly root: DriveDependencies;
  private readonly options: DriveOptions<T>;
  private readonly scatter;
  private readonly hedgeDelayMs: number;
  private readonly open = new Map<number, OpenAttempt>();
  /** Partials by attempt, until it is known which of them count. */
  private readonly received = new Map<number, Answer<T>>();
  private readonly taken: Answer<T>[] = [];
  private readonly promise = Promise.withResolvers<Gathered<T>>();
  private timer: { readonly at: number; readonly cancel: () => void } | null = null;

  constructor(root: DriveDependencies, options: DriveOptions<T>) {
    this.root = root;
    this.options = options;
    const { clock, defence } = root;
    const { candidates, deadline, coverageMin, taskClass, enough } = options;
    const now = clock.now();
    const hedged = taskClass !== null && defence.hedging;
    const leftMs = (enough?.from ?? deadline) - now;
    this.hedgeDelayMs = hedged ? defence.hedgeDelays.delayMs(taskClass, leftMs, now) : Infinity;
    this.scatter = createScatter({
      candidates,
      sharedBy: options.sharedBy ?? [],
      deadline,
      coverageMin,
      ...(enough === undefined ? {} : { enough }),
      hedgeDelayMs: this.hedgeDelayMs,
      hedgeBudget: defence.hedgeBudget,
      retryBudget: defence.retryBudget,
      hedgeTargets: (leaves) => defence.book.hedgeTargets(leaves, clock.now()),
    });
  }

  run(): Promise<Gathered<T>> {
    const { signal } = this.options;
    signal.addEventListener('abort', this.abort, { once: true });
    if (signal.aborted) this.abort();
    else this.feed({ kind: 'start' });
    return this.promise.promise;
  }

  private feed(event: ScatterEvent): void {
    for (const effect of step(this.scatter, event, this.root.clock.now())) this.carryOut(effect);
    if (!this.scatter.finished) this.setTimer(wakeAt(this.scatter));
  }

  private carryOut(effect: ScatterEffect): void {
    switch (effect.kind) {
      case 'send':
        this.send(effect);
        break;
      case 'take':
        this.taken.push(this.received.get(effect.attempt)!);
        this.options.observe?.({ kind: 'taken', attempt: effect.attempt, at: this.root.clock.now() });
        break;
      case 'cancel': {
        const attempt = this.open.get(effect.attempt)!;
        attempt.cancel();
        this.end(effect.attempt, { kind: effect.why });
        this.options.observe?.({ ...effect, kind: 'cancelled', at: this.root.clock.now() });
        break;
      }
      case 'finish':
        this.release();
        this.root.defence.onHedges(effect.hedges);
        this.promise.resolve({ answers: this.taken, answered: effect.answered, failures: effect.failures });
        break;
    }
  }

  private send({ attempt: number, leaf, shards, reason }: ScatterEffect & { kind: 'send' }): void {
    const { clock, leaves, defence } = this.root;
    const sentAt = clock.now();
    this.options.observe?.({
      kind: 'sent',
      attempt: number,
      at: sentAt,
      shards,
      reason,
      leaf: defence.book.view(leaf, sentAt),
    });
    const task = this.options.makeTask(shards, this.remainingMs(sentAt), number);
    defence.book.sent(leaf, shards.length, sentAt);
    const { cancel } = leaves.send(leaf, task, (outcome) => this.receive(number, outcome), this.arrive);
    this.open.set(number, { leaf, shards: shards.length, sentAt, cancel });
  }

  private remainingMs(now: number): number {
    const { deadline, tasksEndAt = deadline } = this.options;
    return Math.max(0, (now < tasksEndAt ? tasksEndAt : deadline) - now);
  }

  private receive(number: number, outcome: TaskOutcome<T>): void {
    if (outcome.ok) {
      const { partial, body, sizeBytes } = outcome;
      const { leaf } = this.open.get(number)!;
      this.observeAnswer(number, partial, body);
      this.end(number, { kind: 'answered' });
      this.received.set(number, { leaf, partial, body, sizeBytes });
      this.feed({ kind: 'answered', attempt: number, shards: partial.shards, failures: partial.failures });
    } else {
      const { code, detail, at } = outcome.error;
      this.options.observe?.({ kind: 'failed', attempt: number, at: this.root.clock.now(), code });
      this.end(number, { kind: 'failed', code });
      this.feed({ kind: 'failed', attempt: number, code, detail: at === undefined ? detail : { ...detail, at } });
    }
  }

  private observeAnswer(attempt: number, { timing, failures }: PartialOf<T>, { length: bytes }: Uint8Array): void {
    const failed = failures.map(({ shard }) => shard);
    this.options.observe?.({ kind: 'received', attempt, at: this.root.clock.now(), bytes, timing, failed });
  }

  /** Notes what the end of an attempt says about its leaf and its class. */
  private end(number: number, end: AttemptEnd): void {
    const { leaf, shards, sentAt } = this.open.get(number)!;
    this.open.delete(number);
    const { book, hedgeDelays } = this.root.defence;
    const { taskClass } = this.options;
    const now = this.root.clock.now();
    const tookMs = now - sentAt;
    book.ended(leaf, shards, { end, tookMs, now });
    // One that lost before it was late says nothing about how long it would have taken.
    const tells =
      end.kind === 'answered' || end.kind === 'late' || (end.kind === 'lost' && tookMs >= this.hedgeDelayMs);
    if (tells && taskClass !== null) hedgeDelays.record(taskClass, tookMs, now);
  }

  private readonly arrive = (bytes: number): void => {
    try {
      this.options.onArrival?.(bytes);
    } catch (error) {
      this.fail(error);
    }
  };

  private readonly abort = (): void => this.fail(this.options.signal.reason);

  private fail(reason: unknown): void {
    this.scatter.finished = true;
    this.release();
    for (const [number, attempt] of this.open) {
      attempt.cancel();
      this.end(number, { kind: 'lost' });
    }
    this.root.defence.onHedges(countHedges(this.scatter));
    this.promise.reject(reason);
  }

  private setTimer(at: number): void {
    if (this.timer?.at === at) return;
    this.timer?.cancel();
    const { clock, timers } = this.root;
    const onTime = (): void => {
      this.timer = null;
      this.feed({ kind: 'time' });
    };
    const { cancel } = timers.at(at, () => {
      // Only what is late is worth another look at the sockets: the end of the round waits for nothing.
      if (clock.now() >= this.scatter.wait.until) onTime();
      else this.timer = { at, ...timers.afterReading(onTime) };
    });
    this.timer = { at, cancel };
  }

  private release(): void {
    this.timer?.cancel();
    this.timer = null;
    this.options.signal.removeEventListener('abort', this.abort);
  }
}
