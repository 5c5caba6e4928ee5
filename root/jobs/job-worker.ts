/**
 * One job, worked by the holder of its lease, step by step:
 *
 *     count what came of the step before → scan a page → lines → batches → one append of them and the step
 *
 * A step names how many there were of its work item; the log's order decides between two on the same, and what is written goes with
 * the step that counts or with none. So a holder that was killed, paused or cut off leaves a job that another goes on with.
 */
import type { CatalogState, IndexDefinition } from '../../shared/catalog/catalog.ts';
import type { MoveStep } from '../../shared/catalog/definition.ts';
import { asSheafError, errorTable, SheafError, type ErrorCode } from '../../shared/errors.ts';
import {
  type Job,
  type JobCount,
  type JobItem,
  type JobRefusal,
  type JobResult,
  type JobStep,
  type PendingBatch,
} from '../../shared/jobs/job-entry.ts';
import { shorten } from '../../shared/json/describe-value.ts';
import { RequestNode } from '../../shared/json/request-node.ts';
import type { HeldLease } from '../../shared/lease/leases.ts';
import { numberOfPartition, partitionOf } from '../../shared/index-kinds/partitions.ts';
import { limits } from '../../shared/limits.ts';
import type { AppendBatch, Appended } from '../../shared/log/append-batch.ts';
import type { Log } from '../../shared/log/log.ts';
import type { Query } from '../../shared/query/query.ts';
import type { Result } from '../../shared/judge/judge.ts';
import { splitRouting } from '../../shared/schema/routing.ts';
import type { Telemetry } from '../../shared/telemetry/telemetry.ts';
import type { CatalogCopy } from '../catalog/catalog-copy.ts';
import { growSchema } from '../catalog/grow-schema.ts';
import { WritePassage } from '../catalog/write-passage.ts';
import type { WriteGate } from '../freshness/write-gate.ts';
import { findObstacle } from '../ingest.ts';
import type { RootKinds } from '../kinds/root-kind.ts';
import { getDocument } from '../get-document.ts';
import { askOutcomes, type LineOutcome } from '../plan/ask-outcomes.ts';
import { refreshReplicas } from '../plan/refresh.ts';
import type { RoundDependencies } from '../plan/round.ts';
import { readQuery } from '../query/read-query.ts';
import { encodeToken } from '../route/token.ts';
import type { Rejection } from '../route/bulk-router.ts';
import type { JudgedEntry } from '../route/write-job.ts';
import type { WriteJobs } from '../route/write-jobs.ts';
import { AggregateWork } from './aggregate-work.ts';
import { digestOf, findBatch } from './find-batch.ts';
import { changedKeys } from './changed-keys.ts';
import { collisionOf } from './collision.ts';
import { deletionsOf, originOf, type CopyDeletion } from './copies.ts';
import { findKeys } from './find-keys.ts';
import type { JobBook } from './job-book.ts';
import type { ChangingKind } from './kinds/job-kind.ts';
import { jobKinds } from './kinds/job-kinds.ts';
import { JobPace } from './job-pace.ts';
import { scanPage, type Page } from './scan-page.ts';
import { showRefusals } from './show-job.ts';
import { isSwapped, moveIndex, swapAlias } from './swap-alias.ts';

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
/** Entries of the log, by which whoever follows has caught up. */
const caughtUpEntries = 1000;
/** So long after an index is said to be moved every root knows of it that writes at all: without a word it loses the log in half of that. */
const moveKnownMs = 5000;
const refreshTimeoutMs = 3000;
const getTimeoutMs = 10_000;
/** Each has a page whose outcomes are to be counted before the job may stand still. */
const itemsInTurnMax = 4;
/** Documents that are asked for at a time. */
const getsAtOnce = 32;
const outcomesTimeoutMs = 10_000;
/** So often outcomes are asked for until what is not known is uncertain for good. */
const outcomesTriesMax = 8;
/** A job that is held back listens so often whether it is still wanted. */
const listenMs = 500;

/** What is known of a step that was appended here. */
interface OwnStep {
  /** Offset of its entry. */
  readonly entry: number;
  readonly judged: readonly JudgedEntry[];
}

/** Keys that a stretch of the log of a shard writes to. */
interface Followed {
  readonly index: IndexDefinition;
  readonly shard: number;
  readonly keys: ReadonlyMap<string, number>;
  /** The end of the stretch before. */
  readonly above: number;
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
  readonly origin?: number;
}

