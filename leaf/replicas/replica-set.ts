/** The replicas of a leaf: those it should have are opened, those it should not have any more are let go. */
import type { ReplicaReport } from '../../shared/protocol/reports.ts';
import type { ReplicaMessage } from '../indexing/messages.ts';
import { replicaName, type DesiredReplica } from './desired.ts';
import { Replica, type ReplicaWorld } from './replica.ts';

export class ReplicaSet {
  private readonly world: ReplicaWorld;
  private readonly replicas = new Map<string, { readonly replica: Replica; fields: DesiredReplica['fields'] }>();

  constructor(world: ReplicaWorld) {
    this.world = world;
  }

  /** The replica of a shard, in whatever state, or undefined. */
  find(indexId: string, shard: number): Replica | undefined {
    return this.replicas.get(replicaName(indexId, shard))?.replica;
  }

  get isLoading(): boolean {
    return [...this.replicas.values()].some(({ replica }) => !replica.isReady);
  }

  /** Names of all replicas. */
  names(): string[] {
    return [...this.replicas.keys()];
  }

  reports(): ReplicaReport[] {
    return Array.from(this.replicas.values(), ({ replica }) => replica.report());
  }

  snapshots(): Replica['snapshot'][] {
    return Array.from(this.replicas.values(), ({ replica }) => replica.snapshot);
  }

  /** Opens, closes and updates until the replicas are those desired. */
  change(desired: readonly DesiredReplica[]): void {
    const names = new Set(desired.map(({ indexId, shard }) => replicaName(indexId, shard)));
    for (const [name, { replica }] of this.replicas) {
      if (names.has(name)) continue;
      this.replicas.delete(name);
      replica.close(true);
    }
    for (const one of desired) this.openOrUpdate(one);
    this.world.onChange();
  }

  /** A message of the indexing thread about one replica. One that was let go meanwhile is not there any more. */
  receive(message: ReplicaMessage): void {
    for (const { replica } of this.replicas.values()) {
      if (replica.owns(message)) return replica.receive(message);
    }
  }

  /** Ends all subscriptions; files stay. */
  close(): void {
    for (const { replica } of this.replicas.values()) replica.close(false);
  }

  private openOrUpdate(desired: DesiredReplica): void {
    const name = replicaName(desired.indexId, desired.shard);
    const { fields } = desired;
    const known = this.replicas.get(name);
    if (known === undefined) {
      this.replicas.set(name, { replica: new Replica(this.world, desired), fields });
    } else if (known.fields.length !== fields.length) {
      // Fields are only ever added, so as many are the same.
      known.fields = fields;
      known.replica.changeFields(fields);
    }
  }
}
