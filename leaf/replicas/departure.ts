/** Whether a leaf that was asked to end may. Pure. */
export interface DepartureFacts {
  readonly now: number;
  readonly askedAt: number;
  readonly graceMs: number;
  /** Whether a root is connected: without one nobody asks anything here, and no news of others comes. */
  readonly hasRoots: boolean;
  /** Whether there is anybody to hand over to. */
  readonly hasHeirs: boolean;
  /** Whether any other leaf was ever heard of. */
  readonly hasHeard: boolean;
  /** Replicas that no other leaf is known to have ready. */
  readonly notElsewhere: number;
  /** Tasks that are here. */
  readonly tasks: number;
  /** When a task last ended; 0 when none did. */
  readonly lastTaskAt: number;
}

/** Every root has heard by then that this leaf drains, and what it had asked before has been answered. */
const quietMs = 1000;

/** A leaf that has just come back may not have been heard of yet. */
const heirsMs = 2500;

/**
 * `wait`, or why it may end: `done`, everything is elsewhere and no tasks come any more; `alone`, there is nobody to hand
 * over to or to hear of it from; `overdue`, the grace period is over.
 */
export type Departure = 'wait' | 'done' | 'alone' | 'overdue';

export function departureOf(facts: DepartureFacts): Departure {
  const { now, askedAt, graceMs, tasks, lastTaskAt } = facts;
  if (!facts.hasRoots) return 'alone';
  if (!facts.hasHeirs && (!facts.hasHeard || now - askedAt >= heirsMs)) return 'alone';
  if (now - askedAt >= graceMs) return 'overdue';
  if (!facts.hasHeirs) return 'wait';
  const isQuiet = tasks === 0 && now - lastTaskAt >= quietMs && now - askedAt >= quietMs;
  return facts.notElsewhere === 0 && isQuiet ? 'done' : 'wait';
}
