/** Whether a place in object storage may be written to. Touches the world through the store it is given. */
import { probe } from '../storage/probe.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { checkClaim, claimStore } from './claim-store.ts';

export class ProvedPlace {
  private readonly store: ObjectStore;
  private isProved = false;

  constructor(store: ObjectStore) {
    this.store = store;
  }

  /**
   * To be asked before each round of work: that the place is still this cluster's; and once that conditional writes hold there.
   * @param log identity of the log of this cluster
   * @returns whether it was proved just now for the first time
   * @throws SheafError STORAGE_UNSAFE; as claimStore and checkClaim
   */
  async prove(log: string): Promise<boolean> {
    if (this.isProved) {
      await checkClaim(this.store, log);
      return false;
    }
    await probe(this.store);
    await claimStore(this.store, log);
    this.isProved = true;
    return true;
  }
}