export class JobWorker {
  private readonly root: JobDependencies;
  private readonly id: number;
  private readonly lease: HeldLease;
  private readonly signal: AbortSignal;
  private readonly aggregating: AggregateWork;
  /** By work item. */
  private readonly own = new Map<number, OwnStep>();
  private outcomesTries = 0;
  /** Entries of the log that were left when the items were last sent on; null before that. */
  private leftLast: number | null = null;
  /** Since which catalog offset the index was held when the items were last sent on; null where it was not. */
  private followedHeldAt: number | null = null;
  /** When this worker had said that the index is moved; null before that. */
  private movedSince: number | null = null;
  /** Up to when the work is told by a step that is recorded, and by the one that is made. */
  private lastStepAt: number;
  private stepAt: number;
  private readonly pace = new JobPace();

  /** @param signal ends the work, beside the loss of the lease */
  constructor(root: JobDependencies, id: number, lease: HeldLease, signal: AbortSignal) {
    this.root = root;
    this.signal = AbortSignal.any([lease.signal, signal]);
    this.id = id;
    this.lease = lease;
    this.lastStepAt = root.clock.now();
    this.stepAt = this.lastStepAt;
    this.aggregating = new AggregateWork(root);
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
    if (job.wanted === 'cancel') return await this.end('cancelled', null);
    if (job.wanted === 'pause') {
      await this.release(job);
      return false;
    }
    if (job.spec.conflicts === 'fail' && job.counts.conflicts > 0) {
      throw stoppedAt(job);
    }
    if (jobKinds[job.spec.kind].does === 'aggregates') return await this.aggregate(job);
    const item = nextItem(job);
    if (job.spec.alias !== undefined && this.movedSince === null) await this.beginMove(job);
    if (item >= 0) {
      await this.step(job, item);
      return true;
    }
    if (changingKind(job).follows && (this.leftLast ?? Infinity) > caughtUpEntries) return await this.follow(job);
    if (job.spec.alias !== undefined && !isSwapped(this.root.catalog.state, job.spec)) return await this.swap(job);
    return await this.end('done', null);
  }

