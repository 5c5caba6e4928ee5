/** The kinds of job there are. */
import type { JobKindName } from '../../../shared/jobs/job-entry.ts';
import { aggregate } from './aggregate.ts';
import { deleteByQuery } from './delete-by-query.ts';
import type { JobKind } from './job-kind.ts';
import { reindex } from './reindex.ts';
import { updateByQuery } from './update-by-query.ts';

export const jobKinds: { readonly [K in JobKindName]: JobKind } = { deleteByQuery, updateByQuery, reindex, aggregate };
