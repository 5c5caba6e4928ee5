/**
 * How a copy takes the place of its index: said that the index is moved, waited until every root knows, writes held, what came before copied, the
 * alias swapped. Between the steps others may have taken them, or back: each is made from what the catalog says then.
 */
import type { Clock } from '../../shared/clock/clock.ts';
import type { IndexDefinition } from '../../shared/catalog/catalog.ts';
import type { IndexMove, MoveStep } from '../../shared/catalog/definition.ts';
import { SheafError } from '../../shared/errors.ts';
import type { Job } from '../../shared/jobs/job-entry.ts';
import type { CatalogCopy } from '../catalog/catalog-copy.ts';
import type { JobBook } from './job-book.ts';
import type { JobIndexes } from './job-indexes.ts';
import { showRefusals } from './show-job.ts';
import { carryFields } from './carry-fields.ts';
import { isSwapped, moveIndex, swapAlias } from './swap-alias.ts';
import { waitsFor } from './waits-for.ts';

export interface PlaceDependencies {
  readonly catalog: CatalogCopy;
  readonly clock: Clock;
  readonly book: Pick<JobBook, 'jobs'>;
}

export interface PlaceOptions {
  readonly indexes: JobIndexes;
  /** Throws where the work is another's by now. */
  readonly lease: { readonly require: () => unknown };
  /** Makes searchable what is written, so that who searches the copy a moment after the swap finds what was found before it. */
  readonly refresh: (target: IndexDefinition) => Promise<void>;
  /** By shard of an index the head of its log. */
  readonly heads: (index: IndexDefinition) => Promise<readonly number[]>;
}

/** The stretch that a job follows to where the log is now. */
export interface Ahead {
  /** By shard of the index; null where it is looked once more. */
  readonly until: readonly number[] | null;
}

/** What comes next: the log is followed once more, something is waited for, or nothing stands in the way of another look. */
export type PlaceNext =
  | { readonly next: 'follow' | 'again' }
  /** On the clock. What is written meanwhile is to be followed. */
  | { readonly next: 'wait'; readonly until: number };

/** So long after an index is said to be moved every root knows of it that writes at all: without a word it loses the log in half of that. */
export const moveKnownMs = 5000;
/** Between two looks whether others have ended. */
const waitMs = 500;
/** Entries of the log, by which a copy is as good as whole: so many are copied while writers wait. */
export const caughtUpEntries = 1000;

export class TakePlace {
  private readonly root: PlaceDependencies;
  private readonly options: PlaceOptions;
  /** When this worker had said that the index is moved; null before that. */
  private movedSince: number | null = null;

  constructor(root: PlaceDependencies, options: PlaceOptions) {
    this.root = root;
    this.options = options;
  }

  get hasBegun(): boolean {
    return this.movedSince !== null;
  }

  /** Says that the index is moved. Where the job has ended meanwhile, nobody asks for what it says. */
  async begin(job: Job): Promise<void> {
    const { catalog, clock } = this.root;
    await catalog.catchUp();
    if (!isSwapped(catalog.state, job.spec)) {
      const index = await this.options.indexes.source(job);
      if (index.move?.job !== job.id) await this.move(index, job, { step: 'begin' });
    }
    this.movedSince = clock.now();
  }

  /**
   * How far the log is to be followed. While the index is held that stands in the catalog before anything of it is copied, so that whoever swaps
   * says exactly what came along, whatever others of the same job did meanwhile.
   */
  async ahead(job: Job): Promise<Ahead> {
    const { indexes, heads } = this.options;
    const measured = await heads(await indexes.source(job));
    // Heads that were read before the hold are below those that are read after it.
    await this.root.catalog.catchUp();
    const index = await indexes.source(job);
    if (!isHeldBy(index, job)) return { until: measured };
    const { heldAt, until } = index.move;
    if (isWithin(measured, until)) return { until: until! };
    await this.move(index, job, { step: 'measure', heldAt, until: measured });
    const now = await indexes.source(job);
    return { until: now.move?.heldAt === heldAt ? (now.move.until ?? null) : null };
  }

