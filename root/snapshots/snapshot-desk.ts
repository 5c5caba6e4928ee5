/** What callers ask about snapshots that are kept. Touches the world: the store, the log, timers. */
import { asSheafError, SheafError } from '../../shared/errors.ts';
import { readObject } from '../../shared/json/read-object.ts';
import { readString } from '../../shared/json/readers.ts';
import { RequestNode } from '../../shared/json/request-node.ts';
import { limits } from '../../shared/limits.ts';
import { readKeptSnapshot, type KeptSnapshot } from '../../shared/snapshots/kept-snapshot.ts';
import { changeKeptTable, changeMaking, readKeptTable, type KeptRow } from '../../shared/snapshots/kept-table.ts';
import type { ShardPlace } from '../../shared/snapshots/shard-manifest.ts';
import type { Telemetry } from '../../shared/telemetry/telemetry.ts';
import { readTimeout } from '../query/read-duration.ts';
import { clearSnapshot, makeSnapshot, SnapshotRun, type SnapshotWorld } from './make-snapshot.ts';

export interface SnapshotDeskWorld extends SnapshotWorld {
  readonly telemetry: Telemetry;
  /** Milliseconds since 1970. */
  readonly timeOfDay: () => number;
  /** Names one snapshot and no other ever. */
  readonly newId: () => string;
}

export class SnapshotDesk {
  private readonly world: SnapshotDeskWorld;
  private readonly closing = new AbortController();
  private readonly runs = new Set<Promise<void>>();

  constructor(world: SnapshotDeskWorld) {
    this.world = world;
  }

  /**
   * Begins one, and resolves to its row: it is made from then on, by this process.
   * @param body `{"name", "timeout"?}`
   * @throws SheafError REQUEST_…, SNAPSHOT_NAME_INVALID, SNAPSHOT_EXISTS, SNAPSHOTS_TOO_MANY, LOG_UNAVAILABLE, STORAGE_…
   */
  async create(body: unknown): Promise<KeptRow> {
    const { name, timeoutMs } = readSnapshotBody(body);
    const { store, place, timeOfDay, newId } = this.world;
    await place.prove();
    const counts = { beat: 0, shards: 0, keptShards: 0, documents: 0, bytes: 0 };
    const row: KeptRow = { name, id: newId(), state: 'making', createdAtMs: timeOfDay(), ...counts };
    await changeKeptTable(store, (rows) => {
      const others = rows.filter((each) => each.name !== name || each.state !== 'failed');
      if (others.some((each) => each.name === name)) throw new SheafError('SNAPSHOT_EXISTS', { detail: { name } });
      if (others.length >= limits.keptSnapshotsMax) {
        const detail = { limit: limits.keptSnapshotsMax, actual: others.length };
        throw new SheafError('SNAPSHOTS_TOO_MANY', { detail });
      }
      return [...others, row];
    });
    const run = this.run(row, timeoutMs).finally(() => this.runs.delete(run));
    this.runs.add(run);
    return row;
  }

