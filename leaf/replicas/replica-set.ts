/** The replicas of a leaf: those it should have are opened, those it should not have any more are handed over. */
import type { ReplicaReport } from '../../shared/protocol/reports.ts';
import type { ReplicaMessage } from '../indexing/messages.ts';
import { decide, notElsewhere, type LeafView } from './decide.ts';
import { replicaName, type PlacedShard } from './placement.ts';
import { Replica, type ReplicaWorld } from './replica.ts';

export class ReplicaSet {
  private readonly world: ReplicaWorld;
  private readonly replicas = new Map<string, Replica>();

  constructor(world: ReplicaWorld) {
    const onChange = (): void => {
      this.forgetClosed();
      world.onChange();
    };
    this.world = { ...world, onChange };
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

  reports(): ReplicaReport[] {
    return Array.from(this.replicas.values(), (replica) => replica.report());
  }

  snapshots(): Replica['snapshot'][] {
    return Array.from(this.replicas.values(), (replica) => replica.snapshot);
  }

  /** Brings the replicas in line with what the leaf knows. To be called whenever that changes. */
  change(view: LeafView): void {
    const { open, events } = decide(this.replicas, view);
    for (const { name, event } of events) this.replicas.get(name)?.live(event);
    for (const placed of open) this.open(placed);
    for (const [name, replica] of this.replicas) replica.changeFields(view.placement.get(name)!.fields);
  }

  /** See notElsewhere. */
  notElsewhere(view: LeafView): string[] {
    return notElsewhere(this.replicas, view);
  }

  /** A message of the indexing thread about one replica. One that was let go meanwhile is not there any more. */
  receive(message: ReplicaMessage): void {
    for (const replica of this.replicas.values()) {
      if (replica.owns(message)) return replica.receive(message);
    }
  }

  /** Ends all subscriptions; files stay. */
  close(): void {
    for (const replica of this.replicas.values()) replica.live({ kind: 'close', discard: false });
  }

  private forgetClosed(): void {
    for (const [name, { life }] of this.replicas) if (life.kind === 'closed') this.replicas.delete(name);
  }

  private open(placed: PlacedShard): void {
    this.replicas.set(replicaName(placed.indexId, placed.shard), new Replica(this.world, placed));
    this.world.onChange();
  }
}
