/** What the oracle has to know of each kind of field besides how a value is read: written anew, not taken from the service. */
import type { FieldKind } from '../../shared/schema/kinds/field-kinds.ts';
import { addressesOf, shownAddress } from './addresses.ts';
import type { Between } from './between.ts';
import { datesOf } from './dates.ts';
import type { Json } from './json.ts';

interface KindFacts {
  /** Values are words to be found. */
  readonly isAnalyzed: boolean;
  /** Values are compared and added as numbers. */
  readonly isNumeric: boolean;
  /** Exactly one value scores 1, however rare it is; else it is a term, and weighs as one. */
  readonly scoresOne: boolean;
  /** What an operand stands for, where that may be more than one value. */
  readonly between?: (operand: Json | undefined) => Between;
  /** How a key of a bucket and a sort value are shown; as they are where this is left out. */
  readonly show?: (value: number | string) => string;
  /** What stands beside a key of a bucket. */
  readonly keyAsString?: (key: number | string) => string;
}

const facts: { readonly [Kind in FieldKind]: KindFacts } = {
  text: { isAnalyzed: true, isNumeric: false, scoresOne: false },
  keyword: { isAnalyzed: false, isNumeric: false, scoresOne: false },
  integer: { isAnalyzed: false, isNumeric: true, scoresOne: true },
  float: { isAnalyzed: false, isNumeric: true, scoresOne: true },
  boolean: {
    isAnalyzed: false,
    isNumeric: true,
    scoresOne: true,
    keyAsString: (key) => (key === 1 ? 'true' : 'false'),
  },
  date: {
    isAnalyzed: false,
    isNumeric: true,
    scoresOne: true,
    between: (operand) => datesOf(operand),
    keyAsString: (key) => new Date(Number(key)).toISOString(),
  },
  ip: { isAnalyzed: false, isNumeric: false, scoresOne: true, between: addressesOf, show: shownAddress },
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
