/** Whether a leaf that was asked to end may. Pure. */
export interface DepartureFacts {
  readonly now: number;
  readonly askedAt: number;
  readonly graceMs: number;
  /** Whether a root is connected: without one nobody asks anything here, and no news of others comes. */
  readonly hasRoots: boolean;
  /** Whether there is anybody to hand over to. */
  readonly hasHeirs: boolean;
  /** Replicas that no other leaf is known to have ready. */
  readonly notElsewhere: number;
  /** Tasks that are here. */
  readonly tasks: number;
  /** When a task last ended; 0 when none did. */
  readonly lastTaskAt: number;
}

/** Roots have heard by then that others are ready; one that had asked before has been answered. */
const quietMs = 500;

/**
 * `wait`, or why it may end: `done`, everything is elsewhere and no tasks come any more; `alone`, there is nobody to hand
 * over to or to hear of it from; `overdue`, the grace period is over.
 */
export type Departure = 'wait' | 'done' | 'alone' | 'overdue';

export function departureOf(facts: DepartureFacts): Departure {
  const { now, askedAt, graceMs, tasks, lastTaskAt } = facts;
  if (!facts.hasRoots || !facts.hasHeirs) return 'alone';
  if (now - askedAt >= graceMs) return 'overdue';
  const isQuiet = tasks === 0 && now - lastTaskAt >= quietMs && now - askedAt >= quietMs;
  return facts.notElsewhere === 0 && isQuiet ? 'done' : 'wait';
}
