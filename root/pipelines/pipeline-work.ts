import { SheafError } from '../../shared/errors.ts';
import { limits } from '../../shared/limits.ts';

/** What making a result in a bucket takes, in nodes of an expression. */
export const stepsPerResult = 16;

/** Some tens of microseconds. */
const stepsPerYield = 2048;

/** Counts what all pipelines of one answer do: they run on the thread that answers everybody. */
export class PipelineWork {
  private done = 0;
  private sinceYield = 0;

  /** @param steps nodes of expressions evaluated, numbers of windows read, and what takes as long @throws SheafError PIPELINES_TOO_HEAVY */
  take(steps: number): void {
    this.done += steps;
    const limit = limits.pipelineStepsMax;
    if (!(this.done <= limit)) throw new SheafError('PIPELINES_TOO_HEAVY', { detail: { limit, actual: this.done } });
  }

  /** Whether the work may be left off, after so many steps more; they need not be those that are taken. */
  isDue(steps = stepsPerResult): boolean {
    this.sinceYield += steps;
    if (this.sinceYield < stepsPerYield) return false;
    this.sinceYield = 0;
    return true;
  }
}
