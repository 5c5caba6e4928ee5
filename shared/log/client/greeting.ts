/** Which log is at the other end, and whether it is the one this client reads. Touches the world: timers. */
import { SheafError } from '../../errors.ts';
import type { Frame } from '../../transport/frame.ts';
import { parseGreeting } from '../wire.ts';

export class Greeting {
  /** The log this client stays with: the one it was given, or else the first it met. */
  private expected: string | null;
  private found: string | null = null;
  private readonly waiting = new Set<(identity: string | null) => void>();

  constructor(expected: string | null) {
    this.expected = expected;
  }

  /**
   * Takes the first frame of a connection.
   * @returns null, or why nothing may be asked over this connection
   * @throws SheafError FRAME_INVALID when it is no greeting
   */
  receive({ type, header }: Frame): SheafError | null {
    if (type !== 'greeting') throw new SheafError('FRAME_INVALID', { detail: { field: 'type', type } });
    const { identity } = parseGreeting(header);
    this.found = identity;
    this.settle(identity);
    this.expected ??= identity;
    if (this.expected === identity) return null;
    return new SheafError('LOG_REPLACED', { detail: { expected: this.expected, found: identity } });
  }

  /** The log that greeted last. @throws SheafError LOG_UNAVAILABLE when none has in time */
  async identity(timeoutMs: number): Promise<string> {
    if (this.found !== null) return this.found;
    const identity = await new Promise<string | null>((resolve) => {
      const timer = setTimeout(() => settle(null), timeoutMs);
      const settle = (greeted: string | null): void => {
        clearTimeout(timer);
        this.waiting.delete(settle);
        resolve(greeted);
      };
      this.waiting.add(settle);
    });
    if (identity !== null) return identity;
    throw new SheafError('LOG_UNAVAILABLE', { detail: { reason: `no connection in ${timeoutMs} ms` } });
  }

  close(): void {
    this.settle(null);
  }

  private settle(identity: string | null): void {
    for (const settle of this.waiting) settle(identity);
  }
}
