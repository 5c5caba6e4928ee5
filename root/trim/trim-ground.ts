/** What decides how far the log may be trimmed, as of one moment. Pure over what it is given. */
import type { Job } from '../../shared/jobs/job-entry.ts';
import { busyIndexes } from './busy-indexes.ts';
import type { TrimGround } from './trim-floors.ts';

export interface TrimGroundParts {
  readonly jobBook: {
    readonly catchUp: () => Promise<void>;
    readonly jobs: { readonly all: () => Iterable<Pick<Job, 'ended' | 'spec'>> };
  };
  readonly catalog: { readonly state: { readonly indexes: { readonly values: () => TrimGround['indexes'] } } };
  readonly membership: { readonly statuses: () => TrimGround['leaves'] };
  readonly keptEntries: number;
}

/**
 * Jobs that are not read yet may need what is in the log: they are read before anything else is looked at.
 * @throws SheafError where not all of them could be
 */
export async function readTrimGround({
  jobBook,
  catalog,
  membership,
  keptEntries,
}: TrimGroundParts): Promise<TrimGround> {
  await jobBook.catchUp();
  return {
    indexes: catalog.state.indexes.values(),
    leaves: membership.statuses(),
    busy: busyIndexes(jobBook.jobs.all()),
    keptEntries,
  };
}

/** Whether object storage has any shard. */
export function isAnyStored({ membership }: Pick<TrimGroundParts, 'membership'>): boolean {
  return membership
    .statuses()
    .some(({ replicas }) => [...replicas.values()].some(({ stored }) => stored !== undefined));
}
