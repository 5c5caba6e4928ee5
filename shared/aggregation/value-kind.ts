import { oneOf } from '../json/readers.ts';

/** How the values of a field are kept: numbers, or strings of a keyword field. */
export type ValueKind = 'number' | 'string';

/** Validates the `values` of a request. */
export const validateValueKind = oneOf<ValueKind>(['number', 'string']);
