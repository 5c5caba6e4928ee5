/** Whether a store can be trusted with manifests. */
import { randomUUID } from 'node:crypto';
import { SheafError } from '../errors.ts';
import type { ObjectStore } from './object-store.ts';

const probeKey = 'probe/conditional-writes';

/**
 * Writes, reads and lists an object, and lets two writers that cannot both win try: some services answer conditional
 * writes with success and overwrite all the same, and two uploaders would mix their files.
 * @throws SheafError STORAGE_UNSAFE where what must fail succeeds; STORAGE_UNAVAILABLE, STORAGE_REFUSED
 */
export async function probe(store: ObjectStore): Promise<void> {
  const before = await store.read(probeKey);
  const swapped = await swapOrYield(store, before?.version ?? null);
  if (swapped === null) return;
  await mustConflict(store, null, 'If-None-Match');
  if (before !== null) return await mustConflict(store, before.version, 'If-Match');
  const second = await swapOrYield(store, swapped);
  if (second === null) return;
  if (second === swapped) throw unsafe(store, 'an ETag of its own for what is another object');
  await mustConflict(store, swapped, 'If-Match');
}

/** Null where another process probes at this moment: that this one was refused is what is to be seen. */
async function swapOrYield(store: ObjectStore, expected: string | null): Promise<string | null> {
  try {
    return await store.swap(probeKey, unique(), expected);
  } catch (error) {
    if (isConflict(error)) return null;
    throw error;
  }
}

async function mustConflict(store: ObjectStore, expected: string | null, lacking: string): Promise<void> {
  try {
    await store.swap(probeKey, unique(), expected);
  } catch (error) {
    if (isConflict(error)) return;
    throw error;
  }
  throw unsafe(store, lacking);
}

function unsafe({ place }: ObjectStore, lacking: string): SheafError {
  return new SheafError('STORAGE_UNSAFE', { detail: { place, lacking } });
}

function unique(): Buffer {
  return Buffer.from(randomUUID());
}

function isConflict(error: unknown): boolean {
  return error instanceof SheafError && error.code === 'STORAGE_CONFLICT';
}
