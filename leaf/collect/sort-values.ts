import { countsGreatest } from '../../shared/ranking/order.ts';
import type { SortKey, SortValue } from '../../shared/ranking/order.ts';
import type { NumberColumn } from '../columns/columns.ts';
import type { DocumentIterator } from '../evaluate/iterator.ts';
import type { KeywordField, Segment } from '../segment/open.ts';

/** Reads one sort key's value of a document of one segment. */
export type ValueReader = (docId: number) => SortValue;

const noValue: ValueReader = () => null;

/** @param iterator stands on each document as its value is read */
export function makeReader(key: SortKey, segment: Segment, iterator: DocumentIterator): ValueReader {
  switch (key.by) {
    case 'score':
      return () => iterator.score();
    case 'position':
      return (docId) => segment.offsets[docId]!;
    case 'field': {
      const field = segment.fieldsByName.get(key.field);
      if (field?.kind === 'number') return numberReader(field.column, countsGreatest(key));
      return field?.kind === 'keyword' ? keywordReader(field, countsGreatest(key)) : noValue;
    }
  }
}

function numberReader({ starts, values }: NumberColumn, greatest: boolean): ValueReader {
  return (docId) => {
    const at = extreme(starts, values, docId, greatest);
    return at < 0 ? null : values[at]!;
  };
}

/** Ordinals are in the order of the terms. A term is read from the dictionary once. */
function keywordReader(field: KeywordField, greatest: boolean): ValueReader {
  const { starts, ordinals } = field.column;
  const terms = new Map<number, string>();
  return (docId) => {
    const at = extreme(starts, ordinals, docId, greatest);
    if (at < 0) return null;
    const ordinal = ordinals[at]!;
    let term = terms.get(ordinal);
    if (term === undefined) terms.set(ordinal, (term = field.dictionary.termAt(ordinal)));
    return term;
  };
}

/** Where the least value of a row is, or the greatest; −1 if the row is empty. */
export function extreme(
  starts: Uint32Array,
  values: Float64Array | Uint32Array,
  docId: number,
  greatest: boolean,
): number {
  const end = starts[docId + 1]!;
  let best = starts[docId]!;
  if (best === end) return -1;
  for (let i = best + 1; i < end; i++) if (greatest === values[i]! > values[best]!) best = i;
  return best;
}
