/**
 * A leaf process: the real scheduler over work that takes virtual time, which may stall, crash, restart, lie and lag.
 * Stands in for the engine, and for what tells roots of it.
 */
import { BacklogNews } from '../../leaf/schedule/backlog-news.ts';
import { EmulatedWork } from '../../leaf/schedule/emulated-work.ts';
import { Scheduler } from '../../leaf/schedule/scheduler.ts';
import type { Job, JobOutcome } from '../../leaf/schedule/job.ts';
import { assemble, type Answer } from '../../leaf/tasks/assemble.ts';
import { chooseShards, type AskedReplica, type ChosenShards } from '../../leaf/tasks/choose-shards.ts';
import { asSheafError, SheafError } from '../../shared/errors.ts';
import type { ReplicaReport } from '../../shared/protocol/reports.ts';
import type { ReportFrame } from '../../shared/protocol/report-frames.ts';
import type { Task } from '../../shared/protocol/tasks/tasks.ts';
import type { Random } from '../../shared/random/random.ts';
import type { ConnectionEnd } from './connection.ts';
import { exponential } from './link.ts';
import { answerTask, lastOffset, type Model } from './model.ts';
import type { VirtualTime } from './virtual-time.ts';

export interface LeafWorld {
  readonly time: VirtualTime;
  readonly random: Random;
  readonly model: Model;
  /** Mean time of a task, in milliseconds. */
  readonly taskMs: number;
  readonly violate: (what: string) => void;
}

/** What was asked over one connection. */
interface Asked {
  /** Ids that came, as tasks or as cancels: a frame that comes twice counts once. */
  readonly seen: Set<number>;
  /** Ids of tasks whose replicas are waited for. */
  readonly choosing: Set<number>;
  readonly jobs: Map<number, Job>;
}

/** Who waits until a replica has reached an offset. */
interface Waiter {
  readonly shard: number;
  readonly offset: number;
  readonly reached: () => void;
}

const heartbeatMs = 250;
/** Share of the documents fetched that a merge has dropped since the search that found them. */
const goneChance = 0.02;
/** A job has this little time to spare when it is read: less than a frame takes to come back. */
const spareMs = 0.1;
/** Mean time from a write to its being searchable here, in milliseconds. */
const readMs = 3;

export class SimLeaf {
  readonly name: string;
  /** Ready here. */
  readonly shards: Set<number>;
  /** Being filled: told of, and not to be asked. */
  readonly loading = new Set<number>();
  isUp = true;
  /** Multiplies the time of every task. */
  slowness = 1;
  /** Share of answers that are for other shards than were asked. */
  lieChance = 0;
  /** Share of tasks that it refuses, as one whose queue is full. */
  refusesChance = 0;
  /** No write becomes searchable here before this time. */
  readsFrom = 0;
  /** What it says of itself leaves so much later. */
  reportDelayMs = 0;
  /** Tasks done. */
  served = 0;
  private incarnation = 1;
  /** What it last said it has, when it tells old news. */
  private oldNews: readonly ReplicaReport[] | null = null;
  private stalledUntil = 0;
  private sequence = 0;
  private readonly backlogNews = new BacklogNews();
  /** Up to where each shard is searchable, for those that it has or had. */
  private readonly offsets = new Map<number, number>();
  private waiters: Waiter[] = [];
  private readonly connections = new Map<ConnectionEnd, Asked>();
  /** One task at a time has the leaf, so the time of the next is drawn when one ends. */
  private readonly work;
  private scheduler: Scheduler;
  private readonly world: LeafWorld;

  constructor(name: string, shards: Iterable<number>, world: LeafWorld) {
    this.name = name;
    this.shards = new Set(shards);
    this.world = world;
    for (const shard of this.shards) this.gain(shard);
    const nothing = (): void => undefined;
    this.work = { taskMs: world.taskMs, after: (_delayMs: number, _action: () => void) => nothing(), wake: nothing };
    this.scheduler = this.makeScheduler();
    this.beat();
  }

  /** A root connects. */
  accept(end: ConnectionEnd): void {
    this.whenAwake(() => {
      if (!end.isOpen || end.isStarted) return;
      const asked: Asked = { seen: new Set(), choosing: new Set(), jobs: new Map() };
      this.connections.set(end, asked);
      end.start({
        onFrame: ({ type, id, header }) => {
          this.whenAwake(() => {
            if (type === 'task') this.receiveTask(end, asked, id, header as Task);
            else if (type === 'cancel') this.receiveCancel(asked, id);
          });
        },
        onClose: () => {
          this.connections.delete(end);
          asked.choosing.clear();
          for (const job of asked.jobs.values()) this.scheduler.cancel(job);
        },
      });
      end.send('report', 0, this.makeReport());
    });
  }

