import { oneOf } from '../json/readers.ts';
import type { Validator } from '../json/validators.ts';

/** How the values of a field are kept: numbers, or strings of a keyword field. */
export type ValueKind = 'number' | 'string';

/** Validates the `values` of a request. */
export const validateValueKind = oneOf<ValueKind>(['number', 'string']);

/** Validates the value that documents without one have: whether it is of the type of the others is not validated. */
export const validateMissing: Validator = (node) => {
  if (typeof node.value !== 'number' && typeof node.value !== 'string') throw node.wrongType('a number or a string');
  return node.value;
};
