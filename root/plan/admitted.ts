/** The door of the read path: a query is let in whole or refused whole, before any leaf hears of it. */
import type { IndexDefinition } from '../../shared/catalog/catalog.ts';
import type { Clock } from '../../shared/clock/clock.ts';
import { SheafError } from '../../shared/errors.ts';
import type { Priority } from '../../shared/protocol/priority.ts';
import type { Admissions } from './admissions.ts';
import { pressureOn, type ReportedLoad } from './pressure.ts';
import type { ShardDirectory } from './shard-directory.ts';

export interface DoorDependencies {
  readonly clock: Clock;
  readonly admissions: Admissions;
  readonly directory: Pick<ShardDirectory, 'readyOwners'>;
  readonly membership: {
    /** The last report of every leaf that is connected, by name. */
    reports(): ReadonlyMap<string, ReportedLoad>;
  };
  /** How far this root's own thread is behind; see loop-watch.ts. */
  readonly loop: { readonly behindMs: number };
}

export interface Admitted {
  readonly index: IndexDefinition;
  readonly priority: Priority;
  /** When the request came, on the clock. */
  readonly arrivedAt: number;
  readonly timeoutMs: number;
}

/**
 * What waits in a socket does not know that its time runs. A root that is behind by a good part of a query's time would
 * answer it late, and others later still: saying so costs little, and is the way to catch up.
 */
const behindShareMax = 0.25;
/** Timers are no finer than a millisecond, and a busy machine is late by a few. */
const behindMsMin = 5;

/**
 * Runs a query that is let in, and counts it as under way until it has ended, however that is.
 * @throws SheafError OVERLOADED, before `run` is called; what `run` throws
 */
export async function runAdmitted<T>(root: DoorDependencies, query: Admitted, run: () => Promise<T>): Promise<T> {
  const { clock, admissions, directory, membership, loop } = root;
  const { index, priority, arrivedAt, timeoutMs } = query;
  const pressure = pressureOn(directory.readyOwners(index.id, index.shards), membership.reports());
  const { behindMs } = loop;
  if (behindMs > Math.max(behindMsMin, timeoutMs * behindShareMax)) {
    throw new SheafError('OVERLOADED', { detail: { priority, behindMs, timeoutMs } });
  }
  const admission = admissions.of(index.id, clock.now());
  if (!admission.admit(priority, pressure, clock.now())) {
    const { inFlight, concurrencyMax } = admission;
    throw new SheafError('OVERLOADED', { detail: { priority, inFlight, limit: Math.floor(concurrencyMax) } });
  }
  try {
    return await run();
  } finally {
    admission.release((clock.now() - arrivedAt) / timeoutMs);
  }
}
