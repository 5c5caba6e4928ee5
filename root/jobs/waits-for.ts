/** Which jobs another one waits for. Pure. */
import type { Job } from '../../shared/jobs/job-entry.ts';
import { jobKinds } from './kinds/job-kinds.ts';

/**
 * A copy takes the place of its index only when no other job changes that: what such a job changes is held with all other writes, and it
 * would not end.
 * @param jobs all there are
 */
export function waitsFor({ id, spec, ended }: Pick<Job, 'id' | 'spec' | 'ended'>, jobs: readonly Job[]): Job[] {
  if (ended !== null || spec.alias === undefined) return [];
  return jobs.filter((other) => other.id !== id && other.ended === null && changes(other) === spec.indexId);
}

/** The id of the index that a job changes; null where it changes none. */
function changes({ spec }: Job): string | null {
  return jobKinds[spec.kind].does === 'changes' ? (spec.intoId ?? spec.indexId) : null;
}
