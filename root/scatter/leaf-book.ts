/**
 * What a root knows of each leaf, for choosing among replicas: what is in flight, what tasks take there, how it stands
 * after errors, whether it has gone silent, whether it is overloaded, whether it is new. Pure: it is told what happens,
 * and when.
 */
import type { ErrorCode } from '../../shared/errors.ts';
import { afterError, afterSuccess, newStanding, standingAt, type Standing } from './ejection.ts';
import type { Priority } from '../../shared/protocol/priority.ts';
import type { Backlog } from '../../shared/protocol/reports.ts';
import { judgeFailure } from './judge-failure.ts';
import type { LeafView } from './replica-choice.ts';

/** How an attempt ended for the leaf that was asked. */
export type AttemptEnd =
  | { readonly kind: 'answered' }
  | { readonly kind: 'failed'; readonly code: ErrorCode }
  /** Given up at the deadline. */
  | { readonly kind: 'late' }
  /** Given up because others had answered, or because the caller left. */
  | { readonly kind: 'lost' };

/** How long a task may wait in the line of a leaf, in milliseconds. */
export interface LineLimits {
  /** In one that stands. */
  readonly standingMs: number;
  /** In one that was not there a while ago: a burst, which shrinks as it is waited in. */
  readonly burstMs: number;
  /** A line that has been there for so long stands. */
  readonly burstLastsMs: number;
}

/** A leaf's own word on its load. */
export interface ReportedLoad {
  /** Tasks waiting and running there, from all roots. */
  readonly queued: number;
  /** What tasks take there lately, in milliseconds. */
  readonly latencyMs?: number;
  readonly overloaded?: boolean;
  readonly backlog?: Backlog;
  /** See LeafReport. */
  readonly zone?: string;
}

interface LeafRecord {
  inFlight: number;
  /** Attempts that have not ended. */
  open: number;
  backlog: Backlog;
  /** Attempts that had not ended when the backlog was told: it counts them. */
  openThen: number;
  /** Since when it has always told of a line, by who stands in it; null where it has just told of none. */
  lineSince: Readonly<Record<Priority, number | null>>;
  reported: ReportedLoad;
  latencyMs: number;
  sampledAt: number;
  answers: number;
  heardAt: number;
  /** When the first attempt was sent since it was last heard; null when none was. */
  waitingSince: number | null;
  standing: Standing;
}

/** Four heartbeats. */
const silentAfterMs = 1000;
/** A leaf that was asked says something within this time, or is passed over until it does: it costs it little. */
const silentAfterAskedMs = 30;
/** Weight of one more time in the average. */
const latencyWeight = 0.1;
/** Of a leaf that is not known: unknown is not fast. */
const latencyMsUnknown = 100;
/** What is known of a leaf's latency grows old, so that one that was slow once is tried again. */
const latencyHalfLifeMs = 2000;
/** Answers after which a leaf is known. */
const answersToKnow = 20;
const inFlightMaxNew = 4;
const noLoad: ReportedLoad = { queued: 0 };
const noBacklog: Backlog = { interactiveMs: 0, batchMs: 0, taskMs: 0 };
/** A wait for so many tasks is short, however long they take, and so is one of so many milliseconds: as with CoDel at the leaf. */
const shortTasks = 4;
const shortMs = 5;
const noLine = { interactive: null, batch: null };

export class LeafBook {
  private readonly records = new Map<string, LeafRecord>();
  private readonly zone: string | undefined;

  /** @param zone of the root; undefined where it is in none */
  constructor(zone?: string) {
    this.zone = zone;
  }

  /** A leaf has connected, for the first time or with a new process: nothing is known of its speed. */
  met(leaf: string, now: number): void {
    const before = this.records.get(leaf);
    this.records.set(leaf, {
      inFlight: before?.inFlight ?? 0,
      open: before?.open ?? 0,
      backlog: noBacklog,
      openThen: before?.open ?? 0,
      lineSince: noLine,
      reported: noLoad,
      latencyMs: latencyMsUnknown,
      sampledAt: now,
      answers: 0,
      heardAt: now,
      waitingSince: null,
      standing: before === undefined ? newStanding(now) : onProbation(before.standing),
    });
  }

  /** Anything at all came from the leaf. One that was silent and speaks again need not wait for its ejection to end. */
  heard(leaf: string, now: number): void {
    const record = this.record(leaf, now);
    if (isSilent(record, now)) record.standing = onProbation(record.standing);
    record.heardAt = now;
    record.waitingSince = null;
  }

  reported(leaf: string, load: ReportedLoad, now: number): void {
    this.record(leaf, now).reported = load;
    if (load.backlog !== undefined) this.toldBacklog(leaf, load.backlog, now);
  }

  toldBacklog(leaf: string, backlog: Backlog, now: number): void {
    const record = this.record(leaf, now);
    record.backlog = backlog;
    record.openThen = record.open;
    const { lineSince } = record;
    const since = (priority: Priority): number | null =>
      isWaitOver(record, priority, 1) ? (lineSince[priority] ?? now) : null;
    record.lineSince = { interactive: since('interactive'), batch: since('batch') };
  }

