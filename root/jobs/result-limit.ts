import { AnswerBudget, type AnswerLimit } from '../../shared/aggregation/answer-budget.ts';
import type { Steps } from '../../shared/aggregation/steps.ts';
import { limits } from '../../shared/limits.ts';
import { jsonInPieces } from '../http/json-in-pieces.ts';

/** Of the result of a job, which stands in one entry with all jobs. */
export const resultLimit: AnswerLimit = { code: 'JOB_RESULT_TOO_LARGE', bytesMax: limits.jobResultBytesMax };

/**
 * Results whose JSON is no longer than that of a job may be: it is written a piece at a time, to be measured, and no further than that.
 * @throws SheafError JOB_RESULT_TOO_LARGE, and what making them throws
 */
export function* withinLimit<T extends Readonly<Record<string, unknown>>>(finishing: Steps<T>): Steps<T> {
  const results = yield* finishing;
  const budget = new AnswerBudget(resultLimit);
  for (const piece of jsonInPieces(results)) {
    budget.takeBytes(Buffer.byteLength(piece));
    yield;
  }
  return results;
}
