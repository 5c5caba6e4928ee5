/** Terms by reading every document: the slow twin of their collectors. */
import { compareKeys, type BucketPartial } from '../../shared/aggregation/buckets.ts';
import type { AggregationPartials, AggregationRequests } from '../../shared/aggregation/definition.ts';
import type { TermChoice, TermSet } from '../../shared/aggregation/term-choice.ts';
import type { TermsListing } from '../../shared/aggregation/terms-listing.ts';
import type { TermsPartial } from '../../shared/aggregation/terms-partial.ts';
import type { TermsRequest } from '../../shared/aggregation/terms.ts';
import { hashBytes64 } from '../../shared/hashing/hash.ts';
import { valuesOf, type NaiveDocument } from './naive-search.fixture.ts';

type Key = BucketPartial['key'];

export type Nested = (requests: AggregationRequests, documents: readonly NaiveDocument[]) => AggregationPartials;

export function naiveTerms(
  request: TermsRequest,
  documents: readonly NaiveDocument[],
  nested: Nested,
  others: readonly NaiveDocument[],
): TermsPartial {
  const { field, missing, choice = {}, aggregations } = request;
  const keysOf = (document: NaiveDocument): Key[] =>
    valuesOr(document, field, missing).filter((value) => isChosen(choice, value));
  const buckets = bucketsOfKeys(documents, keysOf, (inBucket) => nested(aggregations, inBucket));
  const empty = [...new Set(others.flatMap(keysOf))]
    .filter((key) => buckets.every((bucket) => bucket.key !== key))
    .map((key) => ({ key, count: 0, aggregations: nested(aggregations, []) }));
  const { by, descending } = request.order[0]!;
  const areLeft = by === 'count' && descending && buckets.length >= request.shardSize;
  return cutTerms(request, areLeft ? buckets : [...buckets, ...empty], compareKeys);
}

/** The values of a document, or what it has where it has none. */
export function valuesOr(document: NaiveDocument, field: string, missing: Key | undefined): readonly Key[] {
  const values = valuesOf(document, field);
  return values.length === 0 && missing !== undefined ? [missing] : values;
}

/** Keys ascending by `compareKeys`. */
export function bucketsOfKeys(
  documents: readonly NaiveDocument[],
  keysOf: (document: NaiveDocument) => readonly Key[],
  nested: (documents: readonly NaiveDocument[]) => AggregationPartials,
): BucketPartial[] {
  const groups = new Map<Key, NaiveDocument[]>();
  for (const document of documents) {
    for (const key of new Set(keysOf(document))) groups.set(key, [...(groups.get(key) ?? []), document]);
  }
  return [...groups]
    .map(([key, group]) => ({ key, count: group.length, aggregations: nested(group) }))
    .sort((a, b) => compareKeys(a.key, b.key));
}

/** What a leaf sends of all buckets. */
export function cutTerms(
  { order, shardSize, wanted }: TermsListing,
  collected: readonly BucketPartial[],
  compare: (a: Key, b: Key) => number,
): TermsPartial {
  const buckets = collected.filter(({ key, count }) => {
    if (wanted?.kind === 'keys') return wanted.keys.includes(String(key));
    return wanted === undefined || (count >= wanted.from && count <= wanted.upTo);
  });
  const tooFew = collected.flatMap(({ count }) => (wanted?.kind === 'counts' && count < wanted.from ? [count] : []));
  const ranked = buckets.toSorted((a, b) => compare(a.key, b.key));
  // Sorting is stable, so the last key goes first.
  for (const { by, descending } of order.toReversed()) {
    if (by === 'key') ranked.sort((a, b) => compare(a.key, b.key) * (descending ? -1 : 1));
    // Of metrics the largest buckets.
    else ranked.sort((a, b) => (a.count - b.count) * (descending || by === 'metric' ? -1 : 1));
  }
  const kept = new Set(ranked.slice(0, shardSize));
  const cut = [...ranked.slice(shardSize).map(({ count }) => count), ...tooFew];
  return {
    kind: 'terms',
    buckets: buckets.filter((bucket) => kept.has(bucket)).sort((a, b) => compare(a.key, b.key)),
    cutCountMax: Math.max(0, ...cut),
    cutCountSum: cut.reduce((sum, count) => sum + count, 0),
    ...(ranked.length > shardSize && order[0]!.by === 'key' ? { cutFrom: ranked[shardSize]!.key } : {}),
  };
}

function isChosen({ include, exclude }: TermChoice, value: Key): boolean {
  return (include === undefined || isIn(include, value)) && (exclude === undefined || !isIn(exclude, value));
}

/** Patterns are of those that mean the same here and in JavaScript. */
function isIn(set: TermSet, value: Key): boolean {
  switch (set.kind) {
    case 'values':
      return set.values.includes(value);
    case 'pattern':
      return typeof value === 'string' && new RegExp(`^(?:${set.pattern})$`, 'su').test(value);
    case 'partition':
      return Number(hashBytes64(bytesOf(value)) % BigInt(set.partitions)) === set.partition;
  }
}

/** What is hashed of a value. */
export function bytesOf(value: Key): Uint8Array {
  return typeof value === 'string' ? Buffer.from(value) : new Uint8Array(new Float64Array([value + 0]).buffer);
}
