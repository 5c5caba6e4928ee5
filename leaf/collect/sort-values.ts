import type { SortKey } from '../../shared/ranking/order.ts';
import type { DocumentIterator } from '../evaluate/iterator.ts';
import type { Segment } from '../segment/open.ts';
import type { OrdinalBound } from './ordinal-bound.ts';
import { noValue, sortLayout, type ValueReader } from './sort-layouts.ts';

/** @param iterator stands on each document as its value is read */
export function makeReader(key: SortKey, segment: Segment, iterator: DocumentIterator): ValueReader {
  switch (key.by) {
    case 'score':
      return () => iterator.score();
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
