/**
 * Keeps the catalog in object storage, as leaves keep their shards: one root of all does, which has the lease. It also looks after the snapshots that
 * are kept: that one whose maker is gone has failed, and that what nothing names any more goes. Touches the world: the store,
 * the log through leases, timers.
 */
import type { CatalogState } from '../../shared/catalog/catalog.ts';
import type { Clock } from '../../shared/clock/clock.ts';
import { pause } from '../../shared/clock/pause.ts';
import type { Timers } from '../../shared/clock/timers.ts';
import { asSheafError, type SheafError } from '../../shared/errors.ts';
import type { HeldLease, Leases } from '../../shared/lease/leases.ts';
import {
  storeCatalog,
  type CatalogManifest,
  type FoundCatalogManifest,
} from '../../shared/snapshots/catalog-manifest.ts';
import type { ProvedPlace } from '../../shared/snapshots/proved-place.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';
import type { Telemetry } from '../../shared/telemetry/telemetry.ts';
import { Troubles } from '../../shared/telemetry/troubles.ts';
import { AbandonedSnapshots } from './abandoned-snapshots.ts';
import { Sweeper } from './sweeper.ts';

const catalogLease = 'snapshot/catalog';
/** Whoever waits goes on so long after the holder is gone. */
const leaseTtlMs = 10_000;

export interface CatalogKeeperWorld {
  readonly store: ObjectStore;
  /** The same place. */
  readonly place: Pick<ProvedPlace, 'prove' | 'renew' | 'confirm'>;
  readonly leases: Leases;
  readonly catalog: { readonly state: CatalogState };
  readonly clock: Clock;
  readonly timers: Timers;
  readonly telemetry: Telemetry;
  /** Between two looks at what has changed. */
  readonly intervalMs: number;
  readonly onStored: () => void;
  readonly onFailed: () => void;
  /** Objects that nothing named any more were removed. */
  readonly onRemoved: (count: number) => void;
}

/** So many looks at the catalog are between two at what nothing names any more. */
const looksOfSweep = 60;

export class CatalogKeeper {
  private readonly world: CatalogKeeperWorld;
  private readonly abandoned: AbandonedSnapshots;
  private readonly closing = new AbortController();
  private readonly ended: Promise<void>;
  private readonly troubles = new Troubles();

  constructor(world: CatalogKeeperWorld) {
    this.world = world;
    this.abandoned = new AbandonedSnapshots(world.store, world.clock);
    this.ended = this.run();
  }

  /** Stops, and gives the lease free: another root goes on at once. */
  async close(): Promise<void> {
    this.closing.abort(new Error('the root is closed'));
    await this.ended;
  }

  private async run(): Promise<void> {
    const { leases, catalog } = this.world;
    const { signal } = this.closing;
    for (;;) {
      await this.pause();
      if (signal.aborted) return;
      // There is nothing to keep in a cluster without indexes, nor does anybody know of a log before it has read from one.
      if (catalog.state.offset < 0) continue;
      try {
        const lease = await leases.acquire(catalogLease, { ttlMs: leaseTtlMs, signal });
        try {
          await this.keepWhileHeld(lease);
        } finally {
          lease.release();
        }
      } catch (error) {
        if (!signal.aborted) this.failed(error);
      }
    }
  }

  private async keepWhileHeld(lease: HeldLease): Promise<void> {
    let known: FoundCatalogManifest | null = null;
    const sweeper = new Sweeper(this.world);
    for (let looks = 1; lease.isHeld() && !this.closing.signal.aborted; looks++) {
      try {
        known = await this.keep(lease, known);
        await this.endAbandoned();
        const { manifest } = known;
        if (isOf(manifest, lease) && looks % looksOfSweep === 0) await this.sweep(sweeper, manifest, lease.signal);
        this.troubles.over(catalogLease);
      } catch (error) {
        // It may have been replaced.
        known = null;
        this.failed(error);
      }
      await this.pause();
    }
  }

  private async endAbandoned(): Promise<void> {
    await this.world.place.prove();
    for (const name of await this.abandoned.look()) {
      this.world.telemetry.warn({ name }, 'a snapshot was not made: its root is gone');
    }
  }

  private async sweep(sweeper: Sweeper, manifest: CatalogManifest, held: AbortSignal): Promise<void> {
    await this.world.place.prove();
    const removed = await sweeper.sweep(manifest, AbortSignal.any([held, this.closing.signal]));
    this.world.onRemoved(removed);
    this.world.telemetry.debug({ removed }, 'object storage was swept');
  }

  /** @param known what the store had after the last round */
  private async keep(lease: HeldLease, known: FoundCatalogManifest | null): Promise<FoundCatalogManifest> {
    const { store, place, catalog, telemetry, onStored } = this.world;
    const { state } = catalog;
    if (known !== null) {
      const { offset } = known.manifest.catalog;
      if (offset > state.offset || (offset === state.offset && isOf(known.manifest, lease))) return known;
    }
    await place.prove();
    await place.renew();
    const require = () => lease.require();
    const stored = await storeCatalog({ store, require, state, ...(known === null ? {} : { known }) });
    const { manifest } = stored;
    if (!isOf(manifest, lease)) {
      // Another root has read more of the catalog, and this one will have soon.
      telemetry.debug({ stored: manifest.catalog.offset, offset: state.offset }, 'the store has a later catalog');
      return stored;
    }
    telemetry.debug({ offset: state.offset, number: manifest.number }, 'the catalog was stored');
    onStored();
    return stored;
  }

  private failed(error: unknown): void {
    const fault = asSheafError(error);
    // Another root took over: it does what was to be done.
    if (yielding.has(fault.code)) return;
    this.world.onFailed();
    const { telemetry, store } = this.world;
    const told = { place: store.place, error: fault.toBody() };
    if (this.troubles.isNew(fault.code, catalogLease)) telemetry.error(told, 'the catalog is not stored');
    else telemetry.debug(told, 'still the catalog is not stored');
  }

  private async pause(): Promise<void> {
    await pause(this.world.intervalMs, this.world, this.closing.signal);
  }
}

/** Whether it was written under this lease. */
function isOf({ token }: CatalogManifest, lease: HeldLease): boolean {
  return token.offset === lease.token.offset;
}

const yielding: ReadonlySet<SheafError['code']> = new Set(['STORAGE_CONFLICT', 'LEASE_LOST', 'LEASE_FENCED']);
