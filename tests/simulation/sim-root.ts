/**
 * A root process: the real read path, door and defences, and the real peers, over simulated connections. Stands in for
 * what dials leaves, and for what puts the reports of all peers together.
 */
import { HeadBook } from '../../root/freshness/head-book.ts';
import { ShardMap, type StoppedShard } from '../../root/membership/shard-map.ts';
import { InTurns } from '../../root/membership/in-turns.ts';
import { LeafPeer } from '../../root/membership/leaf-peer.ts';
import type { DoorDependencies } from '../../root/plan/admitted.ts';
import { composeReadPath } from '../../root/plan/compose-read-path.ts';
import type { RoundDependencies } from '../../root/plan/round.ts';
import type { ShardDirectory } from '../../root/plan/shard-directory.ts';
import { Defence } from '../../root/scatter/defence.ts';
import type { LeafPort, TaskOutcome } from '../../root/scatter/drive.ts';
import type { HedgeCounts } from '../../root/scatter/scatter.ts';
import type { ConnectionEvents } from '../../shared/transport/connection.ts';
import type { LeafReport } from '../../shared/protocol/reports.ts';
import type { Task } from '../../shared/protocol/tasks/tasks.ts';
import type { Random } from '../../shared/random/random.ts';
import { BudgetCheck } from './budget-check.ts';
import { connect, type ConnectionEnd } from './connection.ts';
import type { Link } from './link.ts';
import { TimerCount } from './timer-count.ts';
import type { VirtualTime } from './virtual-time.ts';

/** What a root needs of a leaf: where it is. */
export interface DialledLeaf {
  readonly name: string;
  /** A root connects. */
  accept(end: ConnectionEnd): void;
}

/** The two directions between a root and a leaf. */
export interface Path {
  readonly leaf: DialledLeaf;
  readonly there: Link;
  readonly back: Link;
}

export interface RootWorld {
  readonly time: VirtualTime;
  readonly random: Random;
  readonly paths: readonly Path[];
  readonly onHedges: (counts: HedgeCounts) => void;
  readonly note: (line: string) => void;
  readonly violate: (what: string) => void;
}

/** Small enough to be spent in a short run. */
const budgets = { hedgeBudget: { share: 0.05, capacity: 50 }, retryBudget: { share: 0.2, capacity: 400 } };
/** A connection that is not there by then is given up. */
const connectMs = 500;
const redialMsMax = 200;

export class SimRoot implements LeafPort, ShardDirectory {
  /** What the read path is given. */
  readonly dependencies: RoundDependencies & DoorDependencies;
  private readonly name: string;
  private readonly world: RootWorld;
  private readonly peers = new Map<string, LeafPeer>();
  private readonly lastDocuments = new Map<number, number>();
  private readonly budgets: readonly BudgetCheck[];
  private readonly timers: TimerCount;
  /** Attempts that were neither answered nor cancelled. */
  private readonly openByLeaf = new Map<string, number>();
  /** In all tasks of all rounds. */
  private shardsSent = 0;

  constructor(name: string, world: RootWorld) {
    this.name = name;
    this.world = world;
    const { time: clock, random, onHedges } = world;
    const defence = new Defence({ hedging: true, onHedges, ...budgets });
    this.budgets = [
      new BudgetCheck('hedges', defence.hedgeBudget, budgets.hedgeBudget),
      new BudgetCheck('retries', defence.retryBudget, budgets.retryBudget),
    ];
    this.timers = new TimerCount(clock);
    this.dependencies = {
      ...composeReadPath({
        clock,
        timers: this.timers,
        random: () => random.next(),
        leaves: this,
        directory: this,
        heads: new HeadBook(),
        defence,
      }),
      // Its thread takes no time here.
      loop: { behindMs: 0 },
    };
    const readings = new InTurns(clock, (turn) => void clock.afterReading(turn));
    for (const path of world.paths) {
      const place = { name: path.leaf.name, address: { host: path.leaf.name, port: 1 } };
      this.openByLeaf.set(path.leaf.name, 0);
      this.peers.set(path.leaf.name, new LeafPeer(place, { clock, book: defence.book, readings }));
      this.dial(path);
    }
  }

  send<T extends Task>(leaf: string, task: T, onOutcome: (outcome: TaskOutcome<T>) => void): { cancel: () => void } {
    this.count(leaf, 1);
    this.shardsSent += task.shards.length;
    const call = this.peers.get(leaf)!.send(task, (outcome) => {
      this.count(leaf, -1);
      this.world.note(`${this.name} ${leaf} ${outcome.ok ? outcome.partial.shards.join() : outcome.error.code}`);
      onOutcome(outcome);
    });
    return {
      cancel: () => {
        this.count(leaf, -1);
        call.cancel();
      },
    };
  }

