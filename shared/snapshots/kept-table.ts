/**
 * Which snapshots are kept in object storage: one object, replaced by compare-and-swap. Touches the world through the store it is given.
 *
 *     kept     {formatVersion, number, snapshots: [KeptRow]}; JSON under a checksum (data-folder/sealed.ts)
 *
 * What stands here is all that decides whether a snapshot is there: its other objects are written before its row says that it is whole,
 * and removed after its row has gone. A row is `making` from before the first of these objects; only whoever made the row may turn
 * it whole, and only as long as it is `making`: once it was removed, or has failed, nothing makes it whole any more.
 */
import { seal } from '../data-folder/sealed.ts';
import { SheafError } from '../errors.ts';
import { isArrayOf } from '../json/is-array-of.ts';
import { isCount } from '../json/is-count.ts';
import { isObject } from '../json/read-object.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { corruptObject, unsealObject } from './sealed-object.ts';

const keptTableKey = 'kept';

/** The highest that is known here. */
const keptTableVersion = 1;

export const keptStates = ['making', 'whole', 'failed'] as const;

export interface KeptRow {
  /** As its maker called it; no two rows have the same. */
  readonly name: string;
  /** Names this snapshot and no other ever, in keys of objects. */
  readonly id: string;
  readonly state: (typeof keptStates)[number];
  /** Milliseconds since 1970, by the clock of the root that made it. */
  readonly createdAtMs: number;
  /** Rises while it is made: one that stands still is made by nobody. */
  readonly beat: number;
  /** How many shards it has, or is to have, and how many of them are kept already. */
  readonly shards: number;
  readonly keptShards: number;
  /** Of the indexes whose shards are kept. */
  readonly documents: number;
  /** Of its files, each as often as a shard names it. */
  readonly bytes: number;
  /** Why it failed, as of an error. */
  readonly error?: { readonly code: string; readonly detail?: Readonly<Record<string, unknown>> };
}

/** None where the store has no table. @throws SheafError what the store throws; STORAGE_CORRUPT, DATA_VERSION_UNKNOWN */
export async function readKeptTable(store: ObjectStore): Promise<readonly KeptRow[]> {
  return (await readTable(store)).snapshots;
}

/**
 * Replaces the rows, again where another was quicker.
 * @param change the rows after those that it is handed; null where nothing is to be changed; what it throws ends it
 * @returns whether the rows were replaced
 * @throws SheafError as readKeptTable
 */
export async function changeKeptTable(
  store: ObjectStore,
  change: (rows: readonly KeptRow[]) => readonly KeptRow[] | null,
): Promise<boolean> {
  for (;;) {
    const { number, snapshots, version } = await readTable(store);
    const changed = change(snapshots);
    if (changed === null) return false;
    const table = { formatVersion: keptTableVersion, number: number + 1, snapshots: changed };
    try {
      await store.swap(keptTableKey, Buffer.from(seal(table)), version);
      return true;
    } catch (error) {
      if (!(error instanceof SheafError) || error.code !== 'STORAGE_CONFLICT') throw error;
    }
  }
}

/** Changes the row of an id while it is `making`. @returns whether it was */
export async function changeMaking(store: ObjectStore, id: string, changed: Partial<KeptRow>): Promise<boolean> {
  return await changeKeptTable(store, (rows) => {
    const at = rows.findIndex((row) => row.id === id && row.state === 'making');
    return at === -1 ? null : rows.with(at, { ...rows[at]!, ...changed });
  });
}

interface ReadTable {
  readonly number: number;
  readonly snapshots: readonly KeptRow[];
  /** Null where there is none. */
  readonly version: string | null;
}

async function readTable(store: ObjectStore): Promise<ReadTable> {
  const found = await store.read(keptTableKey);
  if (found === null) return { number: 0, snapshots: [], version: null };
  const path = `${store.place}/${keptTableKey}`;
  const value = unsealObject(found.bytes, path, keptTableVersion);
  if (!isObject(value) || !isCount(value['number']) || !isArrayOf(value['snapshots'], isRow)) {
    throw corruptObject(path, 'no table of snapshots');
  }
  return { number: value['number'], snapshots: value['snapshots'], version: found.version };
}

function isRow(value: unknown): value is KeptRow {
  if (!isObject(value)) return false;
  const { name, id, state, createdAtMs, beat, shards, keptShards, documents, bytes, error } = value;
  if (typeof name !== 'string' || typeof id !== 'string' || !/^[\w-]+$/.test(id)) return false;
  if (!(keptStates as readonly unknown[]).includes(state) || (error !== undefined && !isObject(error))) return false;
  return [createdAtMs, beat, shards, keptShards, documents, bytes].every(isCount);
}
