/**
 * What is remembered of keyed requests by who writes: the keys of appends that count, until an entry of the decisions says that they are forgotten. So whoever
 * has read as far remembers the same. Pure.
 */
import type { KnownRequest } from '../keyed-requests.ts';
import type { DecidedKey } from './decision.ts';

/** Times that are kept of a retention: forgetting comes so often. */
const marksOfRetention = 10;

/** Drops a queue's beginning now and then, so that it costs nothing for each. */
const dropAfter = 1024;

export class KeyTable {
  private readonly retentionMs: number;
  private readonly known = new Map<string, KnownRequest>();
  private remembered: { readonly offset: number; readonly keys: readonly DecidedKey[] }[] = [];
  /** Index of the oldest that was not forgotten. */
  private oldest = 0;
  /** Some entries, and when the broker took them. */
  private marks: { readonly offset: number; readonly atMs: number }[] = [];
  private newestMs = 0;
  /** What was decided below this offset is forgotten. */
  private before = 0;

  constructor(retentionMs: number) {
    this.retentionMs = retentionMs;
  }

  find(key: string): KnownRequest | undefined {
    return this.known.get(key);
  }

  get size(): number {
    return this.known.size;
  }

  /** Offset below which keys are forgotten. */
  get forgotten(): number {
    return this.before;
  }

  /**
   * Remembers the keys of an append that counts.
   * @param offset of its decision, ascending
   * @param atMs when the broker took that, milliseconds since 1970
   */
  remember(offset: number, atMs: number, keys: readonly DecidedKey[]): void {
    this.newestMs = Math.max(this.newestMs, atMs);
    const last = this.marks.at(-1);
    if (last === undefined || atMs >= last.atMs + this.retentionMs / marksOfRetention)
      this.marks.push({ offset, atMs });
    if (keys.length === 0) return;
    for (const { key, digest, answer } of keys) this.known.set(key, { digest, answer });
    this.remembered.push({ offset, keys });
  }

  /** What an entry of the decisions says. */
  forget(before: number): void {
    if (before <= this.before) return;
    this.before = before;
    this.marks = this.marks.filter(({ offset }) => offset >= before);
    for (; (this.remembered[this.oldest]?.offset ?? before) < before; this.oldest++) {
      for (const { key, answer } of this.remembered[this.oldest]!.keys)
        if (this.known.get(key)?.answer === answer) this.known.delete(key);
    }
    if (this.oldest < dropAfter) return;
    this.remembered = this.remembered.slice(this.oldest);
    this.oldest = 0;
  }

  /** Below which offset everything is older than the retention, by the times that brokers gave; null where nothing new is. */
  due(): number | null {
    const old = this.marks.findLast(({ atMs }) => atMs < this.newestMs - this.retentionMs);
    return old === undefined || old.offset <= this.before ? null : old.offset;
  }
}
