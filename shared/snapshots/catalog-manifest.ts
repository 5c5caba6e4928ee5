/**
 * What of the catalog is in object storage: one object, replaced by compare-and-swap.
 *
 *     catalog     see CatalogManifest; JSON under a checksum (data-folder/sealed.ts)
 *
 * It follows the rule of the manifests of shards: it carries the token of the lease under which it was written, no lower token replaces a
 * higher one, nor a lower offset a higher one. So it never goes back.
 */
import { isStoredCatalog, storedCatalog, type StoredCatalog } from '../catalog/stored-catalog.ts';
import type { CatalogState } from '../catalog/catalog.ts';
import { seal } from '../data-folder/sealed.ts';
import { isCount } from '../json/is-count.ts';
import { isObject } from '../json/read-object.ts';
import { Fence, type Token } from '../lease/fence.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { isToken } from './is-token.ts';
import { corruptObject, unsealObject } from './sealed-object.ts';

/** The highest that is known here. */
const catalogManifestVersion = 1;

export const catalogManifestKey = 'catalog';

export interface CatalogManifest {
  readonly formatVersion: number;
  /** One more at each replacement: no two states are alike. */
  readonly number: number;
  /** Of the lease under which it was written. Its `log` is the log that the catalog is of. */
  readonly token: Token;
  /** All of it up to its offset. */
  readonly catalog: StoredCatalog;
}

export interface FoundCatalogManifest {
  readonly manifest: CatalogManifest;
  /** See ObjectStore.swap. */
  readonly version: string;
}

function encodeCatalogManifest(manifest: CatalogManifest): Uint8Array {
  return Buffer.from(seal(manifest));
}

/** @throws SheafError STORAGE_CORRUPT where it is not as it was written; DATA_VERSION_UNKNOWN where a newer version wrote it */
function decodeCatalogManifest(bytes: Uint8Array, path: string): CatalogManifest {
  const value = unsealObject(bytes, path, catalogManifestVersion);
  if (!isCatalogManifest(value)) throw corruptObject(path, 'no manifest of a catalog');
  return value;
}

/** Null where the store has none. @throws SheafError what the store throws; STORAGE_CORRUPT, DATA_VERSION_UNKNOWN */
export async function readCatalogManifest(store: ObjectStore): Promise<FoundCatalogManifest | null> {
  const found = await store.read(catalogManifestKey);
  if (found === null) return null;
  const manifest = decodeCatalogManifest(found.bytes, `${store.place}/${catalogManifestKey}`);
  return { manifest, version: found.version };
}

export interface StoreCatalogOptions {
  readonly store: ObjectStore;
  /** The token of the lease, as long as it is held. @throws SheafError LEASE_LOST */
  readonly require: () => Token;
  readonly state: CatalogState;
  /** What this process has written or read last: it is not read again. Where it is not that any more, it is a conflict. */
  readonly known?: FoundCatalogManifest;
}

/**
 * Resolves to what the store then has: this state under this token, or a later state that is there already.
 * @throws SheafError LEASE_LOST, LEASE_FENCED, LEASE_OF_OTHER_LOG, STORAGE_CONFLICT where another was quicker; as readCatalogManifest
 */
export async function storeCatalog({
  store,
  require,
  state,
  known,
}: StoreCatalogOptions): Promise<FoundCatalogManifest> {
  const found = known ?? (await readCatalogManifest(store));
  const before = found?.manifest ?? null;
  const token = require();
  new Fence(before?.token ?? null).admit(token);
  if (found !== null && before !== null) {
    const isAsNew = before.catalog.offset === state.offset && before.token.offset === token.offset;
    if (isAsNew || before.catalog.offset > state.offset) return found;
  }
  const manifest: CatalogManifest = {
    formatVersion: catalogManifestVersion,
    number: (before?.number ?? 0) + 1,
    token,
    catalog: storedCatalog(state),
  };
  const version = await store.swap(catalogManifestKey, encodeCatalogManifest(manifest), found?.version ?? null);
  return { manifest, version };
}

function isCatalogManifest(value: unknown): value is CatalogManifest {
  if (!isObject(value) || value['formatVersion'] !== catalogManifestVersion) return false;
  return isCount(value['number']) && isToken(value['token']) && isStoredCatalog(value['catalog']);
}
