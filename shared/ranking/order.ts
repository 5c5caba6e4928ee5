/**
 * The one total order of hits. It names nothing local to a replica, so every replica and every merge agrees: the sort
 * keys in turn, then shard ascending, then log offset ascending.
 */
export type SortKey =
  /** BM25 score. */
  | { readonly by: 'score'; readonly descending: boolean }
  /** Shard and log offset: the order documents arrived in, per shard. */
  | { readonly by: 'position'; readonly descending: boolean }
  /**
   * A numeric or keyword field. Of several values the least counts when ascending, the greatest when descending, unless
   * `mode` says which. Documents without a value come last either way, unless `missing` is `first`.
   */
  | {
      readonly by: 'field';
      readonly field: string;
      readonly descending: boolean;
      readonly values: 'number' | 'string';
      readonly mode?: 'min' | 'max';
      readonly missing?: 'first';
    };

/** Whether of several values of a field the greatest counts, not the least. */
export function countsGreatest(key: Extract<SortKey, { by: 'field' }>): boolean {
  return key.mode === undefined ? key.descending : key.mode === 'max';
}

/** Whether documents without a value come before all others. */
export function missingFirst(key: SortKey): boolean {
  return key.by === 'field' && key.missing === 'first';
}

/** One sort key's value of one hit; `null` is a field without a value. For `position` it is the log offset. */
export type SortValue = number | string | null;

/** What orders a hit. `values` stands parallel to the sort keys. */
export interface HitPosition {
  readonly values: readonly SortValue[];
  readonly shard: number;
  /** Log offset of the document's put. */
  readonly offset: number;
}

/**
 * Code point order of two strings, which is the byte order of their UTF-8; JavaScript's own `<` compares UTF-16 units
 * and disagrees above U+FFFF. Lone surrogates compare as themselves. Cost: the common prefix.
 */
export function compareStrings(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    let x = a.charCodeAt(i);
    let y = b.charCodeAt(i);
    if (x === y) continue;
    // Surrogates (D800-DFFF) encode code points above all of E000-FFFF.
    if (x >= 0xd800 && y >= 0xd800) {
      if (x < 0xe000) x += 0x10000;
      if (y < 0xe000) y += 0x10000;
    }
    return x - y;
  }
  return a.length - b.length;
}

/** By one sort key that is not `position`. */
export function compareValues(a: SortValue, b: SortValue, key: SortKey): number {
  if (a === null || b === null) return a === b ? 0 : (a === null) === missingFirst(key) ? -1 : 1;
  const ascending = typeof a === 'number' && typeof b === 'number' ? a - b : compareStrings(a as string, b as string);
  return key.descending ? -ascending : ascending;
}

/** Negative when `a` ranks before `b`; 0 only for the same document. */
export function compareHits(keys: readonly SortKey[], a: HitPosition, b: HitPosition): number {
  return compareByKeys(keys, a, b) || a.shard - b.shard || a.offset - b.offset;
}

/** The same by the sort keys alone: 0 for equal values. */
export function compareByKeys(keys: readonly SortKey[], a: HitPosition, b: HitPosition): number {
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i]!;
    if (key.by === 'position') {
      const order = a.shard - b.shard || a.offset - b.offset;
      if (order !== 0) return key.descending ? -order : order;
      continue;
    }
    const order = compareValues(a.values[i]!, b.values[i]!, key);
    if (order !== 0) return order;
  }
  return 0;
}