  /** Asks the next shard, or ends with what all have said. */
  private async aggregate(job: Job): Promise<boolean> {
    const index = await this.findIndex(job);
    const shard = this.aggregating.nextOf(job);
    if (shard < 0) return await this.end('done', null, this.aggregating.result(job, index));
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

  /** Says that the index is moved. Where the job has ended meanwhile, nobody asks for what it says. */
  private async beginMove(job: Job): Promise<void> {
    const { catalog, clock } = this.root;
    await catalog.catchUp();
    if (!isSwapped(catalog.state, job.spec)) {
      const index = await this.findIndex(job);
      if (index.move?.job !== job.id) await this.move(index, job, 'begin');
    }
    this.movedSince = clock.now();
  }

  /**
   * The end of a copy that takes a place: writes to the index are held, what came before that is copied, the alias is swapped. Until the hold
   * every root has had the time to know of the move; what it appends after the hold is not acknowledged (write-passage.ts).
   */
  private async swap(job: Job): Promise<boolean> {
    const { root } = this;
    await root.catalog.catchUp();
    const index = await this.findIndex(job);
    const heldAt = index.move?.heldAt ?? null;
    if (heldAt !== null && job.counts.rejected === 0) {
      // What was written before the hold is looked at once more, however little it was.
      if (this.followedHeldAt !== heldAt) return await this.follow(job);
      this.lease.require();
      await this.refreshTarget(job);
      await swapAlias(root.catalog, job.spec, heldAt);
      return true;
    }
    const { rejected } = job.counts;
    if (rejected > 0) {
      throw new SheafError('JOB_INCOMPLETE', { detail: { rejected, documents: showRefusals(job.refused ?? []) } });
    }
    const readyAt = this.movedSince! + moveKnownMs;
    const others = root.book.jobs.all().some((other) => other.id !== job.id && isWriterOf(other, index));
    if (root.clock.now() < readyAt || others) {
      await this.sleepUntil(Math.max(readyAt, root.clock.now() + (others ? listenMs : 0)));
      this.leftLast = null;
      return true;
    }
    await this.refreshTarget(job);
    await this.move(index, job, 'hold');
    return true;
  }

  /** So that who searches the copy a moment after the swap finds what was found before it. */
  private async refreshTarget(job: Job): Promise<void> {
    const target = await this.targetOf(job);
    const heads = await this.root.log.heads(Array.from({ length: target.shards }, (_, i) => partitionOf(target, i)));
    const at = Object.fromEntries(
      heads.map((head, shard) => [String(shard), head] as const).filter(([, head]) => head >= 0),
    );
    // A replica that is not there is not waited for.
    await refreshReplicas(this.root, { index: target, at, timeoutMs: refreshTimeoutMs });
  }

  private async release(job: Job): Promise<void> {
    if (job.spec.alias === undefined) return;
    await this.root.catalog.catchUp();
    const index = this.knownIndex(job);
    if ((index?.move?.heldAt ?? null) !== null && index!.move!.job === job.id) await this.move(index!, job, 'release');
  }

  private async move(index: IndexDefinition, { id: job }: Job, step: MoveStep): Promise<void> {
    this.lease.require();
    await moveIndex(this.root.catalog, index, { job, step });
  }

  /** Sends the items on to where the log is now. */
  private async follow(job: Job): Promise<boolean> {
    const index = await this.findIndex(job);
    this.followedHeldAt = index.move?.heldAt ?? null;
    const heads = await this.root.log.heads(job.items.map((_, shard) => partitionOf(index, shard)));
    let left = 0;
    for (const [number, { until }] of job.items.entries()) {
      if (heads[number]! <= until) continue;
      left += heads[number]! - until;
      await this.append({ ...this.stepOf(job, number), until: heads[number]! });
    }
    this.leftLast = left;
    return true;
  }

  private async step(job: Job, number: number): Promise<void> {
    const { spec, items } = job;
    const now = this.root.clock.now();
    const isHeld = (this.knownIndex(job)?.move?.heldAt ?? null) !== null;
    // Writers wait by then.
    const { notBefore } = this.pace;
    if (now < notBefore && !isHeld) return await this.sleepUntil(Math.min(notBefore, now + listenMs));
    const cameOf = await this.cameOf(job, number);
    if (spec.conflicts === 'fail' && (cameOf.counts.conflicts ?? 0) > 0) {
      return await this.append({ ...this.stepOf(job, number), ...cameOf });
    }
    const index = await this.findIndex(job);
    const { upTo: above, scanUntil } = items[number]!;
    const isFollowing = above >= scanUntil;
    const kind = changingKind(job);
    const rate = spec.docsPerSecond ?? Infinity;
    const size = this.pace.sizeAt(rate);
    const stretch = { above, until: isFollowing ? items[number]!.until : scanUntil };
    const changed = isFollowing ? await changedKeys(this.root.log, partitionOf(index, number), stretch, size) : null;
    const page = await scanPage(this.root, {
      index,
      shard: number,
      query: queryOf(job, index),
      above,
      until: changed?.upTo ?? stretch.until,
      size,
      sources: kind.needsSources,
      signal: this.signal,
    });
    const lines = page.documents.map((document) => ({ key: document.key, line: kind.lineOf(spec, document) }));
    if (changed !== null)
      lines.push(...(await this.deletionsOf(job, { index, shard: number, keys: changed.keys, above }, page)));
    const { length } = lines;
    // What is written meanwhile grows while it waits.
    const givesWay = page.besideSearches && !isFollowing;
    this.pace.noteRead(length, rate, givesWay, this.root.clock.now());
    const passed = passedOver(items[number]!, page);
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
      const about = spec.into === undefined ? { shard: number } : { origin: originOf(spec) };
      await this.write(await this.targetOf(job), { lines, ...about }, step);
    }
    this.pace.noteStep(now, this.root.clock.now());
  }

