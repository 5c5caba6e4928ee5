/** Which cluster a place in object storage is of. Touches the world through the store it is given. */
import { seal, unseal } from '../data-folder/sealed.ts';
import { SheafError } from '../errors.ts';
import { isObject } from '../json/read-object.ts';
import { missing, type ObjectStore } from '../storage/object-store.ts';

const ownerKey = 'cluster';

/**
 * Says whose the place is, where nobody did: the first wins. Offsets of one log mean nothing in another, and two clusters
 * that wrote into one place would delete each other's files.
 * @param log identity of the log of this cluster
 * @throws SheafError STORAGE_FOREIGN where it is another cluster's; STORAGE_CORRUPT; what the store throws
 */
export async function claimStore(store: ObjectStore, log: string): Promise<void> {
  for (;;) {
    const found = await store.read(ownerKey);
    if (found !== null) return check(found.bytes, store, log);
    try {
      await store.swap(ownerKey, Buffer.from(seal({ formatVersion: 1, log })), null);
      return;
    } catch (error) {
      if (!(error instanceof SheafError) || error.code !== 'STORAGE_CONFLICT') throw error;
    }
  }
}

/**
 * Whether the place is still the one that was claimed: a file system that is not mounted any more, or a bucket that was made anew,
 * looks like a place where nothing was ever stored.
 * @throws SheafError STORAGE_MISSING where nobody owns it, STORAGE_FOREIGN, STORAGE_CORRUPT; what the store throws
 */
export async function checkClaim(store: ObjectStore, log: string): Promise<void> {
  const found = await store.read(ownerKey);
  if (found === null) throw missing(store.place, ownerKey);
  check(found.bytes, store, log);
}

function check(bytes: Uint8Array, { place }: ObjectStore, log: string): void {
  const found = ownerOf(bytes, place);
  if (found !== log) throw new SheafError('STORAGE_FOREIGN', { detail: { place, expected: log, found } });
}

function ownerOf(bytes: Uint8Array, place: string): string {
  let value: unknown;
  try {
    value = unseal(Buffer.from(bytes).toString(), ownerKey);
  } catch {
    // Told below.
  }
  if (isObject(value) && value['formatVersion'] === 1 && typeof value['log'] === 'string') return value['log'];
  throw new SheafError('STORAGE_CORRUPT', { detail: { place, key: ownerKey, reason: 'it names no cluster' } });
}
