import type { KeywordField, Segment, TextField } from '../segment/open.ts';

/** The field if the segment has it and it has terms. */
export function termField(segment: Segment, name: string): TextField | KeywordField | null {
  const field = segment.fieldsByName.get(name);
  return field === undefined || field.kind === 'number' ? null : field;
}
