/**
 * One job, worked by the holder of its lease, step by step:
 *
 *     count what came of the step before → scan a page → lines → batches → one append of them and the step
 *
 * A step names how many there were of its work item; the log's order decides between two on the same, and what is written goes with
 * the step that counts or with none. So a holder that was killed, paused or cut off leaves a job that another goes on with.
 */
import type { IndexDefinition } from '../../shared/catalog/catalog.ts';
import { asSheafError, errorTable, SheafError } from '../../shared/errors.ts';
import {
  type Job,
  type JobItem,
  type JobResult,
  type JobStep,
  type PendingBatch,
} from '../../shared/jobs/job-entry.ts';
import { RequestNode } from '../../shared/json/request-node.ts';
import type { HeldLease } from '../../shared/lease/leases.ts';
import { partitionOf } from '../../shared/index-kinds/partitions.ts';
import type { AppendBatch, Appended } from '../../shared/log/append-batch.ts';
import type { Log } from '../../shared/log/log.ts';
import type { Query } from '../../shared/query/query.ts';
import type { Telemetry } from '../../shared/telemetry/telemetry.ts';
import type { CatalogCopy } from '../catalog/catalog-copy.ts';
import { growSchema } from '../catalog/grow-schema.ts';
import { WritePassage } from '../catalog/write-passage.ts';
import type { WriteGate } from '../freshness/write-gate.ts';
import { findObstacle } from '../ingest.ts';
import type { RootKinds } from '../kinds/root-kind.ts';
import { askOutcomes } from '../plan/ask-outcomes.ts';
import { refreshReplicas } from '../plan/refresh.ts';
import type { RoundDependencies } from '../plan/round.ts';
import { readQuery } from '../query/read-query.ts';
import type { JudgedEntry } from '../route/write-job.ts';
import type { CopiesOf } from '../route/bulk-router.ts';
import type { WriteJobs } from '../route/write-jobs.ts';
import { AggregateWork } from './aggregate-work.ts';
import { carryFields } from './carry-fields.ts';
import { changedKeys } from './changed-keys.ts';
import { originOf, type CopyDeletion } from './copies.ts';
import { countOutcomes, withRejections } from './count-outcomes.ts';
import { digestOf, findBatch } from './find-batch.ts';
import type { JobBook } from './job-book.ts';
import { JobIndexes } from './job-indexes.ts';
import { JobPace } from './job-pace.ts';
import type { ChangingKind } from './kinds/job-kind.ts';
import { jobKinds } from './kinds/job-kinds.ts';
import { requireApart } from './require-apart.ts';
import { scanPage, type Page } from './scan-page.ts';
import { strayCopies } from './stray-copies.ts';
import { isSwapped, requireOutside } from './swap-alias.ts';
import { caughtUpEntries, entriesBeyond, isHeldBy, TakePlace } from './take-place.ts';
import { uncopy } from './uncopy.ts';

/** What jobs need of their root. */
export interface JobDependencies extends RoundDependencies {
  readonly book: JobBook;
  readonly log: Log;
  readonly catalog: CatalogCopy;
  readonly telemetry: Telemetry;
  readonly kinds: RootKinds;
  readonly writeJobs: WriteJobs;
  readonly writeGate: WriteGate;
  /** Milliseconds since 1970. */
  readonly timeOfDay: () => number;
}

/** After a fault that passes, the wait before the next try; doubled by each up to the last. */
const againMsMin = 100;
const againMsMax = 5000;
const refreshTimeoutMs = 3000;
/** Each has a page whose outcomes are to be counted before the job may stand still. */
const itemsInTurnMax = 4;
const outcomesTimeoutMs = 10_000;
/** So often outcomes are asked for until what is not known is uncertain for good. */
const outcomesTriesMax = 8;
/** A job that is held back listens so often whether it is still wanted. */
const listenMs = 500;

/** As it is asked: whether it is held, and told when it is not. */
type WorkLease = Pick<HeldLease, 'signal'> & { readonly require: () => unknown };

/** What is known of a step that was appended here. */
interface OwnStep {
  /** Offset of its entry. */
  readonly entry: number;
  readonly judged: readonly JudgedEntry[];
}

/** A line of a bulk, and of which key it is. */
interface KeyedLine {
  readonly key: string;
  readonly line: string;
}

interface Changes {
  readonly lines: readonly KeyedLine[];
  /** See BulkOptions, as the next. */
  readonly shard?: number;
  readonly copies?: CopiesOf;
}

/** What comes next of a work item. */
interface Found {
  readonly lines: readonly KeyedLine[];
  readonly page: Page;
}

