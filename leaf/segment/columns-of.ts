/** The columns that collectors read. A segment without the field has no values in it. */
import type { OpenedNumberColumn } from '../columns/columns.ts';
import type { Steps } from '../schedule/steps.ts';
import { fieldOf } from './fields-of.ts';
import type { Segment } from './open.ts';
import type { KeywordField } from './layouts/keyword-layout.ts';

export function numberColumnOf(segment: Segment, name: string): OpenedNumberColumn | null {
  return fieldOf(segment, name, 'number')?.column ?? null;
}

/** Unpacks the numbers of a field: they are read then without waiting. */
export function* unpackNumbersOf(segment: Segment, name: string): Steps<undefined> {
  const column = numberColumnOf(segment, name);
  if (column !== null) yield* column.unpack();
}

export function keywordFieldOf(segment: Segment, name: string): KeywordField | null {
  return fieldOf(segment, name, 'keyword');
}
