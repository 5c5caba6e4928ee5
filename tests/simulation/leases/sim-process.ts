/** A process that wants leases and works under them, over a network and a clock that misbehave. */
import { Holder, type HolderEffect, type Tenure } from '../../../shared/lease/holder.ts';
import type { Random } from '../../../shared/random/random.ts';
import type { VirtualTime } from '../virtual-time.ts';
import type { Place } from './place.ts';
import { entriesOf, type SimLog } from './sim-log.ts';

/** What a process lives in. */
export interface LeaseWorld {
  readonly time: VirtualTime;
  readonly random: Random;
  readonly log: SimLog;
  readonly places: ReadonlyMap<string, Place>;
  readonly ttlMs: number;
  readonly checkpointEvery: number;
  /** Milliseconds that a message takes, or null where it is lost. */
  readonly delayMs: () => number | null;
  /** Whether messages are late and lost no more. */
  readonly isHealed: () => boolean;
  /** Whether the log answers. */
  readonly isLogThere: () => boolean;
  /** Told once something was recorded or trimmed. */
  readonly onLog: () => void;
  readonly onAct: (process: SimProcess, tenure: Tenure) => void;
  readonly onRead: (process: SimProcess) => void;
  readonly trace: (line: string) => void;
}

export class SimProcess {
  readonly name: string;
  /** Whether its messages pass. */
  isCut = false;
  readonly tenures = new Map<string, Tenure>();
  private readonly world: LeaseWorld;
  private readonly rate: number;
  private life = 0;
  private holder!: Holder;
  private holderName = '';
  /** The next offset to read. */
  private position = 0;
  private copiesSeen = 0;
  private isDelivering = false;
  private wakeAt: { readonly cancel: () => void } | null = null;
  private isPaused = false;
  /** What happens to it while it is paused happens when it goes on. */
  private waiting: (() => void)[] = [];
  private jumpedMs = 0;
  private stoppedMs = 0;
  private pausedAt = 0;

  constructor(name: string, world: LeaseWorld) {
    this.name = name;
    this.world = world;
    // Clocks of machines are some per mille apart; two per cent is far beyond.
    this.rate = 0.98 + world.random.next() * 0.04;
    this.start();
  }

  now(): number {
    return (this.world.time.now() - this.stoppedMs) * this.rate + this.jumpedMs;
  }

  get table(): Holder['leases'] {
    return this.holder.leases;
  }

  /** Whether it would act on its lease now, if it ran. */
  believes(name: string): boolean {
    const tenure = this.tenures.get(name);
    return tenure !== undefined && !tenure.ended && this.now() < tenure.validUntilMs;
  }

  restart(): void {
    this.life++;
    this.waiting = [];
    this.isPaused = false;
    this.start();
  }

  pause(): void {
    if (!this.isPaused) this.pausedAt = this.world.time.now();
    this.isPaused = true;
  }

  /** @param clockStopped whether its clock stood still meanwhile, as that of a machine which is suspended */
  resume(clockStopped: boolean): void {
    if (!this.isPaused) return;
    if (clockStopped) this.stoppedMs += this.world.time.now() - this.pausedAt;
    this.isPaused = false;
    const waiting = this.waiting;
    this.waiting = [];
    for (const action of waiting) this.run(action);
    this.run(() => this.settle());
  }

  jump(ms: number): void {
    this.jumpedMs += ms;
    this.run(() => this.settle());
  }

  /** Reads on, where there is something to read and the network allows it. */
  deliver(): void {
    if (this.isDelivering || this.isCut || !this.world.isLogThere()) return;
    const { log } = this.world;
    if (this.copiesSeen === log.copiesPutBack && log.next(this.position) === undefined) return;
    this.isDelivering = true;
    this.later(this.world.delayMs() ?? 50, () => {
      this.isDelivering = false;
      if (this.isCut || !this.world.isLogThere()) return;
      this.readNext();
      this.deliver();
    });
  }

  private start(): void {
    const { log, checkpointEvery, places, ttlMs } = this.world;
    this.holderName = `${this.name}.${this.life}`;
    this.holder = new Holder({ holder: this.holderName, checkpointEvery });
    this.tenures.clear();
    this.isDelivering = false;
    this.beginReading();
    this.copiesSeen = log.copiesPutBack;
    for (const place of places.keys()) this.holder.want(place, ttlMs);
    this.later(0, () => this.settle());
    this.deliver();
  }

  private beginReading(): void {
    const { log } = this.world;
    this.holder.begin(log.earliest === 0);
    this.position = log.earliest;
  }

