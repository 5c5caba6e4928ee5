/** Lists of terms by looking at every document, and what may be said of them. */
import assert from 'node:assert/strict';
import { accuracies, type Accuracy } from '../../shared/aggregation/terms-listing.ts';
import type { Document } from './collections.ts';

/** An order of lists of terms, as callers write it, and over documents. */
export interface Listing {
  readonly name: string;
  readonly terms: object;
  readonly kind: 'terms' | 'multi_terms';
  readonly keyOf: (document: Document) => string | number;
  /** Negative where the first comes first; what is equal is in the order of the keys. */
  readonly compare: (a: TrueTerm, b: TrueTerm) => number;
  readonly minDocCount?: number;
  /** Whether each count that is listed can always be made exact: the list does not change by that. */
  readonly isBounded: boolean;
}

export interface TrueTerm {
  readonly key: string | number;
  readonly count: number;
  readonly sum: number;
  readonly max: number;
}

const byKey = ({ key: a }: TrueTerm, { key: b }: TrueTerm): number => (a < b ? -1 : a > b ? 1 : 0);
const byCount = (a: TrueTerm, b: TrueTerm): number => b.count - a.count;

const ofTerm = { kind: 'terms', keyOf: ({ term }: Document): string => term } as const;

export const listings: readonly Listing[] = [
  { ...ofTerm, name: 'count', terms: { field: 'term' }, compare: byCount, isBounded: true },
  {
    name: 'count of numbers',
    kind: 'terms',
    keyOf: ({ number }) => number,
    terms: { field: 'number', min_doc_count: 2 },
    minDocCount: 2,
    compare: byCount,
    isBounded: true,
  },
  {
    name: 'count of pairs',
    kind: 'multi_terms',
    keyOf: ({ group, term }) => `${group}|${term}`,
    terms: { terms: [{ field: 'group' }, { field: 'term' }] },
    compare: byCount,
    isBounded: true,
  },
  {
    ...ofTerm,
    name: 'count, then key down',
    terms: { field: 'term', order: [{ _count: 'desc' }, { _key: 'desc' }] },
    compare: (a, b) => byCount(a, b) || byKey(b, a),
    isBounded: true,
  },
  {
    ...ofTerm,
    name: 'key',
    terms: { field: 'term', order: { _key: 'asc' }, min_doc_count: 3 },
    minDocCount: 3,
    compare: byKey,
    isBounded: false,
  },
  {
    ...ofTerm,
    name: 'rarest',
    terms: { field: 'term', order: { _count: 'asc' } },
    compare: (a, b) => a.count - b.count,
    isBounded: false,
  },
  {
    ...ofTerm,
    name: 'a metric',
    terms: { field: 'term', order: { m: 'desc' } },
    compare: (a, b) => b.max - a.max,
    isBounded: false,
  },
];

/** Every term, in the order of a listing. */
export function trueTerms(documents: readonly Document[], { keyOf, compare, minDocCount = 1 }: Listing): TrueTerm[] {
  const byTerm = new Map<string | number, { key: string | number; count: number; sum: number; max: number }>();
  for (const document of documents) {
    const key = keyOf(document);
    const known = byTerm.get(key);
    if (known === undefined) byTerm.set(key, { key, count: 1, sum: document.value, max: document.value });
    else {
      known.count++;
      known.sum += document.value;
      known.max = Math.max(known.max, document.value);
    }
  }
  return [...byTerm.values()].filter(({ count }) => count >= minDocCount).sort((a, b) => compare(a, b) || byKey(a, b));
}

export interface ListedTerm {
  readonly key: string | number | readonly string[];
  readonly key_as_string?: string;
  readonly doc_count: number;
  readonly doc_count_error_upper_bound: number;
  readonly s: { readonly value: number };
}

export interface List {
  readonly doc_count_error_upper_bound: number | null;
  readonly sum_other_doc_count: number;
  readonly accuracy: {
    readonly asked: Accuracy;
    readonly reached: Accuracy;
    readonly reason?: string;
    readonly rounds: number;
    readonly bytes: number;
    readonly failures?: readonly { readonly code: string; readonly shards: number }[];
  };
  readonly buckets: readonly ListedTerm[];
}

/**
 * Holds a list to the truth, as far as it says that it is true.
 * @param truth of all terms, in the order of the list
 * @returns how many counts were looked at
 */
export function holdList(list: List, truth: readonly TrueTerm[], size: number): number {
  const { asked, reached, reason } = list.accuracy;
  const isShort = accuracies.indexOf(reached) < accuracies.indexOf(asked);
  assert.equal(isShort, reason !== undefined, `${reached} of ${asked}, and the reason is ${reason}`);
  const byKeys = new Map(truth.map((term) => [term.key, term]));
  const bound = list.doc_count_error_upper_bound;
  for (const {
    key: shown,
    key_as_string: text,
    doc_count: count,
    doc_count_error_upper_bound: error,
    s,
  } of list.buckets) {
    const key = text ?? (shown as string | number);
    const { count: actual, sum } = byKeys.get(key)!;
    assert.ok(count <= actual && actual <= count + error, `${key}: ${actual} is not in ${count} and ${error} more`);
    assert.ok(bound === null || error <= bound, `${key} may lack ${error}, more than ${bound}`);
    if (reached !== 'fast') assert.deepEqual([count, error, s.value], [actual, 0, sum], `${key} is not ${reached}`);
  }
  assert.equal(reached === 'exact', bound === 0);
  if (reached === 'exact') {
    const expected = truth.slice(0, size);
    assert.deepEqual(
      list.buckets.map(({ key, key_as_string: text }) => text ?? key),
      expected.map(({ key }) => key),
    );
  }
  return list.buckets.length;
}