/** A stretch of the log of a work item, and how much of it may be taken at once. */
interface Stretch {
  readonly above: number;
  readonly until: number;
  readonly size: number;
}

export class JobWorker {
  private readonly root: JobDependencies;
  private readonly id: number;
  private readonly lease: WorkLease;
  private readonly signal: AbortSignal;
  private readonly indexes: JobIndexes;
  private readonly aggregating: AggregateWork;
  private readonly place: TakePlace;
  /** By work item. */
  private readonly own = new Map<number, OwnStep>();
  private outcomesTries = 0;
  /** Entries of the log that were left when the items were last sent on; null before that. */
  private leftLast: number | null = null;
  /** Up to when the work is told by a step that is recorded, and by the one that is made. */
  private lastStepAt: number;
  private stepAt: number;
  private readonly pace = new JobPace();

  /** @param signal ends the work, beside the loss of the lease */
  constructor(root: JobDependencies, id: number, lease: WorkLease, signal: AbortSignal) {
    this.root = root;
    this.signal = AbortSignal.any([lease.signal, signal]);
    this.id = id;
    this.lease = lease;
    this.lastStepAt = root.clock.now();
    this.stepAt = this.lastStepAt;
    this.indexes = new JobIndexes(root.catalog);
    this.aggregating = new AggregateWork(root);
    const refresh = (target: IndexDefinition): Promise<void> => this.refresh(target);
    const heads = (index: IndexDefinition): Promise<readonly number[]> => this.headsOf(index);
    this.place = new TakePlace(root, { indexes: this.indexes, lease, refresh, heads });
  }

  /** Works until the job has ended, or is to stand still, or the lease is lost. Never rejects. */
  async run(): Promise<void> {
    let againMs = againMsMin;
    while (!this.signal.aborted) {
      try {
        // What another holder has done last is read before anything is done.
        await this.root.book.catchUp();
        if (!(await this.advance())) return;
        againMs = againMsMin;
      } catch (raw) {
        const error = asSheafError(raw);
        if (this.signal.aborted) return;
        if (isFinal(error)) await this.end('failed', error).catch(() => undefined);
        this.root.telemetry.debug({ job: this.id, error: error.toBody() }, 'a step of a job is tried again');
        await this.sleepUntil(this.root.clock.now() + againMs);
        againMs = Math.min(againMsMax, againMs * 2);
      }
    }
  }

  /** Does the next thing. @returns whether there may be more to do */
  private async advance(): Promise<boolean> {
    const job = this.root.book.jobs.get(this.id);
    if (job === undefined || job.ended !== null) return false;
    // Of an item that goes on, its next step tells.
    const pending = job.items.findIndex((item) => item.pending.length > 0 && !(job.wanted === 'run' && isUndone(item)));
    if (pending >= 0) {
      await this.append({ ...this.stepOf(job, pending), ...(await this.cameOf(job, pending)) });
      return true;
    }
    if (job.wanted === 'cancel') return await this.end((await this.place.isTaken(job)) ? 'done' : 'cancelled', null);
    if (job.wanted === 'pause') {
      await this.place.release(job);
      return false;
    }
    if (job.spec.conflicts === 'fail' && job.counts.conflicts > 0) {
      throw stoppedAt(job);
    }
    if (jobKinds[job.spec.kind].does === 'aggregates') return await this.aggregate(job);
    if (await this.place.isElsewhere(job)) {
      const index = job.spec.into ?? job.spec.index;
      return await this.end('failed', new SheafError('INDEX_HELD', { detail: { index } }));
    }
    requireOutside(this.root.catalog.state, job.spec);
    const item = nextItem(job);
    if (job.spec.alias !== undefined && !this.place.hasBegun) await this.place.begin(job);
    if (item >= 0) {
      await this.step(job, item);
      return true;
    }
    if (changingKind(job).follows && (this.leftLast ?? Infinity) > caughtUpEntries) return await this.follow(job);
    if (job.spec.alias !== undefined && !isSwapped(this.root.catalog.state, job.spec)) return await this.takePlace(job);
    return await this.end('done', null);
  }

  /** Asks the next shard, or ends with what all have said. */
  private async aggregate(job: Job): Promise<boolean> {
    const index = await this.indexes.source(job);
    const shard = this.aggregating.nextOf(job);
    if (shard < 0) return await this.end('done', null, await this.aggregating.result(job, index, this.signal));
    const unwanted = new AbortController();
    const { book } = this.root;
    const listening = book.onChange(() => {
      if (book.jobs.get(this.id)?.wanted !== 'run') unwanted.abort(new Error('the job is to stand still'));
    });
    try {
      const read = await this.aggregating.map(job, index, shard, AbortSignal.any([this.signal, unwanted.signal]));
      const { upTo, until } = job.items[shard]!;
      // What another has counted before counts once; a shard without an entry has nothing to count.
      if (upTo < until) await this.append({ ...this.stepOf(job, shard), upTo: until, counts: { read } });
    } catch (error) {
      if (!unwanted.signal.aborted) throw error;
    } finally {
      listening.stop();
    }
    return true;
  }

