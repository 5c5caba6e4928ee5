import type { SortKey } from '../../shared/ranking/order.ts';
import type { Segment } from '../segment/open.ts';
import type { OrdinalBound } from './ordinal-bound.ts';
import { noValue, sortLayout, type ValueReader } from './sort-layouts.ts';

/** @param scoreOf the score of a document whose value is read */
export function makeReader(key: SortKey, segment: Segment, scoreOf: (docId: number) => number): ValueReader {
  switch (key.by) {
    case 'score':
      return scoreOf;
    case 'position':
      return (docId) => segment.offsets[docId]!;
    case 'field': {
      const field = segment.fieldsByName.get(key.field);
      return field === undefined ? noValue : sortLayout(field).makeReader(field, key);
    }
  }
}

/** The bound for the first sort key in a segment; null where there is none. */
export function makeBound(key: SortKey | undefined, segment: Segment): OrdinalBound | null {
  if (key?.by !== 'field') return null;
  const field = segment.fieldsByName.get(key.field);
  return field === undefined ? null : sortLayout(field).makeBound(field, key);
}
