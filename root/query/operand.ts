/** Values that queries look up exactly, and the queries that do. */
import { limits } from '../../shared/limits.ts';
import { isNumericKind } from '../../shared/schema/schema.ts';
import type { IndexedField } from '../../shared/schema/schema.ts';
import type { Query } from '../../shared/query/query.ts';
import { readValue } from '../../shared/schema/values.ts';

export type Operand =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  /** A string that no document can hold: it has lone surrogates or is too long. It matches nothing. */
  | { readonly kind: 'nowhere' }
  | { readonly kind: 'wrong'; readonly expected: string };

/** An operand that fits its field. */
export type FittingOperand = Exclude<Operand, { kind: 'wrong' }>;

const nowhere: Operand = { kind: 'nowhere' };

/** A JSON value as an operand on a field. Never coerces; a text field's terms are looked up as they are. */
export function readOperand(field: IndexedField, value: unknown): Operand {
  if (isNumericKind(field.kind)) return readValue(field.kind, value);
  if (typeof value !== 'string') return { kind: 'wrong', expected: 'a string' };
  return isTerm(value) ? { kind: 'string', value } : nowhere;
}

/** The query for exactly one value. */
export function exactQuery(field: IndexedField, operand: FittingOperand): Query {
  switch (operand.kind) {
    case 'number':
      return { kind: 'numbers', field: field.name, values: [operand.value] };
    case 'string':
      return { kind: 'term', field: field.name, term: operand.value };
    case 'nowhere':
      return { kind: 'none' };
  }
}

/** A JSON value as a bound of a range on a field that is not text. A bound may be longer than any value. */
export function readBound(field: IndexedField, value: unknown): Operand {
  if (isNumericKind(field.kind)) return readValue(field.kind, value);
  if (typeof value !== 'string') return { kind: 'wrong', expected: 'a string' };
  return value.isWellFormed() ? { kind: 'string', value } : nowhere;
}

export interface Bounds {
  /** Absent means open. */
  readonly low: FittingOperand | undefined;
  readonly lowInclusive: boolean;
  readonly high: FittingOperand | undefined;
  readonly highInclusive: boolean;
}

/** The query for a range of values of a field that is not text. */
export function rangeQuery(field: IndexedField, { low, high, lowInclusive, highInclusive }: Bounds): Query {
  if (low?.kind === 'nowhere' || high?.kind === 'nowhere') return { kind: 'none' };
  const bounds = {
    ...(low === undefined ? {} : { low: low.value }),
    lowInclusive,
    ...(high === undefined ? {} : { high: high.value }),
    highInclusive,
  };
  const kind = isNumericKind(field.kind) ? 'numberRange' : 'keywordRange';
  return { kind, field: field.name, ...bounds } as Extract<Query, { kind: 'numberRange' | 'keywordRange' }>;
}

/** Whether a term of an index can be this string. */
function isTerm(text: string): boolean {
  if (!text.isWellFormed()) return false;
  return text.length * 3 <= limits.termBytesMax || Buffer.byteLength(text) <= limits.termBytesMax;
}