  /** Of the keys that a stretch of the log writes to: the copies of those that are gone, or match no more, or are elsewhere now. */
  private async deletionsOf(
    job: Job,
    { index, shard, keys, above }: Followed,
    { documents, upTo }: Page,
  ): Promise<KeyedLine[]> {
    const { root, signal } = this;
    const target = await this.targetOf(job);
    const found = new Map(documents.map((document) => [document.key, document]));
    const touched = [...keys].filter(([, first]) => first <= upTo).map(([key]) => key);
    const copies = Map.groupBy(
      await findKeys(root, { index: target, keys: touched, query: { kind: 'all' }, signal }),
      ({ key }) => key,
    );
    const deletionsOfKey = async (key: string): Promise<CopyDeletion[]> => {
      const about = { key, copies: copies.get(key) ?? [] };
      const document = found.get(key);
      if (document !== undefined) {
        const { routing } = splitRouting(document.source);
        const version = document.sequence;
        return deletionsOf({ index, shard, target }, { ...about, now: { routing }, routing, version });
      }
      const token = encodeToken({ [partitionOf(index, shard)]: upTo });
      const asked = { index, key, shard, realtime: false, timeoutMs: getTimeoutMs, token };
      const { found: other } = await getDocument(root, asked);
      // Untouched by the stretch, or written again after it, which a later stretch has.
      if (other !== null && (other.sequence <= above || other.sequence > upTo)) return [];
      const routing = other === null ? null : splitRouting(other.source).routing;
      const version = other?.sequence ?? upTo + 1;
      return deletionsOf({ index, shard, target }, { ...about, now: null, routing, version });
    };
    const lines: KeyedLine[] = [];
    for (let from = 0; from < touched.length; from += getsAtOnce) {
      const deletions = await Promise.all(touched.slice(from, from + getsAtOnce).map(deletionsOfKey));
      lines.push(...deletions.flat().map(lineOfDeletion));
    }
    return lines;
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
          const counted = withRejections(step, lines.length - taken, refusalsOf(lines, rejections));
          const appended = await this.appendAll([...batches, root.book.batch({ ...counted, pending })]);
          appendedAt.offset = appended.at(-1)!.lastOffset;
          return appended.slice(0, -1);
        },
      },
    );
    if (written.fault !== null) throw written.fault;
    if (appendedAt.offset < 0)
      return await this.append(withRejections(step, lines.length, refusalsOf(lines, written.rejections)));
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
    const index = await this.targetOf(job);
    const kind = changingKind(job);
    const expected = item.pending.reduce((sum, { count }) => sum + count, 0);
    const judged = await this.judgedOf(number, item);
    const outcomes = await askOutcomes(this.root, { index, judged, timeoutMs: outcomesTimeoutMs });
    const counts: Partial<Record<JobCount, number>> = {};
    const refused: JobRefusal[] = [];
    const note = (name: JobCount, count = 1): void => void (counts[name] = (counts[name] ?? 0) + count);
    for (const { key, outcome } of outcomes) {
      // Where no replica answered in time, one may later.
      if (outcome === null && ++this.outcomesTries < outcomesTriesMax) throw new SheafError('OUTCOME_UNCERTAIN');
      note(outcome === null ? 'uncertain' : (kind.counts[outcome.result] ?? countsByResult[outcome.result]));
      const code = outcome === null ? undefined : refusalsByResult[outcome.result];
      if (code !== undefined) refused.push({ key, code, at: '' });
    }
    if (expected > judged.length) note('uncertain', expected - judged.length);
    await this.requireApart(job, index, outcomes);
    return { counts, ...toldOf(refused) };
  }

  /** A copy that met something may have met another document of its key. @throws SheafError JOB_ROUTINGS_MEET */
  private async requireApart(job: Job, target: IndexDefinition, outcomes: readonly LineOutcome[]): Promise<void> {
    const { spec, items } = job;
    // In a single shard a key has one document, whatever its routing.
    if (spec.into === undefined || items.length === 1) return;
    const { root, signal } = this;
    const met = outcomes.filter(({ outcome }) => !isUntouched(outcome?.result));
    const keys = [...new Set(met.map(({ key }) => key))];
    if (keys.length === 0) return;
    const index = await this.findIndex(job);
    const here = await findKeys(root, { index, keys, query: queryOf(job, index), signal });
    // What takes a place has nothing but copies.
    const isOwn = spec.alias !== undefined;
    const there = isOwn ? await findKeys(root, { index: target, keys, query: { kind: 'all' }, signal }) : [];
    const upTo = items.map((item) => item.upTo);
    for (const { key, partition, outcome } of met) {
      const shard = numberOfPartition(partition);
      const asked = isOwn && outcome?.result === 'conflict';
      const copy = asked ? (there.find((each) => each.key === key && each.shard === shard) ?? null) : undefined;
      const copied = { key, shard, here: here.filter((each) => each.key === key), there: copy };
      const collision = collisionOf(copied, target, upTo);
      if (collision !== null) throw new SheafError('JOB_ROUTINGS_MEET', { detail: { ...collision } });
    }
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
    const index = job === undefined ? undefined : this.knownIndex(job);
    if (index?.move !== undefined && index.move.job === this.id) await this.move(index, job!, 'end');
    this.lease.require();
    const atMs = this.root.timeOfDay();
    const told = result === undefined ? {} : { result };
    await this.root.book.append({ entry: 'end', job: this.id, outcome, error: error?.toBody() ?? null, atMs, ...told });
    return false;
  }

  /** @throws SheafError INDEX_NOT_FOUND */
  private async findIndex({ spec }: Job): Promise<IndexDefinition> {
    return await this.findOf(spec.index, spec.indexId);
  }

  /** The index that is written to. @throws SheafError INDEX_NOT_FOUND */
  private async targetOf({ spec }: Job): Promise<IndexDefinition> {
    return await this.findOf(spec.into ?? spec.index, spec.intoId ?? spec.indexId);
  }

  private async findOf(name: string, id: string): Promise<IndexDefinition> {
    const { catalog } = this.root;
    const known = indexOfId(catalog.state, name, id);
    if (known !== undefined) return known;
    // One that this root has not read of, or one of before.
    await catalog.catchUp();
    const now = indexOfId(catalog.state, name, id);
    if (now !== undefined) return now;
    throw new SheafError('INDEX_NOT_FOUND', {
      detail: { index: name, reason: 'the index was deleted meanwhile' },
    });
  }

  private knownIndex({ spec }: Job): IndexDefinition | undefined {
    return indexOfId(this.root.catalog.state, spec.index, spec.indexId);
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

/** It may have another name than when the job was created. */
function indexOfId({ indexes }: CatalogState, name: string, id: string): IndexDefinition | undefined {
  const named = indexes.get(name);
  return named?.id === id ? named : Array.from(indexes.values()).find((index) => index.id === id);
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

function isWriterOf({ ended, spec }: Job, { id }: IndexDefinition): boolean {
  return ended === null && jobKinds[spec.kind].does === 'changes' && (spec.intoId ?? spec.indexId) === id;
}

/** Whether a copy found nothing of its key, or a delete was of no copy. */
function isUntouched(result: Result | undefined): boolean {
  return result === 'created' || result === 'deleted' || result === 'not_found';
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

const countsByResult: { readonly [R in Result]: JobCount } = {
  created: 'created',
  updated: 'updated',
  noop: 'noop',
  deleted: 'deleted',
  not_found: 'conflicts',
  conflict: 'conflicts',
  too_large: 'rejected',
  unmergeable: 'rejected',
};

const refusalsByResult: { readonly [R in Result]?: ErrorCode } = {
  too_large: 'DOCUMENT_TOO_LARGE',
  unmergeable: 'DOCUMENT_NOT_OBJECT',
};

function refusalsOf(lines: readonly KeyedLine[], rejections: readonly Rejection[]): JobRefusal[] {
  return rejections.map(({ line, code, at }) => ({ key: lines[line - 1]!.key, code, at: placeIn(at) }));
}

/** Where in the document, and not in the line that has it; names may be as long as documents. */
function placeIn(at: string): string {
  return shorten(at.replace(/^\/_(?:put|patch)(?=\/|$)/, ''));
}

function withRejections(step: JobStep, rejected: number, refused: readonly JobRefusal[]): JobStep {
  return {
    ...step,
    counts: { ...step.counts, rejected: (step.counts.rejected ?? 0) + rejected },
    ...toldOf([...(step.refused ?? []), ...refused]),
  };
}

/** As many as are told. */
function toldOf(refused: readonly JobRefusal[]): Pick<JobStep, 'refused'> {
  return refused.length === 0 ? {} : { refused: refused.slice(0, limits.jobRefusalsMax) };
}

function queryOf({ spec }: Job, { schema }: IndexDefinition): Query {
  if (spec.query === undefined) return { kind: 'all' };
  return readQuery(RequestNode.body(spec).child('query', spec.query), schema);
}

async function* piecesOf(lines: readonly KeyedLine[]): AsyncGenerator<Buffer> {
  yield Buffer.from(lines.map(({ line }) => `${line}\n`).join(''));
}