  private async takePlace(job: Job): Promise<boolean> {
    const found = await this.place.next(job);
    if (found.next === 'follow') return await this.follow(job);
    if (found.next === 'wait') {
      await this.sleepUntil(found.until);
      this.leftLast = null;
    }
    return true;
  }

  private async refresh(index: IndexDefinition): Promise<void> {
    const heads = await this.headsOf(index);
    const at = Object.fromEntries(
      heads.map((head, shard) => [String(shard), head] as const).filter(([, head]) => head >= 0),
    );
    // A replica that is not there is not waited for.
    await refreshReplicas(this.root, { index, at, timeoutMs: refreshTimeoutMs });
  }

  /** Sends the items on to where the log is now. */
  private async follow(job: Job): Promise<boolean> {
    const { until: heads } = await this.place.ahead(job);
    if (heads === null) return true;
    const until = job.items.filter(({ of }) => of === undefined).map((item) => item.until);
    for (const [number, head] of heads.entries()) {
      if (head > until[number]!) await this.append({ ...this.stepOf(job, number), until: head });
    }
    this.leftLast = entriesBeyond(until, heads);
    return true;
  }

  private async headsOf(index: IndexDefinition): Promise<number[]> {
    return await this.root.log.heads(Array.from({ length: index.shards }, (_, i) => partitionOf(index, i)));
  }

  private async step(job: Job, number: number): Promise<void> {
    const { spec, items } = job;
    const now = this.root.clock.now();
    // Writers wait by then.
    const isHeld = isHeldBy(this.indexes.knownSource(job), job);
    const { notBefore } = this.pace;
    if (now < notBefore && !isHeld) return await this.sleepUntil(Math.min(notBefore, now + listenMs));
    const cameOf = await this.cameOf(job, number);
    if (spec.conflicts === 'fail' && (cameOf.counts.conflicts ?? 0) > 0) {
      return await this.append({ ...this.stepOf(job, number), ...cameOf });
    }
    const item = items[number]!;
    const { upTo: above, scanUntil } = item;
    const isFollowing = above >= scanUntil;
    const rate = isHeld ? Infinity : (spec.docsPerSecond ?? Infinity);
    const stretch = { above, until: isFollowing ? item.until : scanUntil, size: this.pace.sizeAt(rate, isHeld) };
    const { lines, page } = await (item.of === 'copies'
      ? this.findStray(job, number, stretch)
      : this.findNext(job, number, { ...stretch, isFollowing }));
    const { length } = lines;
    // What is written meanwhile grows while it waits.
    const givesWay = page.besideSearches && !isFollowing;
    this.pace.noteRead(length, rate, givesWay, this.root.clock.now());
    const passed = passedOver(item, page);
    const conflicts = (cameOf.counts.conflicts ?? 0) + passed;
    const step = {
      ...this.stepOf(job, number),
      ...cameOf,
      upTo: page.upTo,
      counts: { ...cameOf.counts, read: length + passed, ...(conflicts === 0 ? {} : { conflicts }) },
    };
    if (length === 0) await this.append(step);
    else {
      // What changes where it is stays in its shard, whatever it was routed by.
      const about = spec.into === undefined ? { shard: number } : { copies: copiesOf(job) };
      const target = await carryFields({ catalog: this.root.catalog, indexes: this.indexes }, job);
      await this.write(target, { lines, ...about }, step);
    }
    this.pace.noteStep(now, this.root.clock.now());
  }

  /** The next documents of a shard of the index; where it is followed, with the copies that go. */
  private async findNext(
    job: Job,
    shard: number,
    { isFollowing, ...stretch }: Stretch & { readonly isFollowing: boolean },
  ): Promise<Found> {
    const { root, signal } = this;
    const index = await this.indexes.source(job);
    const kind = changingKind(job);
    const { above, size } = stretch;
    const changed = isFollowing ? await changedKeys(root.log, partitionOf(index, shard), stretch, size) : null;
    const page = await scanPage(root, {
      index,
      shard,
      query: queryOf(job, index),
      ...stretch,
      until: changed?.upTo ?? stretch.until,
      sources: kind.needsSources,
      signal,
    });
    const lines = page.documents.map((document) => ({ key: document.key, line: kind.lineOf(job.spec, document) }));
    if (changed !== null) {
      const target = await this.indexes.target(job);
      const touched = { index, shard, target, keys: changed.keys, above, signal };
      lines.push(...(await uncopy(root, touched, page)).map(lineOfDeletion));
    }
    return { lines, page };
  }

