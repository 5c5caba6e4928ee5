/** Keys of several values by reading every document: the slow twin of their collectors. */
import { compareKeys, type BucketPartial } from '../../shared/aggregation/buckets.ts';
import type { CompositePartial, CompositeRequest } from '../../shared/aggregation/composite.ts';
import type { CompositeSource } from '../../shared/aggregation/composite/source.ts';
import type { MultiTermsRequest } from '../../shared/aggregation/multi-terms.ts';
import type { TermsPartial } from '../../shared/aggregation/terms-partial.ts';
import { rememberedFloor } from '../../shared/dates/slow-date-borders.fixture.ts';
import { valuesOf, type NaiveDocument } from './naive-search.fixture.ts';
import { bucketsOfKeys, cutTerms, valuesOr, type Nested } from './naive-terms.fixture.ts';

type Value = number | string | null;
type Key = BucketPartial['key'];

export function naiveMultiTerms(
  request: MultiTermsRequest,
  documents: readonly NaiveDocument[],
  nested: Nested,
): TermsPartial {
  const { sources, aggregations } = request;
  const keysOf = (document: NaiveDocument): string[] =>
    combinations(sources.map(({ field, missing }) => valuesOr(document, field, missing)));
  const buckets = bucketsOfKeys(documents, keysOf, (inBucket) => nested(aggregations, inBucket));
  return cutTerms(
    request,
    buckets,
    byParts((a, b) => compareKeys(a!, b!)),
  );
}

export function naiveComposite(
  { sources, size, after, aggregations }: CompositeRequest,
  documents: readonly NaiveDocument[],
  nested: Nested,
): CompositePartial {
  const keysOf = (document: NaiveDocument): string[] =>
    combinations(sources.map((source) => valuesOfSource(source, document)));
  const compare = byParts((a, b, i) => compareInOrder(sources[i]!, a, b));
  const page = bucketsOfKeys(documents, keysOf, (inBucket) => nested(aggregations, inBucket))
    .filter(({ key }) => after === undefined || compare(key, JSON.stringify(after)) > 0)
    .sort((a, b) => compare(a.key, b.key))
    .slice(0, size);
  return { kind: 'composite', buckets: page };
}

/** Every array with a value of each list, as JSON. */
function combinations(lists: readonly (readonly Value[])[]): string[] {
  let tuples: Value[][] = [[]];
  for (const list of lists) tuples = tuples.flatMap((tuple) => list.map((value) => [...tuple, value]));
  return tuples.map((tuple) => JSON.stringify(tuple));
}

function valuesOfSource(source: CompositeSource, document: NaiveDocument): Value[] {
  const values = valuesOf(document, source.field);
  if (values.length === 0) return source.missing === undefined ? [] : [null];
  if (source.by === 'terms') return [...values];
  if (source.by === 'date_histogram') {
    const { interval, timeZone, offset } = source;
    return values.map((value) => rememberedFloor(Number(value), interval, timeZone, offset) + 0);
  }
  return values.map((value) => Math.floor((Number(value) - source.offset) / source.interval) + 0);
}

function compareInOrder({ descending, missing }: CompositeSource, a: Value, b: Value): number {
  if (a === b) return 0;
  if (a === null) return missing === 'first' ? -1 : 1;
  if (b === null) return missing === 'first' ? 1 : -1;
  return descending ? compareKeys(b, a) : compareKeys(a, b);
}

function byParts(compare: (a: Value, b: Value, i: number) => number): (a: Key, b: Key) => number {
  return (a, b) => {
    const others = JSON.parse(String(b)) as Value[];
    for (const [i, value] of (JSON.parse(String(a)) as Value[]).entries()) {
      const order = compare(value, others[i]!, i);
      if (order !== 0) return order;
    }
    return 0;
  };
}
