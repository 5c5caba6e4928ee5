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
  /** Of another one, of one that is lost, or where this one stored before; null where nobody named it. Nothing is written there. */
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
    const bytes = await this.fetchFromEither(shard, folder, signal);
    ground.onFetched(bytes);
    const { indexId, shard: number, restored } = shard;
    const fields = { index: indexId, shard: number, from: restored.id, offset: restored.offsets[number], bytes };
    ground.telemetry.info(fields, 'a replica was restored from storage');
    return folder;
  }

  /** @returns the bytes read */
  private async fetchFromEither(shard: RestoredShard, folder: string, signal: AbortSignal): Promise<number> {
    const [first, second] = this.storesOf(shard);
    const from = async (store: ObjectStore): Promise<number> =>
      await fetchRestored(shard, { store, folder, signal, admit: this.pace.admit });
    try {
      return await from(first);
    } catch (error) {
      const isElsewhere = error instanceof SheafError && error.code === 'RESTORE_SOURCE_CHANGED';
      if (second === null || !isElsewhere) throw error;
      return await from(second);
    }
  }

  /**
   * Where it may be, in the order in which it is looked for. What was stored last at the own place goes on changing and is never restored: of this log that
   * is where it stored before. A snapshot that is kept is at one place alone, by its id.
   */
  private storesOf({ indexId, shard, restored }: RestoredShard): readonly [ObjectStore, ObjectStore | null] {
    const { own, other } = this.places;
    const isKeptHere = restored.log === this.ground.log() && restored.snapshot !== undefined;
    if (isKeptHere && own !== null) return [own, other];
    if (other !== null) return [other, null];
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