  /** Those of the next copies that were there before the job which go. */
  private async findStray(job: Job, number: number, stretch: Stretch): Promise<Found> {
    const [index, target] = [await this.indexes.source(job), await this.indexes.target(job)];
    const { page, deletions } = await strayCopies(this.root, {
      ...stretch,
      index,
      target,
      shard: number - index.shards,
      query: queryOf(job, index),
      origin: originOf(job.spec),
      signal: this.signal,
    });
    return { page, lines: deletions.map(lineOfDeletion) };
  }

  /** Appends what becomes of the documents of a page, and the step, in one append. */
  private async write(index: IndexDefinition, { lines, ...about }: Changes, step: JobStep): Promise<void> {
    const { root } = this;
    const options = {
      index,
      entries: root.kinds[index.kind].entriesOf(index),
      catalogOffset: root.catalog.state.offset,
      key: { kind: 'generated' },
      arrivedAtMs: root.timeOfDay(),
      isOneAppend: true,
      keySeed: null,
      tellsOutcomes: true,
      ...about,
    } as const;
    const keys = lines.map(({ key }) => key);
    const held = root.writeGate.ofRequest(index);
    const passage = new WritePassage(root.catalog, index);
    const appendedAt = { offset: -1 };
    const written = await root.writeJobs.run(
      options,
      { kind: 'body', body: piecesOf(lines) },
      {
        obstacle: (partitions) => passage.obstacle() ?? findObstacle(root, index, partitions) ?? held(partitions),
        addFields: (fields) => growSchema(root.catalog, index, fields),
        append: async (batches, rejections) => {
          const taken = batches.reduce((sum, { count }) => sum + count, 0);
          const pending = await this.pendingOf(batches);
          const counted = withRejections(step, lines.length - taken, { keys, rejections });
          const appended = await this.appendAll([...batches, root.book.batch({ ...counted, pending })]);
          appendedAt.offset = appended.at(-1)!.lastOffset;
          return appended.slice(0, -1);
        },
      },
    );
    if (written.fault !== null) throw written.fault;
    if (appendedAt.offset < 0) {
      const { rejections } = written;
      return await this.append(withRejections(step, lines.length, { keys, rejections }));
    }
    await root.book.reach(appendedAt.offset);
    this.noteStep();
    this.own.set(step.item, { entry: appendedAt.offset, judged: written.judged });
  }

  private async pendingOf(batches: readonly AppendBatch[]): Promise<PendingBatch[]> {
    const heads = await this.root.log.heads(batches.map(({ partition }) => partition));
    return batches.map(({ partition, count, bytes }, i) => ({
      partition,
      after: heads[i]!,
      count,
      digest: digestOf(bytes),
    }));
  }

  /** What has come of what is pending in a work item. Waits for a replica. @throws SheafError JOB_ROUTINGS_MEET */
  private async cameOf(job: Job, number: number): Promise<Pick<JobStep, 'counts' | 'refused'>> {
    const item = job.items[number]!;
    if (item.pending.length === 0) return { counts: {} };
    const target = await this.indexes.target(job);
    const expected = item.pending.reduce((sum, { count }) => sum + count, 0);
    const judged = await this.judgedOf(number, item);
    const outcomes = await askOutcomes(this.root, { index: target, judged, timeoutMs: outcomesTimeoutMs });
    // Where no replica answered in time, one may later.
    const isKnown = outcomes.every(({ outcome }) => outcome !== null);
    if (!isKnown && ++this.outcomesTries < outcomesTriesMax) throw new SheafError('OUTCOME_UNCERTAIN');
    if (job.spec.into !== undefined) {
      const index = await this.indexes.source(job);
      const copied = { index, target, query: queryOf(job, index), outcomes, signal: this.signal };
      await requireApart(this.root, job, copied);
    }
    return countOutcomes(changingKind(job), outcomes, expected);
  }

  private async judgedOf(number: number, item: JobItem): Promise<readonly JudgedEntry[]> {
    const own = this.own.get(number);
    if (own?.entry === item.lastStep) return own.judged;
    const found = await Promise.all(item.pending.map((pending) => findBatch(this.root.log, pending)));
    return found.flatMap((entries) => entries ?? []);
  }

