/** Keeps the shards of a leaf in object storage. Touches the world: the store, files, the log through leases, timers. */
import { readFile } from 'node:fs/promises';
import pLimit from 'p-limit';
import { asSheafError, SheafError } from '../../shared/errors.ts';
import type { HeldLease, Leases } from '../../shared/lease/leases.ts';
import { replicaName } from '../../shared/protocol/replicas.ts';
import type { ProvedPlace } from '../../shared/snapshots/proved-place.ts';
import { readManifest } from '../../shared/snapshots/read-manifest.ts';
import { shardLease, type ShardPlace } from '../../shared/snapshots/shard-manifest.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';
import type { Telemetry } from '../../shared/telemetry/telemetry.ts';
import { Troubles } from '../../shared/telemetry/troubles.ts';
import type { Holds } from '../copying/holds.ts';
import { decodeManifest } from '../indexing/manifest.ts';
import { manifestName } from '../indexing/replica-files.ts';
import { beginRound, sawStored, unknownShard, type KnownShard, type StorableReplica } from './due-shards.ts';
import { FileHashes } from './hash-files.ts';
import { storeShard, type StoredShard } from './store-shard.ts';

export interface SnapshotterWorld {
  readonly store: ObjectStore;
  /** The same place. */
  readonly place: Pick<ProvedPlace, 'prove' | 'renew' | 'confirm'>;
  readonly leases: Leases;
  readonly holds: Pick<Holds, 'hold' | 'use' | 'release'>;
  /** Those that answer. */
  readonly replicas: () => readonly StorableReplica[];
  /** The last offset that the log has of what a shard reads. @throws SheafError LOG_UNAVAILABLE */
  readonly headOf: (place: ShardPlace) => Promise<number>;
  /** Whether this leaf has met its log. */
  readonly hasLog: () => boolean;
  readonly telemetry: Telemetry;
  /** See TransferOptions. */
  readonly admit: (bytes: number) => Promise<void>;
  /** Milliseconds since 1970. */
  readonly timeOfDay: () => number;
  /** Between two rounds. */
  readonly intervalMs: number;
  readonly onStored: (stored: StoredShard) => void;
  readonly onFailed: () => void;
  /** More is known of what the store has of a shard. */
  readonly onSeen: (place: ShardPlace) => void;
}

/** Whoever waits longer for a lease would only find that another has done the work. */
const leaseWaitMs = 2000;
const leaseTtlMs = 10_000;
/** After the start: whether the place can be used is told soon, and not after the first round only. */
const firstProofMs = 2000;
/** One sends while another waits for its lease or its disk. */
const uploadsMax = 2;
const hashesMax = 100_000;
/** Of a trouble that no shard has by itself; no replica has this name. */
const thePlace = '';

export class Snapshotter {
  private readonly world: SnapshotterWorld;
  private readonly hashes = new FileHashes(hashesMax);
  private readonly limit = pLimit(uploadsMax);
  private readonly stop = new AbortController();
  /** By replica name. */
  private known = new Map<string, KnownShard>();
  private timer: NodeJS.Timeout | undefined;
  private round: Promise<void> | null = null;
  private readonly troubles = new Troubles();

  constructor(world: SnapshotterWorld) {
    this.world = world;
    if (world.intervalMs <= firstProofMs) this.wait(world.intervalMs, () => this.play());
    else this.wait(firstProofMs, async () => void (await this.prove()));
  }

  /** Up to where the store has a shard, as far as this leaf has seen; −1 where it has seen nothing. */
  storedOffset({ indexId, shard }: ShardPlace): number {
    return this.known.get(replicaName(indexId, shard))?.storedOffset ?? -1;
  }

  async close(): Promise<void> {
    clearTimeout(this.timer);
    this.stop.abort();
    await this.round;
  }

  private wait(ms: number, act: () => Promise<void>): void {
    this.timer = setTimeout(() => {
      this.round = act().finally(() => {
        this.round = null;
        if (!this.stop.signal.aborted) this.wait(this.world.intervalMs, () => this.play());
      });
    }, ms);
  }

  /** Whether the place is this cluster's. */
  private async prove(): Promise<boolean> {
    const { hasLog, place, telemetry, store } = this.world;
    if (!hasLog()) return false;
    try {
      if (await place.prove()) telemetry.info({ place: store.place }, 'shards are kept in object storage');
      this.troubles.over(thePlace);
      return true;
    } catch (error) {
      this.failed(error, null);
      return false;
    }
  }

  private async play(): Promise<void> {
    if (!(await this.prove())) return;
    const due = this.beginRounds();
    if (due.length === 0) return;
    try {
      await this.world.place.renew();
    } catch (error) {
      this.failed(error, null);
      return;
    }
    await Promise.all(due.map((place) => this.limit(() => this.storeOne(place))));
  }

  private beginRounds(): StorableReplica[] {
    const known = new Map<string, KnownShard>();
    const due = this.world.replicas().filter((replica) => {
      const name = replicaName(replica.indexId, replica.shard);
      const begun = beginRound(replica, this.known.get(name) ?? unknownShard);
      known.set(name, begun.known);
      return begun.isDue;
    });
    this.known = known;
    this.troubles.keep((subject) => subject === thePlace || known.has(subject));
    return due;
  }