  private readNext(): void {
    const { log } = this.world;
    // The client of a log finds a copy that lacks what it has read, and this process ends and is started anew.
    if (this.copiesSeen !== log.copiesPutBack) {
      this.carryOut(this.holder.end());
      return this.restart();
    }
    if (this.position < log.earliest) this.beginReading();
    const batch = log.next(this.position);
    if (batch === undefined) return;
    this.position = batch.lastOffset + 1;
    this.carryOut(this.holder.read(entriesOf(batch), batch.lastOffset, this.now()));
    this.world.onRead(this);
    this.settle();
  }

  private settle(): void {
    this.carryOut(this.holder.wake(this.now()));
    this.wakeAt?.cancel();
    const next = this.holder.nextWakeAtMs();
    if (next === Infinity) return;
    const delayMs = Math.max(0.1, (next - this.now()) / this.rate);
    this.wakeAt = this.later(delayMs, () => this.settle());
  }

  private carryOut(effects: readonly HolderEffect[]): void {
    for (const effect of effects) {
      this.world.trace(`${this.holderName} ${JSON.stringify(effect)}`);
      switch (effect.kind) {
        case 'append':
          this.append(effect);
          break;
        case 'held':
          this.tenures.set(effect.tenure.name, effect.tenure);
          this.enter(effect.tenure);
          break;
        case 'lost':
          this.wantAgain(effect.tenure.name);
          break;
        case 'trim':
          this.trim(effect.before);
          break;
        case 'refused':
          throw new Error('there are few leases');
      }
    }
  }

  private append({ attempt, entries, timeoutMs }: Extract<HolderEffect, { kind: 'append' }>): void {
    const { random } = this.world;
    let isAnswered = false;
    const record = (): void => {
      this.send(() => {
        this.world.log.append(entries);
        const back = this.world.delayMs();
        if (back !== null && !this.isCut) this.later(back, () => (isAnswered = true));
      });
    };
    record();
    // Sent again by a client that has lost its connection, to a log that does not know it any more.
    if (random.chance(0.1)) this.later(random.next() * this.world.ttlMs * 2, record);
    this.later(timeoutMs, () => {
      if (isAnswered) return;
      this.holder.failed(attempt, this.now());
      this.settle();
    });
  }

  private trim(before: number): void {
    const { log } = this.world;
    const copies = log.copiesPutBack;
    // Of another copy it would not be asked: see Log.trim.
    this.send(() => copies === log.copiesPutBack && log.trim(before));
  }

  /** To the log: it may come late, wait for a log that is away, or be lost. */
  private send(action: () => unknown): void {
    const { time, random, ttlMs } = this.world;
    const delayMs = this.world.delayMs();
    if (delayMs === null || this.isCut) return;
    const isLate = !this.world.isHealed() && random.chance(0.03);
    time.after(isLate ? delayMs + random.next() * ttlMs * 2 : delayMs, () => {
      if (!this.world.isLogThere()) return;
      action();
      this.world.onLog();
    });
  }

  private wantAgain(name: string): void {
    this.tenures.delete(name);
    this.holder.want(name, this.world.ttlMs);
    this.later(this.world.random.next() * 200, () => this.settle());
  }

  /** Shows the token to the place, and reads. */
  private enter(tenure: Tenure): void {
    this.visit(tenure, (place, token) => place.read(token));
  }

  /** One visit of the place under the lease: looked at before it is sent, and it may take its time. */
  private visit(tenure: Tenure, act: (place: Place, token: Parameters<Place['read']>[0]) => number | null): void {
    if (!this.believes(tenure.name) || this.tenures.get(tenure.name) !== tenure) return;
    this.world.onAct(this, tenure);
    const { time, random, places, ttlMs } = this.world;
    const token = { log: 'log', offset: tenure.token, holder: this.holderName };
    const isLate = !this.world.isHealed() && random.chance(0.1);
    const delayMs = isLate ? random.next() * ttlMs * 3 : random.next() * 20;
    time.after(delayMs, () => {
      const value = act(places.get(tenure.name)!, token);
      this.world.trace(`${this.holderName} at ${tenure.name} with ${tenure.token}: ${value ?? 'refused'}`);
      this.later(random.next() * 20, () => this.answered(tenure, value));
    });
  }

  private answered(tenure: Tenure, value: number | null): void {
    if (this.tenures.get(tenure.name) !== tenure) return;
    const { random, time, ttlMs } = this.world;
    // Refused by the place, or done for now: somebody else may have it.
    if (value === null || random.chance(0.1)) {
      this.carryOut(this.holder.release(tenure.name));
      this.wantAgain(tenure.name);
      return this.settle();
    }
    this.later((random.next() * ttlMs) / 8, () => {
      this.visit(tenure, (place, token) => place.write(token, value, time.now()));
    });
  }

  private later(delayMs: number, action: () => void): { readonly cancel: () => void } {
    const { life } = this;
    return this.world.time.after(delayMs, () => {
      if (life === this.life) this.run(action);
    });
  }

  private run(action: () => void): void {
    if (this.isPaused) this.waiting.push(action);
    else action();
  }
}
