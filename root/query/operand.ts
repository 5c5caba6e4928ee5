import type { SheafError } from '../../shared/errors.ts';
import { limits } from '../../shared/limits.ts';
import type { FieldKindDefinition } from '../../shared/schema/kinds/definition.ts';

/** A value as a caller wrote it, with the fault for one that its field does not take. A node of a request is one. */
export interface Operand {
  /** Any JSON value. */
  readonly value: unknown;
  /** @param expected the type in words, such as `a string` */
  wrongType(expected: string): SheafError;
  /** Of the right type, and no value that is taken. */
  invalid(detail: { readonly expected: string }): SheafError;
}

/** The fault of a value that a kind of field cannot read: another type than its values have, or no value of theirs. */
export function unreadable(
  operand: Operand,
  expected: string,
  { jsonTypes }: Pick<FieldKindDefinition, 'jsonTypes'>,
): SheafError {
  const isOfType = jsonTypes.some((type) => type === typeof operand.value);
  return isOfType ? operand.invalid({ expected }) : operand.wrongType(expected);
}

/** What a range lies between. */
export interface Bounds {
  /** Absent means open. */
  readonly low: Operand | undefined;
  readonly lowInclusive: boolean;
  readonly high: Operand | undefined;
  readonly highInclusive: boolean;
}

/** Whether a term of an index can be this string: it is well-formed and not too long. */
export function canBeTerm(text: string): boolean {
  if (!text.isWellFormed()) return false;
  return text.length * 3 <= limits.termBytesMax || Buffer.byteLength(text) <= limits.termBytesMax;
}
