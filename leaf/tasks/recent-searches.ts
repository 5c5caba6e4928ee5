/**
 * Whether searches came to this leaf lately, told to whoever works here at a lower priority: what such work costs elsewhere, in
 * roots and in the indexing thread, the order of tasks cannot hold back. Pure.
 */
import type { Task } from '../../shared/protocol/tasks/tasks.ts';

/** Long enough that one person who looks at results keeps others back between two searches. */
const latelyMs = 1000;

export class RecentSearches {
  private lastAt = -Infinity;

  /** A task has come. @param now milliseconds, monotonic */
  note({ kind, priority }: Pick<Task, 'kind' | 'priority'>, now: number): void {
    if (kind === 'search' && priority !== 'batch') this.lastAt = now;
  }

  /** What the answer to a task says besides: nothing but to batch tasks. */
  tell({ priority }: Pick<Task, 'priority'>, now: number): { readonly besideSearches?: true } {
    return priority === 'batch' && now - this.lastAt <= latelyMs ? { besideSearches: true } : {};
  }
}
