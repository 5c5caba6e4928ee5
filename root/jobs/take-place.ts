/**
 * How a copy takes the place of its index: said that the index is moved, waited until every root knows, writes held, what came before copied, the
 * alias swapped. Between the steps others may have taken them, or back: each is made from what the catalog says then.
 */
import type { Clock } from '../../shared/clock/clock.ts';
import type { IndexDefinition } from '../../shared/catalog/catalog.ts';
import type { MoveStep } from '../../shared/catalog/definition.ts';
import { SheafError } from '../../shared/errors.ts';
import type { Job } from '../../shared/jobs/job-entry.ts';
import type { CatalogCopy } from '../catalog/catalog-copy.ts';
import type { JobBook } from './job-book.ts';
import type { JobIndexes } from './job-indexes.ts';
import { showRefusals } from './show-job.ts';
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
      if (index.move?.job !== job.id) await this.move(index, job, 'begin');
    }
    this.movedSince = clock.now();
  }

  /**
   * The end: writes to the index are held, what came before that is copied, the alias is swapped. Until the hold every root has had the time to
   * know of the move; what it appends after the hold is not acknowledged (write-passage.ts).
   * @param followedHeldAt since which catalog offset the index was held when the log was last followed; null where it was not
   * @throws SheafError JOB_INCOMPLETE where the copy lacks documents, INDEX_NOT_FOUND, what `swapAlias` throws
   */
  async next(job: Job, followedHeldAt: number | null): Promise<PlaceNext> {
    const { catalog, clock, book } = this.root;
    const { indexes, lease, refresh } = this.options;
    await catalog.catchUp();
    const index = await indexes.source(job);
    const heldAt = index.move?.heldAt ?? null;
    requireWhole(job);
    if (heldAt !== null) {
      // What was written before the hold is looked at once more, however little it was.
      if (followedHeldAt !== heldAt) return { next: 'follow' };
      lease.require();
      await refresh(await indexes.target(job));
      await swapAlias(catalog, job.spec, heldAt);
      return { next: 'again' };
    }
    const readyAt = this.movedSince! + moveKnownMs;
    const isWaiting = waitsFor(job, book.jobs.all()).length > 0;
    if (clock.now() < readyAt || isWaiting) {
      return { next: 'wait', until: Math.max(readyAt, clock.now() + (isWaiting ? waitMs : 0)) };
    }
    await refresh(await indexes.target(job));
    await this.move(index, job, 'hold');
    return { next: 'again' };
  }

  /** Whether the job has swapped the alias: then there is nothing left to call off. */
  async isTaken({ spec }: Job): Promise<boolean> {
    if (spec.alias === undefined) return false;
    const { catalog } = this.root;
    await catalog.catchUp();
    return isSwapped(catalog.state, spec) && this.options.indexes.knownSource({ spec })?.replacedAt !== undefined;
  }

  /** Writes to the index go on. */
  async release(job: Job): Promise<void> {
    if (job.spec.alias === undefined) return;
    await this.root.catalog.catchUp();
    const index = this.options.indexes.knownSource(job);
    if ((index?.move?.heldAt ?? null) !== null && index!.move!.job === job.id) await this.move(index!, job, 'release');
  }

  /** The index is moved no more. */
  async end(job: Job): Promise<void> {
    const index = this.options.indexes.knownSource(job);
    if (index?.move !== undefined && index.move.job === job.id) await this.move(index, job, 'end');
  }

  private async move(index: IndexDefinition, { id: job }: Job, step: MoveStep): Promise<void> {
    this.options.lease.require();
    await moveIndex(this.root.catalog, index, { job, step });
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
