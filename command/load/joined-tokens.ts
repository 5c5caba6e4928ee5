/** The tokens of many writes to one index as one. */
import { decodeToken, encodeToken } from '../../root/route/token.ts';

export class JoinedTokens {
  private readonly offsets: Record<string, number> = {};

  /** Undefined before the first. */
  get joined(): string | undefined {
    return Object.keys(this.offsets).length === 0 ? undefined : encodeToken(this.offsets);
  }

  add(token: string): void {
    for (const [partition, offset] of Object.entries(decodeToken(token))) {
      this.offsets[partition] = Math.max(this.offsets[partition] ?? -1, offset);
    }
  }
}
