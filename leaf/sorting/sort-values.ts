import type { SortKey } from '../../shared/ranking/order.ts';
import type { Steps } from '../schedule/steps.ts';
import type { Segment } from '../segment/open.ts';
import { arrivalBound } from './arrival-bound.ts';
import type { SortBound } from './sort-bound.ts';
import { noValue, sortLayout, type ValueReader } from './sort-layouts.ts';

/** What is done in steps before a segment is sorted by these keys. */
export function* prepareKeys(keys: readonly SortKey[], segment: Segment): Steps<void> {
  for (const key of keys) {
    const field = key.by === 'field' ? segment.fieldsByName.get(key.field) : undefined;
    if (field !== undefined) yield* sortLayout(field).prepare(field);
  }
}

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

/**
 * The bound for the first sort key in a segment; null where there is none.
 * @param keys of documents that come by shard and log offset, as segments and documents of them do
 */
export function makeBound(keys: readonly SortKey[], segment: Segment): SortBound | null {
  const [key] = keys;
  if (key?.by === 'position' && !key.descending) return arrivalBound;
  if (key?.by !== 'field') return null;
  const field = segment.fieldsByName.get(key.field);
  return field === undefined ? null : sortLayout(field).makeBound(field, key, { tiesLose: keys.length === 1 });
}