  stall(until: number): void {
    this.stalledUntil = Math.max(this.stalledUntil, until);
  }

  crash(): void {
    this.isUp = false;
    this.incarnation++;
    this.scheduler = this.makeScheduler();
    this.waiters = [];
    for (const [end, { choosing, jobs }] of this.connections) {
      choosing.clear();
      jobs.clear();
      end.close();
    }
  }

  restart(): void {
    this.isUp = true;
    this.stalledUntil = 0;
    this.oldNews = null;
    // It reads on in the log from where it was.
    for (const shard of this.shards) this.reach(shard, lastOffset(this.world.model, shard));
  }

  /** A replica here is ready from now on, with all that was written. */
  gain(shard: number): void {
    this.shards.add(shard);
    this.offsets.set(shard, lastOffset(this.world.model, shard));
  }

  /** The log has a write: a while later it is searchable here. */
  follow(shard: number, offset: number): void {
    const { time, random } = this.world;
    if (!this.shards.has(shard)) return;
    const at = Math.max(time.now() + exponential(random, readMs), this.readsFrom);
    time.at(at, () => this.whenAwake(() => this.reach(shard, offset)));
  }

  /** From now on it reports what it has now, whatever it has later; or the truth again. */
  tellOldNews(old: boolean): void {
    this.oldNews = old ? this.replicas() : null;
  }

  reportNow(): void {
    if (!this.isUp || this.world.time.now() < this.stalledUntil) return;
    const report = this.makeReport();
    const tell = (): void => {
      for (const end of this.connections.keys()) end.send('report', 0, report);
    };
    if (this.reportDelayMs === 0) tell();
    else this.world.time.after(this.reportDelayMs, tell);
  }

  private beat(): void {
    this.reportNow();
    this.world.time.after(heartbeatMs, () => this.beat());
  }

  private tellBacklog(): void {
    const { backlog } = this.scheduler;
    if (!this.backlogNews.isNews(backlog, this.world.time.now())) return;
    for (const end of this.connections.keys()) end.send('backlog', 0, backlog);
  }

  private makeReport(): ReportFrame {
    const { scheduler } = this;
    return {
      leaf: this.name,
      incarnation: this.incarnation,
      sequence: ++this.sequence,
      queued: scheduler.count,
      backlog: scheduler.backlog,
      overloaded: scheduler.isOverloaded,
      shedding: scheduler.isShedding,
      replicas: this.oldNews ?? this.replicas(),
    };
  }

  private replicas(): ReplicaReport[] {
    const { index } = this.world.model;
    const report = (state: ReplicaReport['state'], of: Set<number>): ReplicaReport[] => {
      return [...of].map((shard) => {
        const offset = this.offsetOf(shard);
        return { index: index.id, shard, state, offset, documents: offset + 1 };
      });
    };
    return [...report('ready', this.shards), ...report('loading', this.loading)];
  }

  private makeScheduler(): Scheduler {
    const { time } = this.world;
    const { incarnation } = this;
    const whenRead = (action: () => void): void => {
      if (this.incarnation !== incarnation) return;
      if (time.now() >= this.stalledUntil) return action();
      // A stopped process reads all that its sockets hold when it goes on, and works then.
      time.at(this.stalledUntil, () => time.after(0, () => whenRead(action)));
    };
    const wake = (): void => void time.after(0, () => whenRead(() => this.scheduler.turn()));
    this.work.after = (delayMs, action) => void time.after(delayMs, () => whenRead(action));
    this.work.wake = wake;
    return new Scheduler({
      clock: time,
      wake,
      onOverload: () => this.reportNow(),
      onTurn: () => this.tellBacklog(),
      emulated: new EmulatedWork(this.work),
    });
  }

  private whenAwake(action: () => void): void {
    const { time } = this.world;
    const { incarnation } = this;
    if (!this.isUp) return;
    if (time.now() >= this.stalledUntil) return action();
    time.at(this.stalledUntil, () => {
      if (this.incarnation === incarnation) this.whenAwake(action);
    });
  }

  private receiveTask(end: ConnectionEnd, asked: Asked, id: number, task: Task): void {
    const { seen, choosing } = asked;
    if (seen.has(id) || !end.isOpen) return;
    seen.add(id);
    const { time, random } = this.world;
    const deadline = time.now() + task.remainingMs - spareMs;
    if (random.chance(this.refusesChance)) return end.send('failure', id, new SheafError('LEAF_BUSY').toBody());
    choosing.add(id);
    const waiting = new AbortController();
    const waitingEnds = time.at(deadline, () => this.whenAwake(() => waiting.abort()));
    void this.choose(task, this.lieTo(task), waiting.signal).then((chosen) => {
      waitingEnds.cancel();
      if (choosing.delete(id)) this.submit(end, asked, { id, task, chosen, deadline });
    });
  }

