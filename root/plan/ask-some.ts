import type { Task } from '../../shared/protocol/tasks/tasks.ts';
import { askRound, type SearchRound, type SearchRun } from './search-run.ts';
import type { Gathered } from '../scatter/drive.ts';

/** Asks some of the shards, over which alone coverage is counted. Rejects only with `signal.reason`. */
export function askSome<T extends Task>(run: SearchRun, round: SearchRound<T>): Promise<Gathered<T>> {
  // A round takes the share to wait for as one of all shards.
  const waitMin = (run.waitMin * round.shards.length) / run.index.shards;
  return askRound<T>({ ...run, waitMin }, round);
}