  private stepOf({ id, items }: Job, item: number): JobStep {
    const { upTo, steps } = items[item]!;
    this.stepAt = this.root.clock.now();
    const workedMs = Math.max(0, Math.round(this.stepAt - this.lastStepAt));
    return { entry: 'step', job: id, item, step: steps, upTo, workedMs, counts: {}, pending: [] };
  }

  private async append(step: JobStep): Promise<void> {
    const [appended] = await this.appendAll([this.root.book.batch(step)]);
    await this.root.book.reach(appended!.lastOffset);
    this.noteStep();
  }

  private async appendAll(batches: readonly AppendBatch[]): Promise<Appended[]> {
    this.lease.require();
    return await this.root.log.append(batches);
  }

  private noteStep(): void {
    // What the append took is of the next.
    this.lastStepAt = this.stepAt;
    this.outcomesTries = 0;
  }

  private async end(
    outcome: 'done' | 'failed' | 'cancelled',
    error: SheafError | null,
    result?: JobResult,
  ): Promise<boolean> {
    const job = this.root.book.jobs.get(this.id);
    if (job !== undefined) await this.place.end(job);
    this.lease.require();
    const atMs = this.root.timeOfDay();
    const told = result === undefined ? {} : { result };
    await this.root.book.append({ entry: 'end', job: this.id, outcome, error: error?.toBody() ?? null, atMs, ...told });
    return false;
  }

  private async sleepUntil(at: number): Promise<void> {
    const { timers, clock } = this.root;
    const { signal } = this;
    if (at <= clock.now() || signal.aborted) return;
    await new Promise<void>((resolve) => {
      const timer = timers.at(at, resolve);
      signal.addEventListener(
        'abort',
        () => {
          timer.cancel();
          resolve();
        },
        { once: true },
      );
    });
  }
}

/**
 * The work item of the next step, −1 where all are done. Some take turns, so that what a replica makes of one is known by the time it has its turn
 * again; where a conflict is the end, one after the other.
 */
function nextItem({ spec, items }: Job): number {
  const undone = items.flatMap((item, number) => (isUndone(item) ? [number] : []));
  const turns = undone.slice(0, spec.conflicts === 'fail' ? 1 : itemsInTurnMax);
  return turns.reduce((next, each) => (next < 0 || items[each]!.lastStep < items[next]!.lastStep ? each : next), -1);
}

function changingKind({ spec }: Job): ChangingKind {
  const kind = jobKinds[spec.kind];
  if (kind.does !== 'changes') throw new Error(`a job of kind ${spec.kind} changes nothing`);
  return kind;
}

/** What the copies of a job are, and which deletions of the index that has them came before the job. */
function copiesOf({ spec, items }: Job): CopiesOf {
  return { origin: originOf(spec), since: items.filter(({ of }) => of === 'copies').map(({ until }) => until) };
}

function lineOfDeletion({ key, routing, version }: CopyDeletion): KeyedLine {
  const routed = routing === null ? {} : { _routing: routing };
  return { key, line: JSON.stringify({ _delete: key, ...routed, _version: version }) };
}

/** The item of the last step: those before it are done, and in those after it nothing is changed. */
function stoppedAt({ counts, items }: Job): SheafError {
  const last = items.reduce((best, { lastStep }, item) => (lastStep > items[best]!.lastStep ? item : best), 0);
  const detail = { conflicts: counts.conflicts, shard: last, upTo: items[last]!.upTo };
  return new SheafError('JOB_CONFLICT', { detail });
}

/** Documents that matched when the job was created, and that no page had when the last was read: they were changed before. */
function passedOver({ left = 0, until }: JobItem, { documents, upTo }: Page): number {
  return upTo < until ? 0 : Math.max(0, left - documents.length);
}

function isUndone({ upTo, until }: JobItem): boolean {
  return upTo < until;
}

/** Whether the job cannot go on, whatever is waited for. */
function isFinal({ code }: SheafError): boolean {
  if (code === 'LOG_REPLACED') return false;
  // What a reindex would have followed is gone.
  return code === 'INTERNAL' || code === 'LOG_TRIMMED' || errorTable[code].retry === 'never';
}

function queryOf({ spec, createdAtMs: now }: Job, { schema }: IndexDefinition): Query {
  if (spec.query === undefined) return { kind: 'all' };
  return readQuery(RequestNode.body(spec).child('query', spec.query), schema, { now });
}

async function* piecesOf(lines: readonly KeyedLine[]): AsyncGenerator<Buffer> {
  yield Buffer.from(lines.map(({ line }) => `${line}\n`).join(''));
}
