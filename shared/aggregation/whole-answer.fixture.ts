import type { FinishOptions } from './definition.ts';

/** Of an answer that lacks nothing. */
export const wholeAnswer: FinishOptions = { isComplete: true };
