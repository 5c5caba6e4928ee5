/** Fields of a segment by what a reader needs of them. A field added to the schema later is not in older segments. */
import type { Layout } from '../../shared/schema/layouts.ts';
import type { FieldOf, SegmentField } from './layouts/segment-layouts.ts';
import type { TermField } from './layouts/stored-terms.ts';
import type { Segment } from './open.ts';

/** The field, where it is there and of this layout. */
export function fieldOf<L extends Layout>(segment: Segment, name: string, layout: L): FieldOf<L> | null {
  const field = segment.fieldsByName.get(name);
  return field?.kind === layout ? (field as FieldOf<L>) : null;
}

/** The field, where it is there and has a dictionary of terms. */
export function termFieldOf(segment: Segment, name: string): Extract<SegmentField, TermField> | null {
  const field = segment.fieldsByName.get(name);
  return field !== undefined && 'dictionary' in field ? field : null;
}
