import type { FinishOptions } from './definition.ts';

/** Of an answer that lacks nothing, over fields of fractions. */
export const wholeAnswer: FinishOptions = { isComplete: true, isWhole: () => false, bigInts: 'string' };
