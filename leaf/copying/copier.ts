/** Copies replicas from other leaves, a few at a time. Touches the world: HTTP and files. */
import { join } from 'node:path';
import pLimit from 'p-limit';
import { SheafError } from '../../shared/errors.ts';
import type { Secret } from '../../shared/secret/proof.ts';
import type { Telemetry } from '../../shared/telemetry/telemetry.ts';
import type { Address } from '../../shared/transport/address.ts';
import { fetchReplica } from './fetch-replica.ts';

export interface CopierWorld {
  /** Holds a folder for each copy; on the file system of the replicas. */
  readonly folder: string;
  readonly telemetry: Telemetry;
  /** Of the cluster; undefined where it has none. */
  readonly secret: Secret | undefined;
  /** Where a leaf can be reached; undefined when it cannot. */
  readonly addressOf: (leaf: string) => Address | undefined;
  /** Identity of the log of this leaf; null where it has not met one. */
  readonly cluster: () => string | null;
  readonly onCopied: (bytes: number) => void;
  readonly onFailed: () => void;
}

/** Two keep a link busy while one waits for a disk; more would only make each later. */
const copiesMax = 2;

export class Copier {
  private readonly world: CopierWorld;
  private readonly limit = pLimit({ concurrency: copiesMax, rejectOnClear: true });
  private copies = 0;

  constructor(world: CopierWorld) {
    this.world = world;
  }

  /** Resolves to the folder with the files. Rejects when the leaf cannot give them, or after the signal. */
  async copy(leaf: string, place: { indexId: string; shard: number }, signal: AbortSignal): Promise<string> {
    const fields = { from: leaf, index: place.indexId, shard: place.shard };
    try {
      return await this.limit(async () => {
        // Whoever waited for a turn may not want it any more.
        signal.throwIfAborted();
        return await this.copyNow(leaf, place, signal);
      });
    } catch (error) {
      if (!signal.aborted) {
        this.world.onFailed();
        this.world.telemetry.warn({ ...fields, err: error }, 'a replica could not be copied');
      }
      throw error;
    }
  }

  private async copyNow(leaf: string, place: { indexId: string; shard: number }, signal: AbortSignal): Promise<string> {
    const from = this.world.addressOf(leaf);
    if (from === undefined) throw new SheafError('LEAF_UNREACHABLE', { detail: { leaf, reason: 'it is gone' } });
    const folder = join(this.world.folder, `taken-${++this.copies}`);
    const cluster = this.world.cluster();
    const bytes = await fetchReplica({ from, ...place, folder, cluster, secret: this.world.secret, signal });
    this.world.onCopied(bytes);
    this.world.telemetry.info({ from: leaf, index: place.indexId, shard: place.shard, bytes }, 'a replica was copied');
    return folder;
  }
}
