/** A bucket a term, over every document, and which of the buckets are listed. */
import type { FieldKind } from '../../shared/schema/kinds/field-kinds.ts';
import type { IndexedField } from '../../shared/schema/schema.ts';
import { type Bucket, bucketsBy, showBucket } from './buckets.ts';
import { type StoredDocument, valueOf, valuesOf } from './collection.ts';
import { numberAt } from './number-at.ts';
import { asList, asNumber, asObject, asText, isObject, type Json, type JsonObject, onlyEntry } from './json.ts';

type Below = (documents: readonly StoredDocument[]) => JsonObject;

export const listingNames = ['size', 'shard_size', 'order', 'min_doc_count', 'show_term_doc_count_error', 'accuracy'];

export function termsAnswer(
  documents: readonly StoredDocument[],
  field: IndexedField,
  json: JsonObject,
  below: Below,
  all: readonly StoredDocument[],
): JsonObject {
  const request = asObject(json, ['field', 'missing', 'include', 'exclude', ...listingNames]);
  const { missing, include, exclude } = request;
  const keysOf = (document: StoredDocument): (number | string)[] =>
    valuesOr(document, field, missing).filter((value) => {
      return (include === undefined || isIn(field.kind, include, value)) && !isIn(field.kind, exclude ?? [], value);
    });
  const asked = new Set(documents);
  // Of all documents where terms are told that none of those asked for has.
  const known = bucketsBy(request['min_doc_count'] === 0 ? all : documents, keysOf);
  const buckets = known.map((bucket) => ({
    ...bucket,
    documents: bucket.documents.filter((document) => asked.has(document)),
  }));
  return listTerms(request, buckets, below, (bucket) => asObject(showBucket(bucket, field.kind, () => ({}))));
}

/** @param missing what documents without a value have */
export function valuesOr(
  document: StoredDocument,
  field: IndexedField,
  missing: Json | undefined,
): (number | string)[] {
  const values = valuesOf(document, field);
  return values.length === 0 && missing !== undefined ? [valueOf(field.kind, missing)] : values;
}

/** @param buckets keys ascending @param show a bucket without what is below */
export function listTerms(
  request: JsonObject,
  buckets: readonly Bucket[],
  below: Below,
  show: (bucket: Bucket) => JsonObject,
): JsonObject {
  const enough = asNumber(request['min_doc_count'], 1);
  const listed = buckets
    .filter((bucket) => bucket.documents.length >= enough)
    .map((bucket, place) => ({ bucket, place, results: below(bucket.documents) }));
  const keys = asList(request['order'] ?? { _count: 'desc' }).map((key) => onlyEntry(key));
  if (!keys.every(([, direction]) => direction === 'asc' || direction === 'desc')) {
    throw new Error('the oracle does not know this order');
  }
  listed.sort((a, b) => {
    for (const [name, direction] of keys) {
      const order = compareAt(name, a, b);
      if (order.isLast !== 0) return order.isLast;
      if (order.ascending !== 0) return direction === 'desc' ? -order.ascending : order.ascending;
    }
    return a.place - b.place;
  });
  const shown = listed.slice(0, asNumber(request['size'], 10));
  const countAll = (some: readonly Bucket[]): number => some.reduce((sum, bucket) => sum + bucket.documents.length, 0);
  const error: JsonObject = request['show_term_doc_count_error'] === true ? { doc_count_error_upper_bound: 0 } : {};
  const asked = request['accuracy'];
  return {
    doc_count_error_upper_bound: 0,
    // Every bucket that is not part of the answer counts, whether it was too small or came too late.
    sum_other_doc_count: countAll(buckets) - countAll(shown.map(({ bucket }) => bucket)),
    ...(asked === undefined ? {} : { accuracy: { asked, reached: 'exact' } }),
    buckets: shown.map(({ bucket, results }) => ({ ...show(bucket), ...error, ...results })),
  };
}

interface Listed {
  readonly bucket: Bucket;
  /** In the order of the keys. */
  readonly place: number;
  readonly results: JsonObject;
}

/** What is no number is last, whichever the direction. */
function compareAt(name: string, a: Listed, b: Listed): { readonly isLast: number; readonly ascending: number } {
  if (name === '_count') return { isLast: 0, ascending: a.bucket.documents.length - b.bucket.documents.length };
  if (name === '_key') return { isLast: 0, ascending: a.place - b.place };
  const [one, other] = [numberAt(a.results, name), numberAt(b.results, name)];
  if (one === null || other === null) return { isLast: Number(one === null) - Number(other === null), ascending: 0 };
  return { isLast: 0, ascending: one - other };
}

/** Patterns are of those that mean the same in JavaScript. */
function isIn(kind: FieldKind, set: Json, value: number | string): boolean {
  if (isObject(set)) throw new Error('the oracle knows no partitions');
  if (Array.isArray(set)) return set.some((member) => valueOf(kind, member) === value);
  return new RegExp(`^(?:${asText(set)})$`, 'su').test(String(value));
}
