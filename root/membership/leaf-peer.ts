/** The leaf at one address, as this root knows it: the connection, who it says it is, its last report. */
import type { Clock } from '../../shared/clock/clock.ts';
import { SheafError } from '../../shared/errors.ts';
import type { LeafPlace } from '../../shared/discovery/discovery.ts';
import { MembersWriter } from '../../shared/protocol/members-frames.ts';
import { isNewer, type LeafReport, type Members } from '../../shared/protocol/reports.ts';
import type { PartialOf, Task } from '../../shared/protocol/tasks/tasks.ts';
import type { Address } from '../../shared/transport/address.ts';
import { Calls } from '../../shared/transport/calls.ts';
import type { Frame } from '../../shared/transport/frame.ts';
import type { Connection, ConnectionEvents } from '../../shared/transport/connection.ts';
import type { TaskOutcome } from '../scatter/drive.ts';
import type { LeafBook } from '../scatter/leaf-book.ts';
import type { InTurns } from './in-turns.ts';
import { readPartial, readPartialInSteps } from '../../shared/protocol/read-partial.ts';
import { hearReport } from '../../shared/protocol/hear-report.ts';
import { readBacklog } from '../../shared/protocol/read-report.ts';

/** `refused`: connected, or was a moment ago, and not used; see LeafPeer.problem. */
export type PeerState = 'down' | 'suspect' | 'up' | 'refused';

/** What is needed of a connection to a leaf. */
export type PeerConnection = Pick<Connection, 'send' | 'close'>;

export interface PeerEvents {
  /** The leaf says who it is, first thing on a connection. @returns why it is not used, or null */
  readonly onArrival: (report: LeafReport) => SheafError | null;
  /** A report newer than the last one came, of a leaf that is used; before it came this one, null at its first. */
  readonly onReport: (report: LeafReport, before: LeafReport | null) => void;
  /** The connection ended, whether or not the leaf was used. */
  readonly onGone: () => void;
}

export interface PeerDependencies {
  readonly clock: Clock;
  readonly book: LeafBook;
  readonly readings: InTurns;
}

/** Eight heartbeats. */
const heardMsMax = 2000;

export class LeafPeer {
  readonly expected: string | null;
  readonly address: Address;
  /** Why the leaf here is not used, or null. */
  problem: SheafError | null = null;
  /** Of the leaf that is used here; null when none is. */
  report: LeafReport | null = null;
  private readonly clock: Clock;
  private readonly book: LeafBook;
  private readonly readings: InTurns;
  private calls: Calls | null = null;
  private connection: PeerConnection | null = null;
  private members = new MembersWriter();
  private heardAt = -Infinity;

  /** @param readings of long answers of all leaves */
  constructor(place: LeafPlace, { clock, book, readings }: PeerDependencies) {
    this.expected = place.name;
    this.address = place.address;
    this.clock = clock;
    this.book = book;
    this.readings = readings;
  }

  /** The leaf's own word, else what it should be called; null when neither is known. */
  get name(): string | null {
    return this.report?.leaf ?? this.expected;
  }

  get state(): PeerState {
    if (this.report !== null) return this.book.isSilent(this.report.leaf, this.clock.now()) ? 'suspect' : 'up';
    return this.problem === null ? 'down' : 'refused';
  }

  /** Whether anything came over the connection lately. */
  get isHeard(): boolean {
    return this.connection !== null && this.clock.now() - this.heardAt <= heardMsMax;
  }

  /** Takes a new connection to the leaf. */
  attach(connection: PeerConnection, events: PeerEvents): ConnectionEvents {
    const calls = new Calls(connection);
    let heard: LeafReport | null = null;
    this.connection = connection;
    this.members = new MembersWriter();
    this.calls = calls;
    this.heardAt = this.clock.now();
    return {
      onFrame: (frame) => {
        this.heardAt = this.clock.now();
        if (this.report !== null) this.book.heard(this.report.leaf, this.heardAt);
        if (frame.type === 'report') this.takeReport((heard = hearReport(frame.header, heard)), events);
        else if (frame.type === 'backlog') this.takeBacklog(frame);
        else calls.receive(frame);
      },
      onClose: (reason) => {
        this.connection = null;
        this.calls = null;
        this.report = null;
        calls.fail(new SheafError('LEAF_UNREACHABLE', { detail: reason.detail }));
        events.onGone();
      },
    };
  }

  /** No connection could be made. */
  notReached(): void {
    this.problem = null;
  }

  /** Ends the connection; another is made. */
  disconnect(): void {
    this.connection?.close();
  }

  /** Tasks sent that were neither answered nor cancelled. */
  get openCalls(): number {
    return this.calls?.count ?? 0;
  }

  /** Tells the leaf who else is there. */
  sendMembers(members: Members): void {
    this.connection?.send('members', 0, this.members.write(members));
  }

  /** See LeafPort. */
  send<T extends Task>(
    task: T,
    onOutcome: (outcome: TaskOutcome<T>) => void,
    onArrival?: (bytes: number) => void,
  ): { readonly cancel: () => void } {
    const calls = this.calls;
    if (calls === null) return answerUnreachable(onOutcome);
    let isCancelled = false;
    let reading: { readonly cancel: () => void } | null = null;
    const id = calls.call('task', task, [], (outcome) => {
      if (!outcome.ok) return onOutcome({ ok: false, error: readable(outcome.error) });
      const { header, unread, body, sizeBytes } = outcome.frame;
      onArrival?.(sizeBytes - body.length);
      if (isCancelled) return;
      const onRead = (partial: PartialOf<T> | undefined): void => {
        if (partial !== undefined) return onOutcome({ ok: true, partial, body, sizeBytes });
        onOutcome({ ok: false, error: unreachable('the answer is no partial of this task') });
      };
      if (unread === undefined) onRead(readPartial(task, header, body));
      else reading = this.readings.add(readPartialInSteps(task, unread, body), onRead);
    });
    return {
      cancel: () => {
        isCancelled = true;
        calls.cancel(id);
        reading?.cancel();
      },
    };
  }

  /** Of a leaf that is used. */
  private takeBacklog({ header }: Frame): void {
    const backlog = readBacklog(header);
    if (this.report !== null) this.book.toldBacklog(this.report.leaf, backlog, this.clock.now());
  }

  private takeReport(report: LeafReport, { onArrival, onReport }: PeerEvents): void {
    const before = this.report;
    if (before === null || before.leaf !== report.leaf) {
      this.problem = onArrival(report);
      if (this.problem !== null) return this.disconnect();
      this.book.met(report.leaf, this.clock.now());
    } else if (!isNewer(report, before)) {
      return;
    }
    this.report = report;
    this.book.reported(report.leaf, report, this.clock.now());
    onReport(report, before);
  }
}

/** What a task that cannot be sent comes to; never before this returns. */
export function answerUnreachable<T extends Task>(
  onOutcome: (outcome: TaskOutcome<T>) => void,
): {
  readonly cancel: () => void;
} {
  const timer = setImmediate(() => onOutcome({ ok: false, error: unreachable('not connected') }));
  return { cancel: () => clearImmediate(timer) };
}

/** A leaf that fails in words this root does not know cannot be used; another replica may be. */
function readable(error: SheafError): SheafError {
  return error.code === 'FRAME_INVALID' ? unreachable('the failure it answered with cannot be read') : error;
}

function unreachable(reason: string): SheafError {
  return new SheafError('LEAF_UNREACHABLE', { detail: { reason } });
}