  hasNewShards(): boolean {
    return false;
  }

  stopsOf(indexId: string, shards: number): readonly StoppedShard[] {
    return this.shards.stopsOf(indexId, shards);
  }

  readyOwners(indexId: string, shards: number): readonly (readonly string[])[] {
    return this.shards.ownersOf(indexId, shards);
  }

  documentsOf(_indexId: string, shard: number): number | null {
    return this.lastDocuments.get(shard) ?? null;
  }

  summaryOf(): null {
    return null;
  }

  stateOf(_indexId: string, shards: number): readonly number[] | null {
    const offsets = new Map<number, number>();
    for (const { replicas } of this.reports().values()) {
      for (const { shard, state, offset } of replicas.values()) {
        if (state === 'loading') continue;
        if ((offsets.get(shard) ?? offset) !== offset) return null;
        offsets.set(shard, offset);
      }
    }
    const inOrder = Array.from({ length: shards }, (_, shard) => offsets.get(shard) ?? null);
    return inOrder.every((offset) => offset !== null) ? inOrder : null;
  }

  /** No log is simulated. */
  lagsOf(): ReadonlyMap<number, never> {
    return new Map<number, never>();
  }

  /** Made anew for each question. */
  private get shards(): ShardMap {
    return new ShardMap(() => this.reports().values());
  }

  isUp(leaf: string): boolean {
    return this.reports().has(leaf);
  }

  reports(): ReadonlyMap<string, LeafReport> {
    const reports = new Map<string, LeafReport>();
    for (const { report } of this.peers.values()) if (report !== null) reports.set(report.leaf, report);
    return reports;
  }

  /** What must be left when nothing is asked any more: nothing. */
  checkRest(violate: (what: string) => void): void {
    const { defence } = this.dependencies;
    const sum = (counts: Iterable<number>): number => [...counts].reduce((total, count) => total + count, 0);
    const left: [count: number, what: string][] = [
      [sum(this.openByLeaf.values()), 'attempts'],
      [sum([...this.peers.values()].map((peer) => peer.openCalls)), 'calls'],
      [this.timers.waiting, 'timers'],
      [defence.book.inFlight, 'shards in flight'],
    ];
    for (const [count, what] of left) if (count !== 0) violate(`${this.name}: ${count} ${what} never ended`);
    for (const budget of this.budgets) budget.check((what) => violate(`${this.name}: ${what}`));
    this.checkSent(violate);
  }

  /** Nothing was asked past the budgets: each shard once, and again as often as they have allowed. */
  private checkSent(violate: (what: string) => void): void {
    const [hedges, retries] = this.budgets as [BudgetCheck, BudgetCheck];
    const allowed = hedges.earned + hedges.granted + retries.granted;
    if (this.shardsSent > allowed) violate(`${this.name}: ${this.shardsSent} shards were sent, ${allowed} are allowed`);
  }

  /** Connects, and connects again whenever the connection has ended. */
  private dial(path: Path): void {
    const { time, random } = this.world;
    const { leaf, there, back } = path;
    const [near, far] = connect(time, { there, back });
    const again = (): void => void time.after(random.next() * redialMsMax, () => this.dial(path));
    near.startWhenAnswered(() => this.attach(leaf.name, near, again));
    there.carry(() => leaf.accept(far));
    time.after(connectMs, () => {
      if (near.isStarted) return;
      near.close();
      again();
    });
  }

  private attach(leaf: string, near: ConnectionEnd, again: () => void): ConnectionEvents {
    const { note, violate } = this.world;
    const peer = this.peers.get(leaf)!;
    note(`${this.name} ${leaf} connected`);
    let last = -1;
    return peer.attach(near, {
      onReport: ({ sequence, replicas }) => {
        if (sequence <= last) violate(`${this.name} ${leaf} takes report ${sequence} after ${last}`);
        last = sequence;
        for (const { shard, documents } of replicas.values()) this.lastDocuments.set(shard, documents);
      },
      onArrival: (report) => {
        if (report.leaf !== leaf) violate(`${leaf} calls itself ${report.leaf}`);
        return null;
      },
      onGone: () => {
        note(`${this.name} ${leaf} disconnected`);
        if (peer.report !== null) violate(`${this.name} believes ${leaf}, which is gone`);
        if (this.openByLeaf.get(leaf) !== 0) violate(`${this.name} waits for ${leaf}, which is gone`);
        again();
      },
    });
  }

  private count(leaf: string, change: 1 | -1): void {
    this.openByLeaf.set(leaf, (this.openByLeaf.get(leaf) ?? 0) + change);
  }
}
