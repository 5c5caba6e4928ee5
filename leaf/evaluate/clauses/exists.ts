import type { QueryOf } from '../../../shared/query/query.ts';
import type { Layout } from '../../../shared/schema/layouts.ts';
import type { FieldOf, SegmentField } from '../../segment/layouts/segment-layouts.ts';
import { BitsetIterator } from '../bitset-iterator.ts';
import type { ClauseKind } from '../clause-kind.ts';
import { ExistsScan } from '../column-scans.ts';
import { EmptyIterator, type DocumentIterator } from '../iterator.ts';

export const exists: ClauseKind<QueryOf<'exists'>> = {
  iterate({ segment }, query) {
    const field = segment.fieldsByName.get(query.field);
    return field === undefined ? new EmptyIterator() : documentsOf(field, segment.documents);
  },
  *expand({ segment }, query) {
    const field = segment.fieldsByName.get(query.field);
    if (field !== undefined && field.kind !== 'text') yield* field.column.unpackStarts();
    return undefined;
  },
  mayMatch: (segment, { field }) => segment.fieldsByName.has(field),
};

/** The documents with any value. */
type Present<Field> = (field: Field, documents: number) => DocumentIterator;

const scanned: Present<FieldOf<'keyword' | 'number'>> = ({ column }) => new ExistsScan(column.starts, 1);

const layouts: { readonly [L in Layout]: Present<FieldOf<L>> } = {
  text: ({ presence }, documents) => new BitsetIterator(presence, documents, 1),
  keyword: scanned,
  number: scanned,
};

function documentsOf(field: SegmentField, documents: number): DocumentIterator {
  // A field says by its kind which layout takes it.
  return (layouts[field.kind] as Present<SegmentField>)(field, documents);
}
