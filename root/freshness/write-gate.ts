/**
 * Holds writes back while the replicas of a shard lag too far behind the log: what is acknowledged would be searchable
 * later and later. Pure: the clock comes in.
 */
import type { IndexDefinition } from '../../shared/catalog/catalog.ts';
import type { Clock } from '../../shared/clock/clock.ts';
import { SheafError } from '../../shared/errors.ts';
import { partitionOf } from '../../shared/index-kinds/partitions.ts';
import type { ShardDirectory } from '../plan/shard-directory.ts';

export interface WriteGateOptions {
  readonly clock: Clock;
  readonly directory: Pick<ShardDirectory, 'readyOwners' | 'lagsOf'>;
  /** How far behind the best replica of a shard may be. */
  readonly lagMaxMs: number;
  /** Told of every refusal. */
  readonly onHeldBack: () => void;
}

/** Less than the time between two reports of a leaf. */
const keptMs = 100;

export class WriteGate {
  private readonly options: WriteGateOptions;
  /** By index id. */
  private readonly known = new Map<string, { readonly at: number; readonly held: ReadonlyMap<number, number> }>();

  constructor(options: WriteGateOptions) {
    this.options = options;
  }

  /**
   * Why nothing may be written to these partitions of an index now, REPLICAS_BEHIND, or null. One replica that keeps up
   * is enough, and where none answers there is none to wait for.
   */
  obstacle(index: IndexDefinition, partitions: () => readonly string[]): SheafError | null {
    const held = this.heldShards(index);
    if (held.size === 0) return null;
    const written = new Set(partitions());
    for (const [shard, behindMs] of held) {
      if (!written.has(partitionOf(index, shard))) continue;
      this.options.onHeldBack();
      const { lagMaxMs } = this.options;
      return new SheafError('REPLICAS_BEHIND', { detail: { shard, behindMs: Math.round(behindMs), lagMaxMs } });
    }
    return null;
  }

  /**
   * The same for one request that is written piece by piece. What has begun goes on for as long as a replica may lag, so
   * that a request of ordinary size is taken whole or not at all.
   */
  ofRequest(index: IndexDefinition): (partitions: () => readonly string[]) => SheafError | null {
    const { clock, lagMaxMs } = this.options;
    let begunAt: number | null = null;
    return (partitions) => {
      if (begunAt !== null && clock.now() - begunAt < lagMaxMs) return null;
      begunAt ??= clock.now();
      return this.obstacle(index, partitions);
    };
  }

  /** The shards whose best replica lags too far, and by how much; looked up now and then, since leaves report no oftener. */
  private heldShards({ id, shards }: IndexDefinition): ReadonlyMap<number, number> {
    const { clock, directory, lagMaxMs } = this.options;
    const now = clock.now();
    const known = this.known.get(id);
    if (known !== undefined && now - known.at < keptMs) return known.held;
    const held = new Map<number, number>();
    for (const [shard, leaves] of directory.readyOwners(id, shards).entries()) {
      const since = leaves.map((leaf) => directory.lagsOf(leaf, id).get(shard)?.since ?? now);
      const behindMs = since.length === 0 ? 0 : now - Math.max(...since);
      if (behindMs > lagMaxMs) held.set(shard, behindMs);
    }
    this.known.set(id, { at: now, held });
    return held;
  }
}
