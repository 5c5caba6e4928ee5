/**
 * What a leaf keeps in its data folder. Touches the world: files.
 *
 *     leaf.json, leaf.copy.json   whose folder this is, and of which log its contents are, see owner.ts
 *     leaf.lock      held by the process that uses it
 *     catalog.jsonl  copy of the catalog, to start from while the log is down, see catalog-file.ts
 *     members.json   the leaves last heard of, for the same reason
 *     incarnation.json   the number of the last start, see incarnation.ts
 *     indexes/       replicas, see indexing/replica-files.ts
 *     copies/        files on their way between leaves, see copying/; emptied at each start
 *     *.damaged-N    what was set aside; nothing reads it again
 *
 * Each of the small files has a checksum (shared/data-folder/sealed.ts). A damaged one is set aside and done without: the
 * log, the roots and the other leaves have what it said.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { CatalogState } from '../../shared/catalog/catalog.ts';
import { lockFolder, type FolderLock } from '../../shared/data-folder/lock.ts';
import { SheafError } from '../../shared/errors.ts';
import { isObject } from '../../shared/json/read-object.ts';
import { isArrayOf } from '../../shared/json/is-array-of.ts';
import { isCount } from '../../shared/json/is-count.ts';
import type { Telemetry } from '../../shared/telemetry/telemetry.ts';
import { CatalogFile, readCatalogFile } from './catalog-file.ts';
import type { KnownMembers } from './known-members.ts';
import { claimFolder, StoredOwner, type Owner } from './owner.ts';
import { readCopy } from './stored-copy.ts';
import { setAside, StoredValue } from './stored-value.ts';

export interface DataFolder {
  readonly path: string;
  /** Identity of the log that the contents are of, as it is now; null until there was one. */
  readonly log: string | null;
  readonly indexes: string;
  readonly copies: string;
  readonly catalog: CatalogState | null;
  readonly members: KnownMembers | null;
  /** Number of the last life that was stored; 0 where there was none. */
  readonly incarnation: number;
  readonly storeCatalog: (state: CatalogState) => void;
  readonly storeMembers: (members: KnownMembers) => void;
  readonly storeLog: (identity: string) => void;
  /** Resolves when the number is on disk, or cannot be put there. */
  readonly storeIncarnation: (incarnation: number) => Promise<void>;
  /** Finishes what is being written and gives the folder free. */
  close(): Promise<void>;
}

/**
 * Takes the folder for the leaf of this name, and makes it where it is missing.
 * @throws SheafError DATA_NOT_WRITABLE, DATA_IN_USE, DATA_CORRUPT when it belongs to another leaf
 */
export async function openDataFolder(folder: string, leaf: string, telemetry: Telemetry): Promise<DataFolder> {
  const lock = lockFolder(folder, 'leaf.lock');
  try {
    const owner = await claimFolder(folder, leaf, telemetry);
    return await openClaimed(folder, owner, lock, telemetry);
  } catch (error) {
    lock.release();
    throw error;
  }
}

async function openClaimed(folder: string, owner: Owner, lock: FolderLock, telemetry: Telemetry): Promise<DataFolder> {
  const onFault = (error: unknown): void => telemetry.error({ err: error }, 'the data folder could not be written');
  const catalogPath = join(folder, 'catalog.jsonl');
  const membersPath = join(folder, 'members.json');
  const catalog = new CatalogFile(catalogPath, onFault);
  const members = new StoredValue<KnownMembers>(membersPath, onFault);
  const incarnationPath = join(folder, 'incarnation.json');
  const incarnation = new StoredValue<number>(incarnationPath, onFault);
  const stored = new StoredOwner(folder, onFault);
  const copies = join(folder, 'copies');
  await rm(copies, { recursive: true, force: true }).catch(onFault);
  let known = owner.log;
  return {
    path: folder,
    get log() {
      return known;
    },
    indexes: join(folder, 'indexes'),
    copies,
    catalog: await readCatalogCopy(catalogPath, telemetry),
    members: await readCopy(membersPath, isMembers, telemetry),
    incarnation: (await readCopy(incarnationPath, isCount, telemetry)) ?? 0,
    storeCatalog: (state) => catalog.write(state),
    storeMembers: (state) => members.write(state),
    storeLog: (log) => {
      if (log !== known) stored.write({ ...owner, log });
      known = log;
    },
    storeIncarnation: async (number) => {
      incarnation.write(number);
      await incarnation.settled();
    },
    close: async () => {
      await Promise.all([catalog, members, stored, incarnation].map((each) => each.settled()));
      lock.release();
    },
  };
}

/** What of the copy can be read; it is set aside where that is nothing. @throws SheafError DATA_NOT_WRITABLE */
async function readCatalogCopy(path: string, telemetry: Telemetry): Promise<CatalogState | null> {
  let isDamaged = false;
  let read: CatalogState | null;
  try {
    read = await readCatalogFile(path, () => (isDamaged = true));
  } catch (error) {
    throw new SheafError('DATA_NOT_WRITABLE', { detail: { path, reason: String(error) }, cause: error });
  }
  if (!isDamaged) return read;
  const aside = read === null ? await setAside(path) : null;
  telemetry.warn(
    { code: 'DATA_CORRUPT', path, aside },
    'a damaged copy of the catalog is used as far as it can be read',
  );
  return read;
}

function isMembers(value: unknown): value is KnownMembers {
  if (!isObject(value) || !isArrayOf(value['leaves'], (leaf) => typeof leaf === 'string')) return false;
  const { zones } = value;
  if (zones === undefined) return true;
  return isObject(zones) && Object.values(zones).every((zone) => zone === null || typeof zone === 'string');
}
