import type { NumberColumn } from '../columns/columns.ts';
import type { Segment } from '../segment/open.ts';

/** The column of a field if the segment has it and its values are numbers. */
export function numberColumn(segment: Segment, name: string): NumberColumn | null {
  const field = segment.fieldsByName.get(name);
  return field?.kind === 'number' ? field.column : null;
}
