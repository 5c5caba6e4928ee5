/**
 * How a root learns where leaves are. Four forms, one contract: the whole list, whenever it changed.
 *
 * A list says where to dial, no more. Whether a leaf is there, what it has and whether it is about to leave it says itself;
 * so a list that is late or forgets a leaf for a moment costs nothing.
 */
import type { Address } from '../transport/address.ts';

/** One place where a leaf should answer. */
export interface LeafPlace {
  /** What the leaf there must call itself, or null where the list has addresses only and the leaf's own word counts. */
  readonly name: string | null;
  readonly address: Address;
}

export interface DiscoveryEvents {
  /** All places there are now, in no order; called when they are first known and whenever they changed. */
  readonly onPlaces: (places: readonly LeafPlace[]) => void;
  /** The list could not be read: the last one holds, and it is tried again. Called once until it was read again. */
  readonly onFault: (reason: string) => void;
}

export interface Discovery {
  close(): void;
}

/** Passes on lists that differ from the one before. */
export function tellChanges(onPlaces: DiscoveryEvents['onPlaces']): DiscoveryEvents['onPlaces'] {
  let told: string | undefined;
  return (places) => {
    const text = JSON.stringify(places);
    if (text === told) return;
    told = text;
    onPlaces(places);
  };
}
