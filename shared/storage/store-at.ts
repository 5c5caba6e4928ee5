/** The store that a setting names, for a process. Touches the world: time. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom } from '../random/random.ts';
import type { ObjectStore } from './object-store.ts';
import type { StoreEnvironment } from './open-store.ts';
import { readStorePlace } from './store-place.ts';

/**
 * Loads what speaks to stores only here, where one is wanted.
 * @param setting was read before: its text names a place
 * @param seed of the pauses between tries
 * @throws SheafError STORAGE_NOT_CONFIGURED
 */
export async function storeAt(setting: string, environment: StoreEnvironment, seed: number): Promise<ObjectStore> {
  const { openStore } = await import('./open-store.ts');
  const random = createRandom(seed);
  return openStore(readStorePlace(setting)!, environment, { sleep, random });
}
