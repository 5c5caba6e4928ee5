/** Whether a place in object storage may be written to. Touches the world through the store it is given. */
import type { Token } from '../lease/fence.ts';
import { probe } from '../storage/probe.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { checkClaim, claimStore, isSame } from './claim-store.ts';
import type { Claims } from './claims.ts';

export class ProvedPlace {
  private readonly store: ObjectStore;
  private readonly claims: Claims;
  private isProved = false;
  /** A claim of this cluster that stood there; null where none was seen. */
  private known: Token | null = null;
  /** What stood there when it was renewed last, by whomever. */
  private renewed: Token | null = null;

  constructor(store: ObjectStore, claims: Claims) {
    this.store = store;
    this.claims = claims;
  }

  /**
   * To be asked before each round of work: that the place is still this cluster's; and once that conditional writes hold there, and to
   * claim it.
   * @returns whether it was proved just now for the first time
   * @throws SheafError STORAGE_UNSAFE; as claimStore and checkClaim
   */
  async prove(): Promise<boolean> {
    if (this.isProved) {
      await this.confirm();
      return false;
    }
    await probe(this.store);
    this.known = await claimStore(this.store, this.claims);
    this.isProved = true;
    return true;
  }

  /**
   * To be asked before each round in which something is stored, once it was proved: puts a claim there that is newer than what was stored before, unless
   * another process of this cluster has done so since this one asked last. So a copy that was made before has not got the claim that stands there.
   * @throws SheafError as claimStore and checkClaim
   */
  async renew(): Promise<void> {
    await this.confirm();
    const { known, renewed } = this;
    // Since the start, too, a copy may have been made.
    if (known !== null && (renewed === null || isSame(known, renewed))) {
      this.known = await claimStore(this.store, this.claims);
    }
    this.renewed = this.known;
  }

  /**
   * That nobody else had claimed the place when this was called: to be asked after something was read there and before it is acted on, and
   * right before something is replaced or removed. Cost: reads one small object.
   * @throws SheafError as checkClaim
   */
  async confirm(): Promise<void> {
    this.known = await checkClaim(this.store, this.claims, this.known);
  }
}
