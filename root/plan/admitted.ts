/** The door of the read path: a query is let in whole or refused whole, before any leaf hears of it. */
import type { IndexDefinition } from '../../shared/catalog/catalog.ts';
import type { Clock } from '../../shared/clock/clock.ts';
import { SheafError } from '../../shared/errors.ts';
import type { Priority } from '../../shared/protocol/tasks.ts';
import type { Admission } from './admission.ts';
import { pressureOn, type ReportedLoad } from './pressure.ts';
import type { ShardDirectory } from './round.ts';

export interface DoorDependencies {
  readonly clock: Clock;
  readonly admission: Admission;
  readonly directory: Pick<ShardDirectory, 'readyOwners'>;
  readonly membership: {
    /** The last report of every leaf that is connected, by name. */
    reports(): ReadonlyMap<string, ReportedLoad>;
  };
  /** Whether this root's own thread is behind; see loop-watch.ts. */
  readonly loop: { isStanding(now: number): boolean };
}

export interface Admitted {
  readonly index: IndexDefinition;
  readonly priority: Priority;
  /** When the request came, on the clock. */
  readonly arrivedAt: number;
  readonly timeoutMs: number;
}

/**
 * Runs a query that is let in, and counts it as under way until it has ended, however that is.
 * @throws SheafError OVERLOADED, before `run` is called; what `run` throws
 */
export async function runAdmitted<T>(root: DoorDependencies, query: Admitted, run: () => Promise<T>): Promise<T> {
  const { clock, admission, directory, membership, loop } = root;
  const { index, priority, arrivedAt, timeoutMs } = query;
  const pressure = pressureOn(directory.readyOwners(index.id, index.shards), membership.reports());
  const now = clock.now();
  const overloaded = pressure.overloaded || loop.isStanding(now);
  if (!admission.admit(priority, { ...pressure, overloaded }, now)) {
    const { inFlight, concurrencyMax } = admission;
    throw new SheafError('OVERLOADED', { detail: { priority, inFlight, limit: Math.floor(concurrencyMax) } });
  }
  try {
    return await run();
  } finally {
    admission.release((clock.now() - arrivedAt) / timeoutMs);
  }
}