  private submit(end: ConnectionEnd, { jobs }: Asked, { id, task, chosen, deadline }: Chosen): void {
    const { time, random, taskMs, violate } = this.world;
    const fail = (error: SheafError): void => end.send('failure', id, error.toBody());
    let hasEnded = false;
    const job: Job = {
      priority: task.priority ?? 'interactive',
      deadline,
      step: () => {
        if (time.now() >= job.deadline) violate(`${this.name} works on a task whose time is over`);
        if (hasEnded) violate(`${this.name} works on a task that has ended`);
        this.served++;
        const { partial, body } = this.answer(task, chosen);
        end.send('partial', id, partial, body);
        return true;
      },
      onEnd: (outcome) => {
        hasEnded = true;
        jobs.delete(id);
        this.work.taskMs = exponential(random, taskMs * this.slowness);
        const error = errorOf(outcome);
        if (error !== null) fail(error);
      },
    };
    jobs.set(id, job);
    try {
      this.scheduler.submit(job);
    } catch (error) {
      jobs.delete(id);
      fail(asSheafError(error));
    }
  }

  private receiveCancel({ seen, choosing, jobs }: Asked, id: number): void {
    seen.add(id);
    choosing.delete(id);
    const job = jobs.get(id);
    if (job !== undefined) this.scheduler.cancel(job);
  }

  /** The shards that it answers for: those it was asked for or, when it lies, others. */
  private lieTo({ shards }: Task): readonly number[] {
    const { random } = this.world;
    return random.chance(this.lieChance) ? random.shuffle([...this.shards]).slice(0, shards.length) : shards;
  }

  /** Snapshots of these shards, by the leaf's own rules. */
  private choose(task: Task, shards: readonly number[], waitingEnds: AbortSignal): Promise<ChosenShards> {
    const pins = { find: () => undefined, keep: () => null };
    const find = (_indexId: string, shard: number): AskedReplica => this.replicaOf(shard);
    return chooseShards({
      task: { ...task, shards },
      find,
      pins,
      held: pins,
      now: () => this.world.time.now(),
      waitingEnds,
    });
  }

  private replicaOf(shard: number): AskedReplica {
    const isReady = (): boolean => this.shards.has(shard);
    const offsetNow = (): number => this.offsetOf(shard);
    return {
      get isReady() {
        return isReady();
      },
      get offset() {
        return offsetNow();
      },
      get snapshot() {
        const offset = offsetNow();
        return { kind: 'document' as const, segments: [], offset, documents: offset + 1 };
      },
      reach: (offset, signal) =>
        new Promise((resolve) => {
          signal.addEventListener('abort', () => resolve(false));
          this.waiters.push({ shard, offset, reached: () => resolve(true) });
        }),
    };
  }

  private offsetOf(shard: number): number {
    return this.offsets.get(shard) ?? -1;
  }

  /** A replica has caught up: roots are told, as is who waits for it. */
  private reach(shard: number, offset: number): void {
    if (offset <= this.offsetOf(shard)) return;
    this.offsets.set(shard, offset);
    const isReached = (waiter: Waiter): boolean => waiter.shard === shard && waiter.offset <= offset;
    for (const waiter of this.waiters) if (isReached(waiter)) waiter.reached();
    this.waiters = this.waiters.filter((waiter) => !isReached(waiter));
    this.reportNow();
  }

  private answer(task: Task, chosen: ChosenShards): Answer {
    const { random, model } = this.world;
    const states = chosen.shards.map(({ shard, snapshot: { offset } }) => ({ shard, offset }));
    const result = answerTask(model, task, states, () => random.chance(goneChance));
    const shards = [...states, ...chosen.failures].map(({ shard }) => shard);
    return assemble({ ...task, shards }, chosen, { result, wholeBelow: Infinity }, { queuedUs: 0, executedUs: 0 });
  }
}

/** A task that can be worked on. */
interface Chosen {
  readonly id: number;
  readonly task: Task;
  readonly chosen: ChosenShards;
  readonly deadline: number;
}

/** What is sent in place of an answer; null where there is one, or nobody waits for one. */
function errorOf(outcome: JobOutcome): SheafError | null {
  switch (outcome.kind) {
    case 'overdue':
    case 'expired':
      return new SheafError('LEAF_TIMEOUT');
    case 'shed':
      return new SheafError('LEAF_BUSY');
    case 'failed':
    case 'stopped':
      return new SheafError('INTERNAL');
    case 'done':
    case 'cancelled':
      return null;
  }
}
