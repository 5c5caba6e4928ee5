/** What is remembered of keyed requests by who writes: the keys of appends that count. Pure. */
import type { KnownRequest } from '../keyed-requests.ts';
import type { DecidedKey } from './decision.ts';

export class KeyTable {
  private readonly retentionMs: number;
  private readonly known = new Map<string, KnownRequest>();
  private byTime: { readonly atMs: number; readonly keys: readonly DecidedKey[] }[] = [];
  /** Index of the oldest that was not forgotten. */
  private oldest = 0;

  constructor(retentionMs: number) {
    this.retentionMs = retentionMs;
  }

  find(key: string): KnownRequest | undefined {
    return this.known.get(key);
  }

  get size(): number {
    return this.known.size;
  }

  /**
   * Remembers the keys of an append that counts, and forgets what is older than the retention by then.
   * @param atMs when the broker took the entry, milliseconds since 1970
   */
  remember(atMs: number, keys: readonly DecidedKey[]): void {
    for (const { key, digest, answer } of keys) this.known.set(key, { digest, answer });
    this.byTime.push({ atMs, keys });
    while (this.byTime[this.oldest]!.atMs < atMs - this.retentionMs) this.forget(this.byTime[this.oldest++]!.keys);
    if (this.oldest * 2 < this.byTime.length) return;
    this.byTime = this.byTime.slice(this.oldest);
    this.oldest = 0;
  }

  private forget(keys: readonly DecidedKey[]): void {
    for (const { key, answer } of keys) if (this.known.get(key)?.answer === answer) this.known.delete(key);
  }
}