  private async storeOne(place: StorableReplica): Promise<void> {
    const { store } = this.world;
    const { signal } = this.stop;
    if (signal.aborted) return;
    try {
      // Before anything is written to disk or asked of the log: another may have stored it.
      const offset = (await readManifest(store, place))?.manifest.offset ?? -1;
      if (offset > place.offset) await this.checkHead(place, offset);
      if (offset >= place.offset || offset > this.storedOffset(place)) return await this.saw(place, offset);
      const lease = await this.acquire(place);
      if (lease === null) return;
      try {
        await this.storeUnder(lease, place);
      } finally {
        lease.release();
      }
    } catch (error) {
      if (!signal.aborted) this.failed(error, place);
    }
  }

  /** A log that lacks what is stored is a copy of the one that it was stored from. @throws SheafError STORAGE_TAKEN_OVER */
  private async checkHead(place: ShardPlace, stored: number): Promise<void> {
    const head = await this.world.headOf(place);
    if (stored <= head) return;
    const { indexId: index, shard } = place;
    throw new SheafError('STORAGE_TAKEN_OVER', {
      detail: { place: this.world.store.place, index, shard, stored, head },
    });
  }

  /** Null where another has it. */
  private async acquire(place: ShardPlace): Promise<HeldLease | null> {
    const waited = AbortSignal.timeout(leaseWaitMs);
    const signal = AbortSignal.any([waited, this.stop.signal]);
    try {
      return await this.world.leases.acquire(shardLease(place), { ttlMs: leaseTtlMs, signal });
    } catch (error) {
      if (waited.aborted) return null;
      throw error;
    }
  }

  private async storeUnder(lease: HeldLease, place: ShardPlace): Promise<void> {
    const { store, place: claimed, holds, telemetry, onStored, admit, timeOfDay } = this.world;
    const { indexId, shard } = place;
    const signal = AbortSignal.any([lease.signal, this.stop.signal]);
    const { id, files } = await holds.hold(indexId, shard);
    try {
      const described = [];
      for (const { name } of files) described.push(await this.hashes.describe(holds.use(id, name), signal));
      const text = await readFile(holds.use(id, manifestName).path, 'utf8');
      const local = decodeManifest(text, place);
      const stored = await storeShard({
        store,
        indexId,
        shard,
        files: described,
        offset: local.offset,
        documents: local.segments.reduce((sum, { liveCount }) => sum + liveCount, 0),
        timeOfDay,
        require: () => lease.require(),
        confirm: () => claimed.confirm(),
        signal,
        admit: async (bytes) => {
          // What is sent slowly is held all the same.
          holds.use(id, manifestName);
          await admit(bytes);
        },
      });
      await this.saw(place, stored.manifest.offset);
      if (stored.sentFiles > 0) onStored(stored);
      const { offset } = stored.manifest;
      const { sentBytes, sentFiles, collectedFiles } = stored;
      telemetry.debug({ index: indexId, shard, offset, sentFiles, sentBytes, collectedFiles }, 'a shard was stored');
    } finally {
      await holds.release(id);
    }
  }

  /** What stands there is this cluster's only where nobody else had claimed the place by then. */
  private async saw(place: ShardPlace, offset: number): Promise<void> {
    await this.world.place.confirm();
    const name = replicaName(place.indexId, place.shard);
    this.troubles.over(name);
    const before = this.known.get(name) ?? unknownShard;
    const after = sawStored(before, offset);
    this.known.set(name, after);
    if (after.storedOffset !== before.storedOffset) this.world.onSeen(place);
  }

  /** What was stored is not this cluster's any more: the log has to keep what it would let go of otherwise. */
  private forget(): void {
    if ([...this.known.values()].every(({ storedOffset }) => storedOffset === -1)) return;
    this.known.clear();
    for (const place of this.world.replicas()) this.world.onSeen(place);
  }

  /** @param shard null: nothing can be stored at all */
  private failed(error: unknown, shard: ShardPlace | null): void {
    const fault = asSheafError(error);
    if (losing.has(fault.code)) this.forget();
    // Another process was quicker, or took over: it does what was to be done.
    if (yielding.has(fault.code)) return;
    this.world.onFailed();
    const { telemetry, store } = this.world;
    const subject = shard === null ? thePlace : replicaName(shard.indexId, shard.shard);
    const fields = shard === null ? {} : { index: shard.indexId, shard: shard.shard };
    const told = { ...fields, place: store.place, error: fault.toBody() };
    if (this.troubles.isNew(fault.code, subject)) telemetry.error(told, 'shards are not stored');
    else telemetry.debug(told, 'still nothing is stored');
  }
}

const yielding: ReadonlySet<SheafError['code']> = new Set([
  'STORAGE_CONFLICT',
  'LEASE_LOST',
  'LEASE_FENCED',
  'SHARD_NOT_HERE',
  'COPY_EXPIRED',
  // Told by who asks more of it.
  'LOG_UNAVAILABLE',
]);

const losing: ReadonlySet<SheafError['code']> = new Set(['STORAGE_TAKEN_OVER', 'STORAGE_FOREIGN', 'STORAGE_MISSING']);
