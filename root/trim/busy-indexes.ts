/** Indexes of which jobs need what stands in the log. Pure. */
import type { Job } from '../../shared/jobs/job-entry.ts';

/**
 * Of each job that has not ended the index that it goes through, and the one that it writes to: a page whose author died is looked for among the entries of
 * its target, to count what came of it.
 */
export function busyIndexes(jobs: Iterable<Pick<Job, 'ended' | 'spec'>>): Set<string> {
  const busy = new Set<string>();
  for (const { ended, spec } of jobs) {
    if (ended !== null) continue;
    busy.add(spec.indexId);
    if (spec.intoId !== undefined) busy.add(spec.intoId);
  }
  return busy;
}
