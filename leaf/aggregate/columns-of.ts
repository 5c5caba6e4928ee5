/** The columns that collectors read. A segment without the field has no values in it. */
import type { NumberColumn } from '../columns/columns.ts';
import type { KeywordField, Segment } from '../segment/open.ts';

export function numberColumnOf(segment: Segment, name: string): NumberColumn | null {
  const field = segment.fieldsByName.get(name);
  return field?.kind === 'number' ? field.column : null;
}

export function keywordFieldOf(segment: Segment, name: string): KeywordField | null {
  const field = segment.fieldsByName.get(name);
  return field?.kind === 'keyword' ? field : null;
}
