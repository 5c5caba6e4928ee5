/** A leaf process: one worker that serves tasks in order, and may stall, crash, restart, lie and lag. */
import type { Partial, Task } from '../../shared/protocol/tasks.ts';
import type { ErrorCode } from '../../shared/errors.ts';
import type { Random } from '../../shared/random/random.ts';
import { exponential } from './link.ts';
import { answerTask, type Model } from './model.ts';
import type { VirtualTime } from './virtual-time.ts';

export type Reply = { readonly ok: true; readonly partial: Partial } | { readonly ok: false; readonly code: ErrorCode };

export interface SimReport {
  readonly leaf: string;
  readonly incarnation: number;
  readonly sequence: number;
  readonly queued: number;
  /** Shards it says it has ready. */
  readonly ready: readonly number[];
}

export interface LeafWorld {
  readonly time: VirtualTime;
  readonly random: Random;
  readonly model: Model;
  readonly reply: (leaf: string, incarnation: number, id: number, reply: Reply) => void;
  readonly report: (report: SimReport) => void;
}

interface Waiting {
  readonly id: number;
  readonly task: Task;
  readonly deadline: number;
  readonly incarnation: number;
}

const heartbeatMs = 250;
const serviceMsPerShard = 0.15;
/** More than this many tasks waiting are refused. */
const queueMax = 200;

export class SimLeaf {
  readonly name: string;
  /** Ready here. */
  readonly shards: Set<number>;
  isUp = true;
  incarnation = 1;
  /** Multiplies the time of every task. */
  slowness = 1;
  /** Share of answers that are for other shards than were asked. */
  lieChance = 0;
  /** Tasks done, and those of them nobody wanted any more. */
  served = 0;
  /** What it last said it has, when it tells old news. */
  private oldNews: readonly number[] | null = null;
  private stalledUntil = 0;
  private sequence = 0;
  private queue: Waiting[] = [];
  private seen = new Set<number>();
  private working = false;
  private readonly world: LeafWorld;

  constructor(name: string, shards: Iterable<number>, world: LeafWorld) {
    this.name = name;
    this.shards = new Set(shards);
    this.world = world;
    this.beat();
  }

  /** A task or a cancel arrives. A frozen process reads its socket when it thaws, all of it before it works. */
  receiveTask(id: number, task: Task): void {
    this.whenAwake(() => {
      if (this.seen.has(id)) return;
      this.seen.add(id);
      const deadline = this.world.time.now() + task.remainingMs;
      if (this.queue.length >= queueMax) return this.answer({ ok: false, code: 'LEAF_BUSY' }, id, this.incarnation);
      this.queue.push({ id, task, deadline, incarnation: this.incarnation });
      this.work();
    });
  }

  receiveCancel(id: number): void {
    this.whenAwake(() => {
      this.seen.add(id);
      this.queue = this.queue.filter((waiting) => waiting.id !== id);
    });
  }

  stall(until: number): void {
    this.stalledUntil = Math.max(this.stalledUntil, until);
  }

  crash(): void {
    this.isUp = false;
    this.queue = [];
  }

  restart(): void {
    this.isUp = true;
    this.incarnation++;
    this.stalledUntil = 0;
    this.seen = new Set();
    this.oldNews = null;
    this.reportNow();
  }

  /** From now on it reports what it has now, whatever it has later; or the truth again. */
  tellOldNews(old: boolean): void {
    this.oldNews = old ? [...this.shards] : null;
  }

  reportNow(): void {
    if (!this.isUp || this.world.time.now() < this.stalledUntil) return;
    this.world.report({
      leaf: this.name,
      incarnation: this.incarnation,
      sequence: ++this.sequence,
      queued: this.queue.length,
      ready: [...(this.oldNews ?? this.shards)],
    });
  }

  private beat(): void {
    this.reportNow();
    this.world.time.after(heartbeatMs, () => this.beat());
  }

  private whenAwake(action: () => void): void {
    const { time } = this.world;
    const { incarnation } = this;
    if (!this.isUp) return;
    if (time.now() >= this.stalledUntil) return action();
    time.at(this.stalledUntil, () => {
      if (this.isUp && this.incarnation === incarnation) this.whenAwake(action);
    });
  }

  private work(): void {
    if (this.working || this.queue.length === 0) return;
    this.working = true;
    // What arrived at the same moment is read first.
    this.world.time.after(0, () => this.whenAwakeOrDead(() => this.serve()));
  }

  private whenAwakeOrDead(action: () => void): void {
    if (!this.isUp) this.working = false;
    else if (this.world.time.now() >= this.stalledUntil) action();
    else this.world.time.at(this.stalledUntil, () => this.whenAwakeOrDead(action));
  }

  private serve(): void {
    const { time, random } = this.world;
    const next = this.queue.shift();
    this.working = false;
    if (next === undefined) return;
    if (time.now() >= next.deadline) {
      this.answer({ ok: false, code: 'LEAF_TIMEOUT' }, next.id, next.incarnation);
      return this.work();
    }
    this.working = true;
    const serviceMs = exponential(random, serviceMsPerShard * next.task.shards.length * this.slowness);
    time.after(serviceMs, () =>
      this.whenAwakeOrDead(() => {
        this.working = false;
        this.served++;
        this.answer({ ok: true, partial: this.partialOf(next.task) }, next.id, next.incarnation);
        this.work();
      }),
    );
  }

  private partialOf(task: Task): Partial {
    const { random, model } = this.world;
    if (random.chance(this.lieChance)) {
      const others = random.shuffle([...this.shards]).slice(0, task.shards.length);
      return answerTask(model, { ...task, shards: others }, others);
    }
    return answerTask(
      model,
      task,
      task.shards.filter((shard) => this.shards.has(shard)),
    );
  }

  private answer(reply: Reply, id: number, incarnation: number): void {
    if (this.isUp && this.incarnation === incarnation) this.world.reply(this.name, incarnation, id, reply);
  }
}
