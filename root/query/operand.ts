import type { SheafError } from '../../shared/errors.ts';
import { limits } from '../../shared/limits.ts';

/** A value as a caller wrote it, with the fault for one that its field does not take. A node of a request is one. */
export interface Operand {
  /** Any JSON value. */
  readonly value: unknown;
  /** @param expected the type in words, such as `a string` */
  wrongType(expected: string): SheafError;
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
