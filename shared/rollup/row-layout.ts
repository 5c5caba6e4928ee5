/** The parts of a row and their order, from the fields alone: a root writes rows by it, a leaf reads and adds them. */
import type { IndexedField } from '../schema/schema.ts';

/** How two values of a part become one: `low` carries into the part at `high`. */
export type Fold =
  | { readonly kind: 'add' }
  | { readonly kind: 'low'; readonly high: number }
  | { readonly kind: 'high' }
  | { readonly kind: 'min' }
  | { readonly kind: 'max' };

export interface RowLayout {
  /** In the order of the row's key. */
  readonly dimensions: readonly IndexedField[];
  /** In the order of the row's numbers. */
  readonly parts: readonly string[];
  readonly folds: readonly Fold[];
  /** The row of no increments, to be copied. */
  readonly empty: Float64Array;
}

/** @param fields of storedFields */
export function rowLayout(fields: readonly IndexedField[]): RowLayout {
  const parts = fields.map(({ name }) => name).filter((name) => name.startsWith('_'));
  const folds = parts.map((part) => foldOf(part, parts));
  return {
    dimensions: fields.filter(({ name }) => !name.startsWith('_')),
    parts,
    folds,
    empty: Float64Array.from(folds, ({ kind }) => (kind === 'min' ? Infinity : kind === 'max' ? -Infinity : 0)),
  };
}

function foldOf(part: string, parts: readonly string[]): Fold {
  const dot = part.indexOf('.');
  switch (dot === -1 ? part : part.slice(0, dot)) {
    case '_count':
    case '_values':
      return { kind: 'add' };
    case '_low':
      return { kind: 'low', high: parts.indexOf(`_high${part.slice(dot)}`) };
    case '_high':
      return { kind: 'high' };
    case '_min':
      return { kind: 'min' };
    case '_max':
      return { kind: 'max' };
    default:
      throw new Error(`no part of a row: ${part}`);
  }
}
