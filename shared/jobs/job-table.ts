/** The jobs there are: entries in, jobs out, the same for every reader. Knows no time. Pure. */
import { isDeepStrictEqual } from 'node:util';
import { SheafError } from '../errors.ts';
import { limits } from '../limits.ts';
import {
  jobCounts,
  noCounts,
  type Job,
  type JobCounts,
  type JobEnd,
  type JobEntry,
  type JobItem,
  type JobResult,
  type JobSpec,
  type JobStep,
} from './job-entry.ts';

type Of<E extends JobEntry['entry']> = Extract<JobEntry, { entry: E }>;

export class JobTable {
  /** The last offset that was read, −1 at the beginning. */
  offset = -1;
  /** Entries read since the last checkpoint. */
  sinceCheckpoint = 0;
  private readonly jobs = new Map<number, Job>();
  /** False until all jobs are known: where the partition was trimmed, they are in its first entry. */
  private isKnown: boolean;

  /** @param isWhole whether it reads the partition from its first entry on */
  constructor(isWhole: boolean) {
    this.isKnown = isWhole;
  }

  get(id: number): Job | undefined {
    return this.jobs.get(id);
  }

  /** In the order in which they were created. */
  all(): Job[] {
    return [...this.jobs.values()];
  }

  /** Whether a job that is created now is refused by every reader. */
  get isFull(): boolean {
    const running = this.all().filter(({ ended }) => ended === null).length;
    return running >= limits.jobsUnendedMax;
  }

  /** The job that has not ended and is to swap the same alias, or the same index for another: there is one at most. */
  moverOf({ alias, indexId }: Pick<JobSpec, 'alias' | 'indexId'>): Job | undefined {
    if (alias === undefined) return undefined;
    return this.all().find(({ ended, spec }) => {
      return ended === null && spec.alias !== undefined && (spec.alias === alias || spec.indexId === indexId);
    });
  }

  /**
   * The job that has not ended by which documents would come back that a reindex copies: two that copy from each other, or several in
   * a circle, would never end.
   */
  circleOf({ indexId, intoId }: Pick<JobSpec, 'indexId' | 'intoId'>): Job | undefined {
    if (intoId === undefined) return undefined;
    const copying = this.all().filter(({ ended, spec }) => ended === null && spec.intoId !== undefined);
    const reached = new Set([intoId]);
    // What is reached is looked at in turn, as it comes.
    for (const from of reached) {
      for (const job of copying.filter(({ spec }) => spec.indexId === from)) {
        if (job.spec.intoId === indexId) return job;
        reached.add(job.spec.intoId!);
      }
    }
    return undefined;
  }

  /** The job that was asked for under a key, as long as it is kept. */
  keyed(key: string | undefined): Job | undefined {
    return key === undefined ? undefined : this.all().find(({ request }) => request?.key === key);
  }

  /** What the entries of a batch do not tell: that the offsets up to this one are passed. */
  pass(offset: number): void {
    this.offset = offset;
  }

  /** @throws SheafError BATCH_INVALID where the first entry after a trim does not tell what jobs there are */
  checkFirst(entry: JobEntry): void {
    if (this.isKnown || entry.entry === 'checkpoint') return;
    throw new SheafError('BATCH_INVALID', { detail: { reason: 'no checkpoint stands where the jobs were trimmed' } });
  }

  /**
   * Takes the next entry, which stands at `offset`.
   * @returns whether it is valid: an entry that came too late, or twice, changes nothing
   */
  apply(offset: number, entry: JobEntry): boolean {
    this.checkFirst(entry);
    const before = this.offset;
    this.offset = offset;
    this.sinceCheckpoint++;
    switch (entry.entry) {
      case 'create':
        return this.create(offset, entry);
      case 'step':
        return this.step(offset, entry);
      case 'control':
        return this.control(entry);
      case 'end':
        return this.end(entry);
      case 'forget':
        return this.forget(entry);
      case 'checkpoint':
        return this.checkpoint(before, entry);
    }
  }

