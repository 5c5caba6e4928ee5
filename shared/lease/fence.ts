/** The place that is changed under a lease: it refuses the token of a holder that was there before the last one. Pure. */
import { SheafError } from '../errors.ts';

/** What whoever acts under a lease carries to the place that is changed. */
export interface Token {
  /** The log in which the offset stands: offsets of another log say nothing about it. */
  readonly log: string;
  /** See Lease.token. */
  readonly offset: number;
  /** Of an older copy of a log that was put back, the offsets are given again: to one holder, not to two. */
  readonly holder: string;
}

/**
 * The highest token that a place has seen, kept with what is changed there, and changed with it in one step. A new holder
 * shows its token before it reads what it is going to change: from then on nothing of the holder before it counts.
 */
export class Fence {
  private current: Token | null;

  /** @param highest what was kept; null at a place that was never changed */
  constructor(highest: Token | null = null) {
    this.current = highest;
  }

  get highest(): Token | null {
    return this.current;
  }

  /**
   * Lets the bearer of a token change the place, and no bearer of a lower one from then on.
   * @throws SheafError LEASE_FENCED for a lower token, or the same in other hands, LEASE_OF_OTHER_LOG for one that cannot be compared
   */
  admit(token: Token): void {
    const { current } = this;
    if (current !== null && current.log !== token.log) {
      throw new SheafError('LEASE_OF_OTHER_LOG', { detail: { highest: current, token } });
    }
    if (current !== null && isBelow(token, current)) {
      throw new SheafError('LEASE_FENCED', { detail: { highest: current, token } });
    }
    this.current = token;
  }
}

function isBelow(token: Token, highest: Token): boolean {
  return token.offset < highest.offset || (token.offset === highest.offset && token.holder !== highest.holder);
}
