/**
 * Which cluster a place in object storage is of. Touches the world through the store it is given.
 *
 *     cluster     {formatVersion, log, offset, holder}: a claim (claims.ts); JSON under a checksum (data-folder/sealed.ts)
 *
 * Each process of the cluster that writes there makes a claim in the log first, and then puts it here, by compare-and-swap, over one that
 * the log has, too. Of a cluster and a copy of it, which both have what stands here, one is the first to replace it, and the other
 * has not got the claim that it finds from then on.
 */
import { seal } from '../data-folder/sealed.ts';
import { SheafError } from '../errors.ts';
import type { Token } from '../lease/fence.ts';
import { missing, type ObjectStore } from '../storage/object-store.ts';
import type { Claims } from './claims.ts';
import { isToken } from './is-token.ts';
import { corruptObject, unsealObject } from './sealed-object.ts';

const ownerKey = 'cluster';
/** The highest that is known here. */
const claimVersion = 1;

/**
 * Puts a claim of this cluster there, no older than this call. Nobody's place becomes this cluster's: the first wins. Offsets of one log mean
 * nothing in another, and two clusters that wrote into one place would delete each other's files.
 * @returns what stands there then: the claim that was made, or a later one of this cluster
 * @throws SheafError STORAGE_FOREIGN where it is another cluster's, STORAGE_TAKEN_OVER where it is a copy's of this one; STORAGE_CORRUPT,
 *   DATA_VERSION_UNKNOWN; what the store and the claims throw
 */
export async function claimStore(store: ObjectStore, claims: Claims): Promise<Token> {
  await putUnsettled(store, claims);
  let own: Token | null = null;
  for (;;) {
    const found = await readClaim(store);
    if (found !== null) {
      await checkOwner(store, found.claim, claims);
      if (own !== null && found.claim.offset >= own.offset) {
        claims.settle();
        return found.claim;
      }
    }
    own ??= await claims.add();
    if (await putClaim(store, own, found?.version ?? null)) {
      claims.settle();
      return own;
    }
  }
}

/**
 * Puts the claim there that could not be put when it was made. As long as it cannot, no more are made: a log keeps so many, and the one that stands there
 * must be among them. It is older than this call, and says nothing but that the place can be written.
 */
async function putUnsettled(store: ObjectStore, claims: Claims): Promise<void> {
  const unsettled = claims.unsettled();
  if (unsettled === null) return;
  const found = await readClaim(store);
  if (found !== null) await checkOwner(store, found.claim, claims);
  // Where another was quicker, the place can be written as well.
  if (found === null || found.claim.offset < unsettled.offset) {
    await putClaim(store, unsettled, found?.version ?? null);
  }
  claims.settle();
}

/** @returns false where another claim was put there meanwhile */
async function putClaim(store: ObjectStore, claim: Token, expected: string | null): Promise<boolean> {
  try {
    await store.swap(ownerKey, Buffer.from(seal({ formatVersion: claimVersion, ...claim })), expected);
    return true;
  } catch (error) {
    if (error instanceof SheafError && error.code === 'STORAGE_CONFLICT') return false;
    throw error;
  }
}

/**
 * Whether the place is still this cluster's: a copy of it may have claimed it, and a file system that is not mounted any more, or a bucket
 * that was made anew, looks like a place where nothing was ever stored.
 * @param known a claim of this cluster that was found there; null where this process has seen none: then a place of nobody is as good
 * @returns the claim that stands there now
 * @throws SheafError STORAGE_MISSING where it is nobody's any more, STORAGE_FOREIGN, STORAGE_TAKEN_OVER, STORAGE_CORRUPT,
 *   DATA_VERSION_UNKNOWN; what the store and the claims throw
 */
export async function checkClaim(store: ObjectStore, claims: Claims, known: Token | null): Promise<Token | null> {
  const claim = (await readClaim(store))?.claim ?? null;
  if (claim === null && known !== null) throw missing(store.place, ownerKey);
  // The log is asked only of what is new.
  if (claim !== null && (known === null || !isSame(claim, known))) await checkOwner(store, claim, claims);
  return claim;
}

/** Whether it is the same claim. */
export function isSame(a: Token, b: Token): boolean {
  return a.log === b.log && a.offset === b.offset && a.holder === b.holder;
}

async function checkOwner({ place }: ObjectStore, found: Token, claims: Claims): Promise<void> {
  const owner = await claims.ownerOf(found);
  if (owner === 'ours') return;
  throw new SheafError(owner === 'a copy' ? 'STORAGE_TAKEN_OVER' : 'STORAGE_FOREIGN', { detail: { place, found } });
}

async function readClaim(store: ObjectStore): Promise<{ readonly claim: Token; readonly version: string } | null> {
  const found = await store.read(ownerKey);
  return found === null ? null : { claim: decode(found.bytes, store.place), version: found.version };
}

function decode(bytes: Uint8Array, place: string): Token {
  const path = `${place}/${ownerKey}`;
  const value = unsealObject(bytes, path, claimVersion);
  if (!isToken(value)) throw corruptObject(path, 'it names no cluster');
  const { log, offset, holder } = value;
  return { log, offset, holder };
}
