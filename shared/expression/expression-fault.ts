import type { SheafError } from '../errors.ts';

/** Makes the error of an expression that cannot be read. */
export type ExpressionFault = (detail: {
  /** Characters before what is wrong. */
  readonly position: number;
  readonly expected: string;
  readonly [name: string]: unknown;
}) => SheafError;
