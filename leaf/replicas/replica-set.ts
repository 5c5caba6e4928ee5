/** The replicas of a leaf: those it should have are opened, those it should not have any more are handed over. */
import { replicaName, replicasOf, type Replicas } from '../../shared/protocol/replicas.ts';
import type { ReplicaReport } from '../../shared/protocol/reports.ts';
import type { ReplicaMessage } from '../indexing/messages.ts';
import { decide, notElsewhere, type LeafView } from './decide.ts';
import { HeadReader } from './head-reader.ts';
import type { PlacedShard } from './placement.ts';
import { Replica, type ReplicaWorld } from './replica.ts';

/** What the replicas of a set are given, but for what the set itself does for them. */
export interface ReplicaSetWorld extends Omit<ReplicaWorld, 'number' | 'onChange' | 'headOf'> {
  /** Something that is reported of a replica has changed. */
  readonly onChange: () => void;
}

export class ReplicaSet {
  private readonly world: ReplicaWorld;
  private readonly onChange: () => void;
  private readonly replicas = new Map<string, Replica>();
  /** By the number in messages of the indexing thread. */
  private readonly byNumber = new Map<number, Replica>();
  /** Names of those that are on their way out: what others tell of themselves matters to no others. */
  private readonly leaving = new Set<string>();
  private reported = replicasOf([]);
  private lastNumber = 0;

  constructor({ onChange, ...world }: ReplicaSetWorld) {
    this.onChange = onChange;
    const heads = new HeadReader(world.log);
    this.world = {
      ...world,
      headOf: (partition) => heads.read(partition),
      number: (replica) => this.number(replica),
      onChange: (replica) => this.changed(replica),
    };
  }

  /** The replica of a shard, in whatever state, or undefined. */
  find(indexId: string, shard: number): Replica | undefined {
    return this.replicas.get(replicaName(indexId, shard));
  }

  get isLoading(): boolean {
    return [...this.replicas.values()].some(({ isReady }) => !isReady);
  }

  /** Replicas that cannot read on. */
  get stoppedCount(): number {
    return [...this.replicas.values()].filter(({ stopped }) => stopped !== null).length;
  }

  /** Names of all replicas. */
  names(): string[] {
    return [...this.replicas.keys()];
  }

  /** What is to be told of all of them, at no cost. */
  get reports(): Replicas {
    return this.reported;
  }

  snapshots(): Replica['snapshot'][] {
    return Array.from(this.replicas.values(), (replica) => replica.snapshot);
  }

  /**
   * Brings the replicas in line with what the leaf knows. To be called whenever that changes. Cost: a step for each that is
   * touched or on its way out; for each there is, while the leaf is leaving.
   * @param touched names of the replicas whose place in the view is another than at the last call
   */
  change(view: LeafView, touched: ReadonlySet<string>): void {
    const names = view.leaving ? touched.union(this.replicas) : touched.union(this.leaving);
    const { open, events } = decide(this.replicas, view, names);
    for (const { name, event } of events) this.replicas.get(name)?.live(event);
    for (const placed of open) this.open(placed);
    for (const name of touched) {
      const placed = view.placement.get(name);
      if (placed !== undefined) this.replicas.get(name)?.changeFields(placed.fields);
    }
  }

  /** More is known of a shard than its replica told. */
  tellAnew(indexId: string, shard: number): void {
    const replica = this.find(indexId, shard);
    if (replica !== undefined) this.changed(replica);
  }

  /** See notElsewhere. */
  notElsewhere(view: LeafView): string[] {
    return notElsewhere(this.replicas, view);
  }

  /** A message of the indexing thread about one replica. One that was let go meanwhile is not there any more. */
  receive(message: ReplicaMessage): void {
    this.byNumber.get(message.replica)?.receive(message);
  }

  /** Ends all subscriptions; files stay. */
  close(): void {
    for (const replica of this.replicas.values()) replica.live({ kind: 'close', discard: false });
  }

  private open(placed: PlacedShard): void {
    const replica = new Replica(this.world, placed);
    this.replicas.set(replicaName(placed.indexId, placed.shard), replica);
    this.changed(replica);
  }

  /** A number never given before. */
  private number(replica: Replica): number {
    this.byNumber.delete(replica.openedAs);
    this.byNumber.set(++this.lastNumber, replica);
    return this.lastNumber;
  }

  private changed(replica: Replica): void {
    const { life, indexId, shard } = replica;
    const name = replicaName(indexId, shard);
    if (life.kind === 'draining' || life.kind === 'lingering') this.leaving.add(name);
    else this.leaving.delete(name);
    const before = this.reported;
    if (life.kind === 'closed') this.forget(name, replica);
    else this.report(name, replica.report());
    if (this.reported !== before) this.onChange();
  }

  private forget(name: string, replica: Replica): void {
    this.replicas.delete(name);
    this.byNumber.delete(replica.openedAs);
    this.reported = this.reported.without(name);
  }

  private report(name: string, report: ReplicaReport): void {
    const before = this.reported.get(name);
    if (before === undefined || !isSame(before, report)) this.reported = this.reported.with(name, report);
  }
}

function isSame(a: ReplicaReport, b: ReplicaReport): boolean {
  if (a.state !== b.state || a.since !== b.since || a.stopped !== b.stopped || a.stored !== b.stored) return false;
  if (a.columns !== b.columns || a.unrouted !== b.unrouted) return false;
  return a.offset === b.offset && a.documents === b.documents && a.bytes === b.bytes;
}
