/** What is changed under a lease: a counter behind a fence, and the check that no two holders' changes both count. */
import { Fence, type Token } from '../../../shared/lease/fence.ts';

export class Place {
  value = 0;
  /** When it was changed last. */
  changedAtMs = -Infinity;
  private readonly fence = new Fence();
  private last: Token | null = null;
  private readonly onViolation: (what: string) => void;

  constructor(onViolation: (what: string) => void) {
    this.onViolation = onViolation;
  }

  /** Shows a token and reads. @returns the value, or null where the token is refused */
  read(token: Token): number | null {
    return this.admits(token) ? this.value : null;
  }

  /** Adds one to the value that was read: whoever does that holds the lease. @returns the value, or null as above */
  write(token: Token, read: number, nowMs: number): number | null {
    if (!this.admits(token)) return null;
    const { last } = this;
    if (last !== null && token.offset < last.offset)
      this.onViolation(`a token went back: ${show(token)} after ${show(last)}`);
    if (read !== this.value) {
      this.onViolation(
        `two holders' writes count: ${show(token)} had read ${read}, ${last === null ? '' : show(last)} made it ${this.value}`,
      );
    }
    this.last = token;
    this.value++;
    this.changedAtMs = nowMs;
    return this.value;
  }

  private admits(token: Token): boolean {
    try {
      this.fence.admit(token);
      return true;
    } catch {
      return false;
    }
  }
}

function show({ offset, holder }: Token): string {
  return `${holder}@${offset}`;
}
