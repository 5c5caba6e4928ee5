/** How hits are sorted by fields of each layout. */
import { countsGreatest, type SortValue } from '../../shared/ranking/order.ts';
import type { Layout } from '../../shared/schema/layouts.ts';
import { noSteps, type Steps } from '../schedule/steps.ts';
import type { FieldOf, SegmentField } from '../segment/layouts/segment-layouts.ts';
import { extreme } from './extreme.ts';
import { NumberBound } from './number-bound.ts';
import { OrdinalBound } from './ordinal-bound.ts';
import type { BoundOptions, FieldSortKey, SortBound } from './sort-bound.ts';

/** Reads one sort key's value of a document of one segment. */
export type ValueReader = (docId: number) => SortValue;

export interface SortLayout<Field> {
  /** Does in steps what reading values and making a bound would take long with at once. */
  prepare(this: void, field: Field): Steps<void>;
  makeReader(this: void, field: Field, key: FieldSortKey): ValueReader;
  /** What turns documents away by the first sort key before their values are read; null where nothing does. */
  makeBound(this: void, field: Field, key: FieldSortKey, options: BoundOptions): SortBound | null;
}

export const noValue: ValueReader = () => null;

const layouts: { readonly [L in Layout]: SortLayout<FieldOf<L>> } = {
  text: { prepare: noSteps, makeReader: () => noValue, makeBound: () => null },
  keyword: {
    prepare: ({ column }) => column.unpack(),
    makeReader: keywordReader,
    makeBound: (field, key) => new OrdinalBound(field, key),
  },
  number: {
    prepare: prepareNumbers,
    makeReader: numberReader,
    makeBound: ({ column }, key, options) => new NumberBound(column, key, options),
  },
};

/** A field says by its `kind` which layout takes it. */
export function sortLayout({ kind }: SegmentField): SortLayout<SegmentField> {
  return layouts[kind];
}

function* prepareNumbers({ column }: FieldOf<'number'>): Steps<void> {
  yield* column.unpack();
  yield* column.blocks.inSteps();
}

function numberReader({ column }: FieldOf<'number'>, key: FieldSortKey): ValueReader {
  const { starts, values } = column;
  const greatest = countsGreatest(key);
  return (docId) => {
    const at = extreme(starts, values, docId, greatest);
    return at < 0 ? null : values[at]!;
  };
}

/** Terms that are remembered: documents in any order but a bad one need few. */
const termsMax = 1024;

/** Ordinals are in the order of the terms. A term is read from the dictionary once, of the last ones. */
function keywordReader({ column, dictionary }: FieldOf<'keyword'>, key: FieldSortKey): ValueReader {
  const { starts, ordinals } = column;
  const greatest = countsGreatest(key);
  const terms = new Map<number, string>();
  return (docId) => {
    const at = extreme(starts, ordinals, docId, greatest);
    if (at < 0) return null;
    const ordinal = ordinals[at]!;
    let term = terms.get(ordinal);
    if (term === undefined) {
      if (terms.size === termsMax) terms.clear();
      terms.set(ordinal, (term = dictionary.termAt(ordinal)));
    }
    return term;
  };
}
