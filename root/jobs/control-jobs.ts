/** What callers do with jobs: create, find, pause, resume, cancel. */
import type { IndexDefinition } from '../../shared/catalog/catalog.ts';
import { baseOf } from '../../shared/catalog/take-over.ts';
import { SheafError } from '../../shared/errors.ts';
import { partitionOf } from '../../shared/index-kinds/partitions.ts';
import type { Job, JobEntry, JobSpec, JobWanted, KeyedRequest } from '../../shared/jobs/job-entry.ts';
import { RequestNode } from '../../shared/json/request-node.ts';
import type { Log } from '../../shared/log/log.ts';
import type { CatalogCopy } from '../catalog/catalog-copy.ts';
import type { RootKinds } from '../kinds/root-kind.ts';
import type { RoundDependencies } from '../plan/round.ts';
import { countMatches } from './count-matches.ts';
import { digestOf } from './find-batch.ts';
import type { JobBook } from './job-book.ts';
import { JobIndexes } from './job-indexes.ts';
import { jobKinds } from './kinds/job-kinds.ts';
import { readJob } from './read-job.ts';

export interface JobControl extends RoundDependencies {
  readonly book: JobBook;
  readonly log: Log;
  readonly catalog: Pick<CatalogCopy, 'catchUp' | 'find' | 'look' | 'state'>;
  readonly kinds: RootKinds;
  readonly timeOfDay: () => number;
}

/**
 * Creates a job. It goes through the documents as they are now: what is acknowledged before the call is among them. Of one that does not follow the
 * index it is known from here on how many there are. Asked for again under the same key it is the same job, as long as that is kept, whatever
 * has become of the names in the body.
 * @param key by which the caller knows the request; null: none
 * @throws SheafError what `readJob` throws, IDEMPOTENCY_KEY_REUSED, COVERAGE_TOO_LOW, JOBS_TOO_MANY, JOB_UNDER_WAY, LOG_UNAVAILABLE, LOG_FULL, PARTITION_STOPPED
 */
export async function createJob(root: JobControl, body: unknown, key: string | null = null): Promise<Job> {
  const { book, catalog } = root;
  const request =
    key === null ? undefined : { key, digest: digestOf(Buffer.from(RequestNode.body(body ?? null).json)) };
  await book.catchUp();
  const before = sameJob(book, request);
  if (before !== undefined) return before;
  const { spec, index } = await readJob(body, root.kinds, catalog);
  const catalogOffset = catalog.state.offset;
  refuse(book, spec);
  const beginning = await beginningOf(root, spec, index).catch(async (error: unknown) => {
    await requireThere(catalog, spec);
    throw error;
  });
  const keyed = request === undefined ? {} : { request };
  const id = await book.append({
    entry: 'create',
    spec,
    ...beginning,
    catalogOffset,
    ...keyed,
    atMs: root.timeOfDay(),
  });
  const job = book.jobs.get(id) ?? sameJob(book, request);
  if (job !== undefined) return job;
  // Others were created at the same moment.
  refuse(book, spec);
  throw new SheafError('JOBS_TOO_MANY');
}

type Beginning = Pick<Extract<JobEntry, { entry: 'create' }>, 'until' | 'since' | 'matches' | 'base'>;

/** Where the work begins and ends. @throws SheafError COVERAGE_TOO_LOW, INDEX_NOT_FOUND, LOG_UNAVAILABLE */
async function beginningOf(root: JobControl, spec: JobSpec, index: IndexDefinition): Promise<Beginning> {
  const { log, catalog } = root;
  const kind = jobKinds[spec.kind];
  // Before the heads of the index: what was taken from the copies before was gone there, and is not found.
  const target = spec.intoId === undefined ? null : await new JobIndexes(catalog).target({ spec });
  const since = target === null ? {} : { since: await log.heads(partitionsOf(target)) };
  const base = target === null || spec.alias === undefined ? {} : { base: baseOf(index, target) };
  const heads = await log.heads(partitionsOf(index));
  const matches = kind.does === 'changes' && !kind.follows ? await countMatches(root, index, spec, heads) : null;
  if (matches === null) return { until: heads, ...since, ...base };
  return { until: matches.map(({ until }) => until), matches: matches.map(({ count }) => count) };
}

function partitionsOf(index: IndexDefinition): string[] {
  return Array.from({ length: index.shards }, (_, shard) => partitionOf(index, shard));
}

/** Nobody answers for an index that was deleted a moment ago. @throws SheafError INDEX_NOT_FOUND */
async function requireThere(catalog: JobControl['catalog'], spec: JobSpec): Promise<void> {
  await catalog.catchUp();
  const indexes = new JobIndexes(catalog);
  await indexes.source({ spec });
  await indexes.target({ spec });
}

/** The job that was asked for under the key before. @throws SheafError IDEMPOTENCY_KEY_REUSED where that is another */
function sameJob({ jobs }: JobBook, request: KeyedRequest | undefined): Job | undefined {
  const job = jobs.keyed(request?.key);
  if (job === undefined || job.request?.digest === request?.digest) return job;
  throw new SheafError('IDEMPOTENCY_KEY_REUSED', { detail: { id: String(job.id) } });
}

/** Says why no reader would count a job that is created now. @throws SheafError JOBS_TOO_MANY, JOB_UNDER_WAY */
function refuse({ jobs }: JobBook, spec: JobSpec): void {
  if (jobs.isFull) throw new SheafError('JOBS_TOO_MANY');
  const mover = jobs.moverOf(spec) ?? jobs.circleOf(spec);
  if (mover === undefined) return;
  throw new SheafError('JOB_UNDER_WAY', {
    detail: { id: String(mover.id), index: mover.spec.index, alias: spec.alias },
  });
}

/** @throws SheafError JOB_NOT_FOUND, LOG_UNAVAILABLE, PARTITION_STOPPED */
export async function findJob({ book }: Pick<JobControl, 'book'>, id: string): Promise<Job> {
  const number = /^(0|[1-9]\d{0,15})$/.test(id) ? Number(id) : -1;
  await book.catchUp();
  const job = book.jobs.get(number);
  if (job === undefined) throw new SheafError('JOB_NOT_FOUND', { detail: { id } });
  return job;
}

/**
 * Says what is wanted of a job. Said again it changes nothing.
 * @throws SheafError JOB_NOT_FOUND; JOB_ENDED where it has ended, or is to be cancelled; LOG_UNAVAILABLE, LOG_FULL, PARTITION_STOPPED
 */
export async function controlJob(root: Pick<JobControl, 'book'>, id: string, wanted: JobWanted): Promise<Job> {
  const before = await findJob(root, id);
  if (before.ended === null && before.wanted === wanted) return before;
  await root.book.append({ entry: 'control', job: before.id, wanted });
  const job = root.book.jobs.get(before.id);
  if (job === undefined) throw new SheafError('JOB_NOT_FOUND', { detail: { id } });
  if (job.wanted !== wanted || (job.ended !== null && job.ended.outcome !== 'cancelled')) {
    throw new SheafError('JOB_ENDED', { detail: { id, state: job.ended?.outcome ?? 'cancelling' } });
  }
  if (before.ended !== null) throw new SheafError('JOB_ENDED', { detail: { id, state: before.ended.outcome } });
  return job;
}