  /**
   * The leaves on which a task would wait for longer than it may: by what they have told, and what this root has asked and
   * got since. One that says nothing is not among them: it may be gone, and its work with it.
   */
  busierThan(limits: LineLimits, priority: Priority, now: number): ReadonlySet<string> {
    const busy = new Set<string>();
    for (const [leaf, record] of this.records) {
      const lineSince = record.lineSince[priority];
      const stands = lineSince !== null && now - lineSince >= limits.burstLastsMs;
      const waitMsMax = stands ? limits.standingMs : limits.burstMs;
      if (waitOf(record, priority) > waitMsMax && !isSilent(record, now)) busy.add(leaf);
    }
    return busy;
  }

  /** Whether it is asked before others, if it has the time: neither silent nor ejected. */
  isGood(leaf: string, now: number): boolean {
    return conditionOf(this.record(leaf, now), now) === 'good';
  }

  /** Whether a task would stand in line there, behind more than a few others. */
  hasLine(leaf: string, priority: Priority, now: number): boolean {
    return isWaitOver(this.record(leaf, now), priority, shortTasks);
  }

  sent(leaf: string, shards: number, now: number): void {
    const record = this.record(leaf, now);
    record.inFlight += shards;
    record.open++;
    record.waitingSince ??= now;
  }

  /** An attempt that was `sent` has ended after `tookMs`. */
  ended(leaf: string, shards: number, { end, tookMs, now }: { end: AttemptEnd; tookMs: number; now: number }): void {
    const record = this.record(leaf, now);
    record.inFlight -= shards;
    record.open--;
    if (record.inFlight < 0) throw new Error(`${leaf} has ${record.inFlight} shards in flight`);
    switch (end.kind) {
      case 'answered':
        record.answers++;
        record.standing = afterSuccess(record.standing, now);
        sample(record, tookMs, now);
        break;
      case 'failed': {
        const { fault } = judgeFailure(end.code);
        if (fault === 'leaf') record.standing = afterError(record.standing, now);
        else if (fault === 'query') record.standing = afterSuccess(record.standing, now);
        break;
      }
      case 'late':
        // What stood in line there says nothing against the leaf: that is load, and where to send less is known from the line.
        if (isSilent(record, now) || !isWaitOver(record, 'batch', shortTasks)) {
          record.standing = afterError(record.standing, now);
        }
        sample(record, tookMs, now);
        break;
      case 'lost':
        // It would have taken longer than it had.
        if (tookMs > latencyOf(record, now)) sample(record, tookMs, now);
        break;
    }
  }

  view(leaf: string, now: number): LeafView {
    const record = this.record(leaf, now);
    return {
      name: leaf,
      inFlight: Math.max(record.inFlight, record.reported.queued),
      latencyMs: latencyOf(record, now),
      inFlightMax: record.answers >= answersToKnow ? Infinity : inFlightMaxNew * 2 ** (record.answers / 5),
      condition: conditionOf(record, now),
      ...(this.zone === undefined ? {} : { isNear: record.reported.zone === this.zone }),
    };
  }

  /**
   * Of these leaves those to give work that is perhaps not needed: none that reports overload; silent and ejected ones
   * only where there are no others, since one that has just come back may not have been heard yet.
   */
  hedgeTargets(leaves: readonly string[], now: number): readonly string[] {
    const withRoom = leaves.filter((leaf) => this.record(leaf, now).reported.overloaded !== true);
    const good = withRoom.filter((leaf) => conditionOf(this.record(leaf, now), now) === 'good');
    return good.length > 0 ? good : withRoom;
  }

  /** Whether it should have been heard from by now. */
  isSilent(leaf: string, now: number): boolean {
    return isSilent(this.record(leaf, now), now);
  }

  /** Shards in flight on all leaves: 0 when nothing is asked. */
  get inFlight(): number {
    let sum = 0;
    for (const record of this.records.values()) sum += record.inFlight;
    return sum;
  }

  private record(leaf: string, now: number): LeafRecord {
    if (!this.records.has(leaf)) this.met(leaf, now);
    return this.records.get(leaf)!;
  }
}

function onProbation(standing: Standing): Standing {
  return standing.kind === 'out' ? standingAt(standing, standing.until) : standing;
}

function isSilent({ heardAt, waitingSince }: LeafRecord, now: number): boolean {
  return now - heardAt > silentAfterMs || (waitingSince !== null && now - waitingSince > silentAfterAskedMs);
}

function conditionOf(record: LeafRecord, now: number): LeafView['condition'] {
  if (standingAt(record.standing, now).kind === 'out') return 'ejected';
  return isSilent(record, now) ? 'silent' : 'good';
}

function waitOf({ backlog, open, openThen }: LeafRecord, priority: Priority): number {
  const toldMs = priority === 'batch' ? backlog.batchMs : backlog.interactiveMs;
  return toldMs + (open - openThen) * backlog.taskMs;
}

/** Whether there are more than so many tasks, and more than may stand for no reason. */
function isWaitOver(record: LeafRecord, priority: Priority, tasks: number): boolean {
  return waitOf(record, priority) > Math.max(shortMs, tasks * record.backlog.taskMs);
}

/** What was seen or, if that is more, what the leaf says, less what age has taken from it. */
function latencyOf(record: LeafRecord, now: number): number {
  const age = 2 ** -((now - record.sampledAt) / latencyHalfLifeMs);
  return Math.max(record.latencyMs * age, record.reported.latencyMs ?? 0);
}

function sample(record: LeafRecord, tookMs: number, now: number): void {
  const before = record.latencyMs * 2 ** -((now - record.sampledAt) / latencyHalfLifeMs);
  record.latencyMs = record.answers <= 1 ? tookMs : before + latencyWeight * (tookMs - before);
  record.sampledAt = now;
}
