/** Documents by key, and how a bucket is shown. */
import type { FieldKind } from '../../shared/schema/kinds/field-kinds.ts';
import { compareValues, type StoredDocument } from './collection.ts';
import { factsOf } from './field-kinds.ts';
import type { Json, JsonObject } from './json.ts';

export interface Bucket {
  readonly key: number | string;
  readonly documents: readonly StoredDocument[];
}

/** The documents by key; one with several keys is in several buckets, in each once. Keys ascending. */
export function bucketsBy(
  documents: readonly StoredDocument[],
  keysOf: (document: StoredDocument) => readonly (number | string)[],
): Bucket[] {
  const byKey = new Map<number | string, StoredDocument[]>();
  for (const document of documents) {
    for (const key of new Set(keysOf(document))) byKey.set(key, [...(byKey.get(key) ?? []), document]);
  }
  return [...byKey.keys()].sort(compareValues).map((key) => ({ key, documents: byKey.get(key)! }));
}

export function showBucket(
  bucket: Bucket,
  kind: FieldKind,
  below: (documents: readonly StoredDocument[]) => JsonObject,
): Json {
  const { key, documents } = bucket;
  const { keyAsString, show } = factsOf(kind);
  const shown: JsonObject = keyAsString === undefined ? {} : { key_as_string: keyAsString(key) };
  return { key: show === undefined ? key : show(key), ...shown, doc_count: documents.length, ...below(documents) };
}