  private create(
    id: number,
    { spec, until, since = [], matches, base, catalogOffset, request, atMs }: Of<'create'>,
  ): boolean {
    if (this.isFull || this.moverOf(spec) !== undefined || this.keyed(request?.key) !== undefined) return false;
    if (this.circleOf(spec) !== undefined) return false;
    if (this.jobs.size >= limits.jobsMax) {
      // There is one, for not so many can go on.
      const oldest = this.all().find(({ ended }) => ended !== null)!;
      this.jobs.delete(oldest.id);
    }
    const itemOf = (last: number): JobItem => {
      return { scanUntil: last, until: last, upTo: -1, steps: 0, lastStep: -1, pending: [] };
    };
    const items = [
      ...until.map((last, shard) => ({ ...itemOf(last), ...(matches === undefined ? {} : { left: matches[shard]! }) })),
      ...since.map((last) => ({ ...itemOf(last), of: 'copies' as const })),
    ];
    this.jobs.set(id, {
      id,
      spec,
      ...(request === undefined ? {} : { request }),
      ...(base === undefined ? {} : { base }),
      catalogOffset,
      createdAtMs: atMs,
      wanted: 'run',
      ended: null,
      items,
      counts: noCounts,
      workedMs: 0,
    });
    return true;
  }

  /** Counted where it follows on the steps that were counted, whoever wrote it: so each stretch of an item is done once. */
  private step(
    offset: number,
    { job: id, item: number, step, upTo, until = -1, workedMs, counts, refused = [], pending }: JobStep,
  ): boolean {
    const job = this.jobs.get(id);
    const item = job?.items[number];
    if (job === undefined || item === undefined || item.steps !== step) return false;
    if (upTo < item.upTo || upTo > item.until || (until >= 0 && until < item.until)) return false;
    const items = job.items.with(number, {
      ...item,
      until: Math.max(item.until, until),
      upTo,
      ...(item.left === undefined ? {} : { left: Math.max(0, item.left - (counts.read ?? 0)) }),
      steps: step + 1,
      lastStep: offset,
      pending,
    });
    const all = [...(job.refused ?? []), ...refused].slice(0, limits.jobRefusalsMax);
    const told = all.length === 0 ? {} : { refused: all };
    this.jobs.set(id, { ...job, items, counts: add(job.counts, counts), ...told, workedMs: job.workedMs + workedMs });
    return true;
  }

  private control({ job: id, wanted }: Of<'control'>): boolean {
    const job = this.jobs.get(id);
    if (job === undefined || job.ended !== null || job.wanted === 'cancel' || job.wanted === wanted) return false;
    this.jobs.set(id, { ...job, wanted });
    return true;
  }

  private end({ job: id, outcome, error, atMs, result }: Of<'end'>): boolean {
    const job = this.jobs.get(id);
    if (job === undefined || job.ended !== null) return false;
    const ended: JobEnd = { outcome, error, atMs, ...(result === undefined ? {} : { result }) };
    const { base: _gone, ...left } = job;
    this.jobs.set(id, { ...left, items: [], ended });
    if (result !== undefined) this.makeRoom();
    return true;
  }

  /** Results go, the oldest first, until what is left of them fits into a checkpoint. */
  private makeRoom(): void {
    const sizes = this.all().map(({ ended }) => (ended?.result === undefined ? 0 : sizeOf(ended.result)));
    let total = sizes.reduce((sum, size) => sum + size, 0);
    for (const [i, job] of this.all().entries()) {
      if (total <= limits.jobResultsBytesMax) return;
      if (sizes[i] === 0) continue;
      total -= sizes[i]!;
      const { result: _gone, ...ended } = job.ended!;
      this.jobs.set(job.id, { ...job, ended });
    }
  }

  private forget({ jobs }: Of<'forget'>): boolean {
    let hasForgotten = false;
    for (const id of jobs) {
      if ((this.jobs.get(id)?.ended ?? null) !== null) hasForgotten = this.jobs.delete(id);
    }
    return hasForgotten;
  }

  /** It counts where it tells what this reader knows, or where this reader knows nothing yet. */
  private checkpoint(before: number, { upTo, jobs }: Of<'checkpoint'>): boolean {
    if (this.isKnown && !(upTo === before && isDeepStrictEqual(jobs, this.all()))) return false;
    this.isKnown = true;
    this.sinceCheckpoint = 0;
    this.jobs.clear();
    for (const job of jobs) this.jobs.set(job.id, job);
    return true;
  }
}

function sizeOf(result: JobResult): number {
  return Buffer.byteLength(JSON.stringify(result));
}

function add(counts: JobCounts, more: Partial<JobCounts>): JobCounts {
  return Object.fromEntries(jobCounts.map((name) => [name, counts[name] + (more[name] ?? 0)])) as JobCounts;
}
