import type { Task } from '../../shared/protocol/tasks/tasks.ts';
import { askRound, type SearchRound, type SearchRun } from './search-run.ts';
import type { Gathered } from '../scatter/drive.ts';

/** Asks some of the shards, over which alone coverage is counted. Rejects as `askRound`. */
export function askSome<T extends Task>(run: SearchRun, round: SearchRound<T>): Promise<Gathered<T>> {
  // A round takes shares as those of all shards.
  const part = round.shards.length / run.shards.length;
  return askRound<T>({ ...run, waitMin: run.waitMin * part, coverageMin: run.coverageMin * part }, round);
}
