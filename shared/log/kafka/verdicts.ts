/**
 * Which appends count: the fold of the decisions. Every reader that has read what stands behind the `seen` of an append comes to
 * the same verdict of it. Pure.
 */
import type { Decision } from './decision.ts';

/**
 * Entries between what an author had seen and its own decision, at most: what keys came in between is all that has to be
 * remembered. An append that took longer does not count, and its author makes it again.
 */
export const windowMax = 1024;

/** Verdicts that are kept: enough for every reader that is not far behind. */
const verdictsMax = 100_000;

export interface Verdict {
  readonly append: string;
  readonly counts: boolean;
}

export class Verdicts {
  /** Of an append that had seen less than this, nothing is known here. */
  from: number;
  /** Offset of the last entry read. */
  offset: number;
  private readonly verdicts = new Map<string, { readonly counts: boolean; readonly offset: number }>();
  /** By key, the last entry that had it, whether it counted or not: no reader needs to know the verdict of another. */
  private readonly lastOf = new Map<string, number>();
  private readonly recent: { readonly offset: number; readonly keys: readonly string[] }[] = [];

  /** @param from offset of the first entry that will be read */
  constructor(from: number) {
    this.from = from - 1;
    this.offset = from - 1;
  }

  /**
   * @param offset ascending
   * @param decision null for an entry that decides nothing, as no version can read it
   * @returns null where no append is decided by it, or was before
   */
  read(offset: number, decision: Decision | null): Verdict | null {
    this.offset = offset;
    if (decision === null || decision.kind === 'forget') return null;
    const { append } = decision;
    if (decision.kind === 'abandon') return this.decide(append, offset, false);
    const { seen, keys } = decision;
    const isTaken = keys.some(({ key }) => (this.lastOf.get(key) ?? -1) > seen);
    this.remember(offset, keys);
    return this.decide(append, offset, offset - seen <= windowMax && !isTaken);
  }

  /** Undefined as long as it is not decided. */
  of(append: string): boolean | undefined {
    return this.verdicts.get(append)?.counts;
  }

  private decide(append: string, offset: number, counts: boolean): Verdict | null {
    if (this.verdicts.has(append)) return null;
    this.verdicts.set(append, { counts, offset });
    if (this.verdicts.size <= verdictsMax) return { append, counts };
    const [oldest] = this.verdicts;
    this.from = Math.max(this.from, oldest![1].offset);
    this.verdicts.delete(oldest![0]);
    return { append, counts };
  }

  private remember(offset: number, keys: readonly { readonly key: string }[]): void {
    const names = keys.map(({ key }) => key);
    for (const name of names) this.lastOf.set(name, offset);
    this.recent.push({ offset, keys: names });
    while (this.recent[0]!.offset < offset - windowMax) {
      const old = this.recent.shift()!;
      for (const name of old.keys) if (this.lastOf.get(name) === old.offset) this.lastOf.delete(name);
    }
  }
}
