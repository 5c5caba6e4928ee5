/** The shards of restored indexes, as a leaf takes them from where they were stored. Touches the world: the stores, files. */
import { join } from 'node:path';
import pLimit from 'p-limit';
import type { Clock } from '../../shared/clock/clock.ts';
import { asSheafError, SheafError } from '../../shared/errors.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';
import { Pace } from '../../shared/storage/pace.ts';
import type { Telemetry } from '../../shared/telemetry/telemetry.ts';
import { Troubles } from '../../shared/telemetry/troubles.ts';
import { fetchRestored, type RestoredShard } from './fetch-restored.ts';

/** Named among the leaves that a replica can be copied from; no leaf can have this name. */
export const restoreSource = 'the index before';

/** What of it is open before there is a leaf. */
export interface RestorePlaces {
  /** Of this cluster; null where it has none. */
  readonly own: ObjectStore | null;
  /** Of another one, or of one that is lost; null where nobody named it. Nothing is written there. */
  readonly other: ObjectStore | null;
  readonly bytesPerSecond: number;
  readonly clock: Clock;
  readonly sleep: (ms: number) => Promise<void>;
}

/** What a leaf gives it. */
export interface RestoreGround {
  /** Identity of the log; null where this leaf has not met one. */
  readonly log: () => string | null;
  /** Holds a folder for each shard that is fetched; on the file system of the replicas. */
  readonly folder: string;
  readonly telemetry: Telemetry;
  readonly onFetched: (bytes: number) => void;
  readonly onFetchFailed: () => void;
}

const fetchesMax = 2;

export class RestoredShards {
  private readonly places: RestorePlaces;
  private readonly ground: RestoreGround;
  private readonly limit = pLimit(fetchesMax);
  private readonly pace: Pace;
  private fetches = 0;
  /** All are over when a shard comes. */
  private readonly troubles = new Troubles();

  constructor(places: RestorePlaces, ground: RestoreGround) {
    this.places = places;
    this.ground = ground;
    const { bytesPerSecond, clock, sleep } = places;
    this.pace = new Pace(bytesPerSecond, { now: () => clock.now(), sleep });
  }

  /**
   * Resolves to a folder with the files of the replica.
   * @throws SheafError RESTORE_SOURCE_UNKNOWN where nobody named the place; what fetchRestored throws
   */
  async take(shard: RestoredShard, signal: AbortSignal): Promise<string> {
    try {
      const folder = await this.limit(() => this.takeNow(shard, signal));
      this.troubles.keep(() => false);
      return folder;
    } catch (error) {
      if (!signal.aborted) this.failed(shard, error);
      throw error;
    }
  }

  private async takeNow(shard: RestoredShard, signal: AbortSignal): Promise<string> {
    signal.throwIfAborted();
    const { ground } = this;
    const folder = join(ground.folder, `restored-${++this.fetches}`);
    const store = this.storeOf(shard);
    const bytes = await fetchRestored(shard, { store, folder, signal, admit: this.pace.admit });
    ground.onFetched(bytes);
    const { indexId, shard: number, restored } = shard;
    const fields = { index: indexId, shard: number, from: restored.id, offset: restored.offsets[number], bytes };
    ground.telemetry.info(fields, 'a replica was restored from storage');
    return folder;
  }

  private storeOf({ indexId, shard, restored }: RestoredShard): ObjectStore {
    const store = restored.log === this.ground.log() ? this.places.own : this.places.other;
    if (store !== null) return store;
    throw new SheafError('RESTORE_SOURCE_UNKNOWN', { detail: { index: indexId, shard, from: restored.id } });
  }

  private failed({ indexId, shard }: RestoredShard, error: unknown): void {
    const { onFetchFailed, telemetry } = this.ground;
    onFetchFailed();
    const fault = asSheafError(error);
    const told = { index: indexId, shard, error: fault.toBody() };
    if (this.troubles.isNew(fault.code, restoreSource)) {
      telemetry.error(told, 'a replica could not be restored from storage');
    } else telemetry.debug(told, 'still it is not restored');
  }
}
