import { SheafError } from '../../shared/errors.ts';
import { limits } from '../../shared/limits.ts';

/** Counts what all pipelines of one answer do: they run on the thread that answers everybody. */
export class PipelineWork {
  private done = 0;

  /** @param steps nodes of expressions evaluated, numbers of windows read, and what takes as long @throws SheafError PIPELINES_TOO_HEAVY */
  take(steps: number): void {
    this.done += steps;
    const limit = limits.pipelineStepsMax;
    if (!(this.done <= limit)) throw new SheafError('PIPELINES_TOO_HEAVY', { detail: { limit, actual: this.done } });
  }
}
