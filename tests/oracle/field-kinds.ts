/** What the oracle has to know of each kind of field besides how a value is read: written anew, not taken from the service. */
import type { FieldKind } from '../../shared/schema/kinds/field-kinds.ts';

interface KindFacts {
  /** Values are words to be found. */
  readonly isAnalyzed: boolean;
  /** Values are compared and added as numbers. */
  readonly isNumeric: boolean;
  /** What stands beside a key of a bucket. */
  readonly keyAsString?: (key: number | string) => string;
}

const facts: { readonly [Kind in FieldKind]: KindFacts } = {
  text: { isAnalyzed: true, isNumeric: false },
  keyword: { isAnalyzed: false, isNumeric: false },
  integer: { isAnalyzed: false, isNumeric: true },
  float: { isAnalyzed: false, isNumeric: true },
  boolean: { isAnalyzed: false, isNumeric: true, keyAsString: (key) => (key === 1 ? 'true' : 'false') },
  date: { isAnalyzed: false, isNumeric: true, keyAsString: (key) => new Date(Number(key)).toISOString() },
};

export function factsOf(kind: FieldKind): KindFacts {
  return facts[kind];
}

export function isNumeric(kind: FieldKind): boolean {
  return facts[kind].isNumeric;
}

export function isAnalyzed({ kind }: { readonly kind: FieldKind }): boolean {
  return facts[kind].isAnalyzed;
}
