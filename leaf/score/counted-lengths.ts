import type { Layout } from '../../shared/schema/layouts.ts';
import type { FieldOf, SegmentField } from '../segment/layouts/segment-layouts.ts';

/** By layout, how long a field is in each document; null where its values have no scores. */
const lengthsOf: { readonly [L in Layout]: ((field: FieldOf<L>) => Uint32Array) | null } = {
  text: (field) => field.readLengths(),
  keyword: ({ column }) => countsOf(column.starts),
  number: null,
};

/** How many terms a text has in each document, how many values a keyword; null for fields that have no such terms. */
export function countedLengths(field: SegmentField): Uint32Array | null {
  // A field says by its `kind` which of the functions takes it.
  const lengths = lengthsOf[field.kind] as ((of: SegmentField) => Uint32Array) | null;
  return lengths?.(field) ?? null;
}

function countsOf(starts: Uint32Array): Uint32Array {
  const counts = new Uint32Array(starts.length - 1);
  for (let docId = 0; docId < counts.length; docId++) counts[docId] = starts[docId + 1]! - starts[docId]!;
  return counts;
}
