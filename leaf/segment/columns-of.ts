/** The columns that collectors read. A segment without the field has no values in it. */
import type { OpenedNumberColumn } from '../columns/columns.ts';
import { fieldOf } from './fields-of.ts';
import type { Segment } from './open.ts';
import type { KeywordField } from './layouts/keyword-layout.ts';

export function numberColumnOf(segment: Segment, name: string): OpenedNumberColumn | null {
  return fieldOf(segment, name, 'number')?.column ?? null;
}

export function keywordFieldOf(segment: Segment, name: string): KeywordField | null {
  return fieldOf(segment, name, 'keyword');
}
