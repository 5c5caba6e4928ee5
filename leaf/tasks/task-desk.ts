/** Where tasks come in, by whatever way: reads them, bounds them, answers them and counts how they ended. */
import type { Clock } from '../../shared/clock/clock.ts';
import { asSheafError, SheafError } from '../../shared/errors.ts';
import type { TaskTiming } from '../../shared/protocol/tasks/task.ts';
import type { Task } from '../../shared/protocol/tasks/tasks.ts';
import type { Telemetry } from '../../shared/telemetry/telemetry.ts';
import { Cancelled } from '../schedule/run-job.ts';
import { search, type SearchStages } from '../search.ts';
import type { Answer } from './assemble.ts';
import { readTask } from '../../shared/protocol/read-task.ts';

/**
 * How a task ended. Before any work: `refused` (full, or not ready), `overdue` (its time was over), `withdrawn` (it was
 * cancelled), `shed` (batch work gave way). After it began: `answered`, `cut` (answered for the shards done when time
 * ran out), `expired` (none was done), `cancelled`, `failed`.
 */
export type TaskEnd =
  | 'refused'
  | 'overdue'
  | 'withdrawn'
  | 'shed'
  | 'answered'
  | 'cut'
  | 'expired'
  | 'cancelled'
  | 'failed';

export interface TaskDeskOptions {
  readonly stages: SearchStages;
  readonly telemetry: Telemetry;
  /** Called once for each task that could be read. */
  readonly onEnd: (task: Task, end: TaskEnd, tookMs: number, timing?: TaskTiming) => void;
}

/** Tasks that may be here at a time, those that wait for a replica to catch up included. */
const tasksMax = 1000;

export class TaskDesk {
  private readonly options: TaskDeskOptions;
  private readonly clock: Clock;
  private closed = false;
  /** Tasks that are here. */
  count = 0;

  constructor(options: TaskDeskOptions) {
    this.options = options;
    this.clock = options.stages.clock;
  }

  /**
   * @param value the task as received, unchecked
   * @throws SheafError a fault of the task, LEAF_BUSY, LEAF_TIMEOUT, NOT_READY, INTERNAL; Cancelled after the signal
   */
  async answer(value: unknown, signal: AbortSignal): Promise<Answer> {
    const task = readTask(value);
    const startedAt = this.clock.now();
    this.count++;
    let end: TaskEnd = 'failed';
    let timing: TaskTiming | undefined;
    try {
      this.refuseWhenFull();
      const answer = await search(this.options.stages, task, signal);
      end = answer.isCut ? 'cut' : 'answered';
      timing = answer.partial.timing;
      return answer;
    } catch (error) {
      const [known, fault] = this.explain(error, task);
      end = known;
      throw fault;
    } finally {
      this.count--;
      this.options.onEnd(task, end, this.clock.now() - startedAt, timing);
    }
  }

  /** Takes no more tasks. */
  close(): void {
    this.closed = true;
  }

  private refuseWhenFull(): void {
    if (this.closed) throw new SheafError('NOT_READY');
    if (this.count > tasksMax) throw new SheafError('LEAF_BUSY', { detail: { limit: tasksMax, actual: this.count } });
  }

  private explain(error: unknown, task: Task): [TaskEnd, Error] {
    if (error instanceof Cancelled) return [error.begun ? 'cancelled' : 'withdrawn', error];
    const fault = asSheafError(error);
    const { reason } = fault.detail;
    if (reason === 'overdue' || reason === 'shed') return [reason, fault];
    if (fault.code === 'LEAF_TIMEOUT') return ['expired', fault];
    if (fault.code === 'LEAF_BUSY' || fault.code === 'NOT_READY') return ['refused', fault];
    if (fault.code === 'INTERNAL') this.options.telemetry.error({ err: error, task }, 'a task failed');
    return ['failed', fault];
  }
}
