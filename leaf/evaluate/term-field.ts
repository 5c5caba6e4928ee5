import type { Segment } from '../segment/open.ts';
import type { KeywordField } from '../segment/layouts/keyword-layout.ts';
import type { TextField } from '../segment/layouts/text-layout.ts';

/** The field if the segment has it and it has terms. */
export function termField(segment: Segment, name: string): TextField | KeywordField | null {
  const field = segment.fieldsByName.get(name);
  return field === undefined || field.kind === 'number' ? null : field;
}