  /** By name. @throws SheafError STORAGE_…, where the place is not this cluster's, too; DATA_VERSION_UNKNOWN */
  async list(): Promise<readonly KeptRow[]> {
    return (await this.rows()).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** @returns what it has, too, where it is whole. @throws SheafError SNAPSHOT_NOT_FOUND; as list */
  async find(name: string): Promise<{ readonly row: KeptRow; readonly snapshot: KeptSnapshot | null }> {
    const row = (await this.rows()).find((each) => each.name === name);
    if (row === undefined) throw notFound(name);
    return { row, snapshot: row.state === 'whole' ? await readKeptSnapshot(this.world.store, name) : null };
  }

  /**
   * Lets it go: it is not there any more when this resolves. What only it named is collected later: see root/storage.
   * @throws SheafError SNAPSHOT_NOT_FOUND, STORAGE_…, DATA_VERSION_UNKNOWN
   */
  async delete(name: string): Promise<void> {
    const { store, place } = this.world;
    await place.prove();
    const { row, snapshot } = await this.find(name).catch(async (error: unknown) => {
      // One that is damaged can be removed, too.
      const damaged = (await readKeptTable(store)).find((each) => each.name === name);
      if (damaged === undefined) throw error;
      return { row: damaged, snapshot: null };
    });
    const isGone = await changeKeptTable(store, (rows) => {
      const left = rows.filter(({ id }) => id !== row.id);
      return left.length === rows.length ? null : left;
    });
    if (!isGone) throw notFound(name);
    // One that is being made is cleared by who makes it; what is left, by who keeps the store.
    if (row.state !== 'making') await this.clear(row.id, snapshot?.shards ?? []);
  }

  async close(): Promise<void> {
    this.closing.abort(new SheafError('SNAPSHOT_ABANDONED'));
    await Promise.all(this.runs);
  }

  private async run(row: KeptRow, timeoutMs: number): Promise<void> {
    const { store, telemetry } = this.world;
    const { name, id } = row;
    const run = new SnapshotRun(this.world, { row, timeoutMs, signal: this.closing.signal });
    try {
      if (await makeSnapshot(run)) telemetry.info({ name }, 'a snapshot was made');
      else telemetry.info({ name }, 'a snapshot was not made: it was deleted, or said to have failed, meanwhile');
    } catch (raw) {
      const { code, detail } = asSheafError(raw);
      telemetry.error({ name, code, detail }, 'a snapshot was not made');
      try {
        const error = { code, ...(detail === undefined ? {} : { detail }) };
        // Where the last answer was lost it may be whole, and then all stays.
        const isFailed = await changeMaking(store, id, { state: 'failed', error });
        if (isFailed || !(await this.isThere(id))) await this.clear(id, run.places());
      } catch (error) {
        telemetry.debug({ name, err: asSheafError(error) }, 'that a snapshot was not made could not be said');
      }
    }
  }

  /** Snapshots of nobody else: had a copy of this cluster, or another one, the place, they would be that one's. */
  private async rows(): Promise<readonly KeptRow[]> {
    const { store, place } = this.world;
    const rows = await readKeptTable(store);
    await place.confirm();
    return rows;
  }

  private async isThere(id: string): Promise<boolean> {
    return (await readKeptTable(this.world.store)).some((row) => row.id === id);
  }

  /** What is left is removed by who keeps the store: see root/storage. */
  private async clear(id: string, shards: readonly ShardPlace[]): Promise<void> {
    try {
      await clearSnapshot(this.world.store, id, shards);
    } catch (error) {
      this.world.telemetry.debug({ id, err: asSheafError(error) }, 'objects of a snapshot were not removed yet');
    }
  }
}

/** @throws SheafError REQUEST_…, BODY_MISSING, SNAPSHOT_NAME_INVALID */
function readSnapshotBody(body: unknown): { readonly name: string; readonly timeoutMs: number } {
  if (body === undefined) throw new SheafError('BODY_MISSING');
  const properties = readObject(RequestNode.body(body), ['name', 'timeout']);
  const name = properties.required('name', readString);
  checkSnapshotName(name, '/name');
  const readTime = (node: RequestNode): number => readTimeout(node, limits.snapshotTimeoutMsMax);
  return { name, timeoutMs: properties.optional('timeout', readTime, limits.snapshotTimeoutMs) };
}

const namePattern = /^[a-z0-9][a-z0-9_-]*$/;

/** @throws SheafError SNAPSHOT_NAME_INVALID */
export function checkSnapshotName(name: string, at: string): void {
  if (name.length <= limits.snapshotNameLengthMax && namePattern.test(name)) return;
  throw new SheafError('SNAPSHOT_NAME_INVALID', { at, detail: { limit: limits.snapshotNameLengthMax } });
}

function notFound(name: string): SheafError {
  return new SheafError('SNAPSHOT_NOT_FOUND', { detail: { name } });
}
