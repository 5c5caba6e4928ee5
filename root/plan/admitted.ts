/** The door of the read path: a query is let in whole or refused whole, before any leaf hears of it. */
import type { IndexDefinition } from '../../shared/catalog/catalog.ts';
import type { Clock } from '../../shared/clock/clock.ts';
import { SheafError } from '../../shared/errors.ts';
import type { LeafBook } from '../scatter/leaf-book.ts';
import { isLetIn, lineLimits, type Waiting } from './admission.ts';
import type { ShardDirectory } from './shard-directory.ts';

export interface DoorDependencies {
  readonly clock: Clock;
  readonly directory: Pick<ShardDirectory, 'readyOwners'>;
  /** What leaves have told of their lines. */
  readonly defence: { readonly book: Pick<LeafBook, 'busierThan' | 'isGood'> };
  /** How far this root's own thread is behind; see loop-watch.ts. */
  readonly loop: { readonly behindMs: number };
}

export interface Admitted extends Waiting {
  /** All that it asks. */
  readonly indexes: readonly IndexDefinition[];
}

/**
 * What waits in a socket does not know that its time runs. A root that is behind by a good part of a query's time would
 * answer it late, and others later still: saying so costs little, and is the way to catch up.
 */
const behindShareMax = 0.25;
/** Timers are no finer than a millisecond, and a busy machine is late by a few. */
const behindMsMin = 5;

/**
 * Runs a query that is let in.
 * @throws SheafError OVERLOADED, before `run` is called; what `run` throws
 */
export async function runAdmitted<T>(root: DoorDependencies, query: Admitted, run: () => Promise<T>): Promise<T> {
  const { clock, directory, defence, loop } = root;
  const { indexes, priority, timeoutMs } = query;
  const { behindMs } = loop;
  if (behindMs > Math.max(behindMsMin, timeoutMs * behindShareMax)) {
    throw new SheafError('OVERLOADED', { detail: { priority, behindMs, timeoutMs } });
  }
  const owners = (): readonly (readonly string[])[] =>
    indexes.flatMap(({ id, shards }) => directory.readyOwners(id, shards));
  if (!isLetIn({ ...query, owners }, defence.book, clock.now())) {
    throw new SheafError('OVERLOADED', { detail: { priority, timeoutMs, ...lineLimits(query) } });
  }
  return await run();
}
