/** Has a root work at the jobs there are: one worker for each whose lease it holds, and what is to be done for all of them. */
import { asSheafError } from '../../shared/errors.ts';
import type { Job } from '../../shared/jobs/job-entry.ts';
import type { Leases } from '../../shared/lease/leases.ts';
import type { CatalogCopy } from '../catalog/catalog-copy.ts';
import { JobKeeper } from './job-keeper.ts';
import { JobWorker, type JobDependencies } from './job-worker.ts';

export interface JobRunnerDependencies extends JobDependencies {
  readonly leases: Leases;
}

/** Whoever waits for a job goes on with it so long after its holder is gone. */
const leaseTtlMs = 5000;
/** After leases could not be had. */
const againMs = 1000;

export class JobRunner {
  private readonly root: JobRunnerDependencies;
  /** Of jobs that this root works at, or waits to. */
  private readonly under = new Map<number, AbortController>();
  private readonly listening: { readonly stop: () => void };
  private readonly keeper: JobKeeper;
  private isClosed = false;

  constructor(root: JobRunnerDependencies) {
    this.root = root;
    this.listening = root.book.onChange(() => this.look());
    this.keeper = new JobKeeper(root);
  }

  /** Stops, and gives free what it holds: another root goes on at once. */
  close(): void {
    this.isClosed = true;
    this.listening.stop();
    this.keeper.close();
    for (const controller of this.under.values()) controller.abort(new Error('the root is closed'));
    this.under.clear();
  }

  private look(): void {
    const { jobs } = this.root.book;
    const { catalog } = this.root;
    for (const [id, controller] of this.under) {
      if (!isWorkedAt(jobs.get(id), catalog)) controller.abort(new Error('nothing is left to do'));
    }
    for (const job of jobs.all()) {
      if (isWorkedAt(job, catalog) && !this.under.has(job.id)) void this.workAt(job.id);
    }
  }

  private async workAt(id: number): Promise<void> {
    const controller = new AbortController();
    this.under.set(id, controller);
    try {
      const { signal } = controller;
      const lease = await this.root.leases.acquire(`job/${id}`, { ttlMs: leaseTtlMs, signal });
      try {
        await new JobWorker(this.root, id, lease, signal).run();
      } finally {
        lease.release();
      }
    } catch (error) {
      if (!controller.signal.aborted) {
        this.root.telemetry.debug({ job: id, err: asSheafError(error) }, 'a job has no lease');
        await this.pause();
      }
    }
    this.under.delete(id);
    // It may have been paused and be wanted again by now.
    if (!this.isClosed) this.look();
  }

  private async pause(): Promise<void> {
    const { clock, timers } = this.root;
    await new Promise<void>((resolve) => void timers.at(clock.now() + againMs, resolve));
  }
}

/** Whether somebody has to do something about it. What is paused may have outcomes that are not counted yet, and writers that wait. */
function isWorkedAt(job: Job | undefined, { state, isKnown }: CatalogCopy): boolean {
  if (job === undefined || job.ended !== null) return false;
  if (job.wanted !== 'pause' || job.items.some(({ pending }) => pending.length > 0)) return true;
  if (job.spec.alias === undefined) return false;
  const move = state.indexes.get(job.spec.index)?.move;
  return !isKnown || (move?.job === job.id && move.heldAt !== null);
}