  /**
   * The end: writes to the index are held, what came before that is copied, the alias is swapped. Until the hold every root has had the time to
   * know of the move; what it appends after the hold is not acknowledged (write-passage.ts).
   * @throws SheafError JOB_INCOMPLETE where the copy lacks documents, INDEX_NOT_FOUND, what `swapAlias` and `carryFields` throw
   */
  async next(job: Job): Promise<PlaceNext> {
    const { catalog, clock, book } = this.root;
    const { indexes, lease, refresh, heads } = this.options;
    await catalog.catchUp();
    const index = await indexes.source(job);
    requireWhole(job);
    const carried = { catalog, indexes };
    if (isHeldBy(index, job)) {
      const { heldAt, until } = index.move;
      // What a root has appended that did not know of the hold yet may have replaced what is to be copied: the copy goes as far.
      const isCopied = until !== undefined && isWithin(until, untilOf(job)) && isWithin(await heads(index), until);
      if (!isCopied) return { next: 'follow' };
      lease.require();
      const copy = await carryFields(carried, job);
      await refresh(copy);
      await swapAlias(catalog, job.spec, { move: { heldAt, until }, base: job.base!, from: await heads(copy) });
      return { next: 'again' };
    }
    const readyAt = this.movedSince! + moveKnownMs;
    const isWaiting = waitsFor(job, book.jobs.all()).length > 0;
    if (clock.now() < readyAt || isWaiting) {
      return { next: 'wait', until: Math.max(readyAt, clock.now() + (isWaiting ? waitMs : 0)) };
    }
    await refresh(await carryFields(carried, job));
    // What has come since it was last followed, which may be long ago where the job is held back.
    if (entriesBeyond(untilOf(job), await heads(index)) > caughtUpEntries) return { next: 'follow' };
    await this.move(index, job, { step: 'hold' });
    return { next: 'again' };
  }

  /** Whether the job has swapped the alias: then there is nothing left to call off. */
  async isTaken(job: Job): Promise<boolean> {
    if (job.spec.alias === undefined) return false;
    await this.root.catalog.catchUp();
    return this.hasSwapped(job);
  }

  /** As far as this root has read the catalog. */
  private hasSwapped({ spec }: Pick<Job, 'spec'>): boolean {
    const isOver = isSwapped(this.root.catalog.state, spec);
    return isOver && this.options.indexes.knownSource({ spec })?.replacedAt !== undefined;
  }

  /**
   * Whether another index has the place of the one that a job changes, or copies into, since it was asked for. A copy waits for all jobs that it knows of before it
   * holds the index; one that was created at that moment it may not know.
   * @throws SheafError INDEX_HELD while that is open; LOG_UNAVAILABLE, PARTITION_STOPPED
   */
  async isElsewhere(job: Pick<Job, 'spec' | 'catalogOffset'>): Promise<boolean> {
    await this.root.catalog.catchUp();
    // What comes after its own swap is written to the copy as by anybody.
    if (job.spec.alias !== undefined && this.hasSwapped(job)) return false;
    const index = this.options.indexes.knownTarget(job);
    if ((index?.move?.heldAt ?? null) !== null) throw new SheafError('INDEX_HELD', { detail: { index: index!.name } });
    return (index?.replacedAt ?? -1) > job.catalogOffset;
  }

  /** Writes to the index go on. */
  async release(job: Job): Promise<void> {
    if (job.spec.alias === undefined) return;
    await this.root.catalog.catchUp();
    const index = this.options.indexes.knownSource(job);
    if ((index?.move?.heldAt ?? null) !== null && index!.move!.job === job.id)
      await this.move(index!, job, { step: 'release' });
  }

  /** The index is moved no more. */
  async end(job: Job): Promise<void> {
    const index = this.options.indexes.knownSource(job);
    if (index?.move !== undefined && index.move.job === job.id) await this.move(index, job, { step: 'end' });
  }

  private async move(index: IndexDefinition, { id: job }: Job, step: MoveStep): Promise<void> {
    this.options.lease.require();
    await moveIndex(this.root.catalog, index, { job, ...step });
  }
}

/**
 * Nobody knows what came of what is uncertain: into an index that was empty it was copied all the same.
 * @throws SheafError JOB_INCOMPLETE where documents did not fit, or came to nothing for what the index has that is no copy of the job
 */
function requireWhole({ counts, items, refused = [] }: Job): void {
  const wasEmpty = items.every(({ of, until }) => of === undefined || until < 0);
  const { rejected, conflicts } = counts;
  const uncertain = wasEmpty ? 0 : counts.uncertain;
  if (rejected + conflicts + uncertain === 0) return;
  throw new SheafError('JOB_INCOMPLETE', {
    detail: { rejected, conflicts, uncertain, documents: showRefusals(refused) },
  });
}

interface HeldIndex extends IndexDefinition {
  readonly move: IndexMove & { readonly heldAt: number };
}

/** Whether writes to it wait for the end of this job. */
export function isHeldBy(index: IndexDefinition | undefined, { id }: Pick<Job, 'id'>): index is HeldIndex {
  return index?.move?.job === id && index.move.heldAt !== null;
}

/** Of the shards of the index, up to where the job goes. */
function untilOf({ items }: Job): readonly number[] {
  return items.filter(({ of }) => of === undefined).map(({ until }) => until);
}

/** Whether no shard goes further than there. */
function isWithin(heads: readonly number[], until: readonly number[] | undefined): boolean {
  return until !== undefined && entriesBeyond(until, heads) === 0;
}

/** Entries of the log, as if offsets were dense. */
export function entriesBeyond(until: readonly number[], heads: readonly number[]): number {
  return heads.reduce((sum, head, shard) => sum + Math.max(0, head - until[shard]!), 0);
}
