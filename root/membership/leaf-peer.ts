/** One leaf as this root knows it: the connection, the last report, and whether it has gone silent. */
import type { Clock } from '../../shared/clock/clock.ts';
import { SheafError } from '../../shared/errors.ts';
import { isObject } from '../../shared/json/read-object.ts';
import type { LeafReport } from '../../shared/protocol/reports.ts';
import type { Task } from '../../shared/protocol/tasks.ts';
import type { Address } from '../../shared/transport/address.ts';
import { Calls } from '../../shared/transport/calls.ts';
import type { Connection, ConnectionEvents } from '../../shared/transport/connection.ts';
import type { Frame } from '../../shared/transport/frame.ts';
import type { TaskOutcome } from '../scatter/drive.ts';
import type { LeafBook } from '../scatter/leaf-book.ts';
import { readPartial } from './read-partial.ts';

export type PeerState = 'down' | 'suspect' | 'up';

/** What is needed of a connection to a leaf. */
export type PeerConnection = Pick<Connection, 'send' | 'close'>;

export interface PeerEvents {
  /** A report newer than the last one came. */
  readonly onReport: (report: LeafReport) => void;
  /** The process at the address calls itself by another name; the connection is closed. */
  readonly onMisnamed: (actual: string) => void;
  readonly onGone: () => void;
}

export class LeafPeer {
  readonly name: string;
  readonly address: Address;
  report: LeafReport | null = null;
  private readonly clock: Clock;
  private readonly book: LeafBook;
  private calls: Calls | null = null;
  private connection: PeerConnection | null = null;

  constructor(name: string, address: Address, { clock, book }: { readonly clock: Clock; readonly book: LeafBook }) {
    this.name = name;
    this.address = address;
    this.clock = clock;
    this.book = book;
  }

  get state(): PeerState {
    if (this.connection === null || this.report === null) return 'down';
    return this.book.isSilent(this.name, this.clock.now()) ? 'suspect' : 'up';
  }

  /** Takes a new connection to the leaf. */
  attach(connection: PeerConnection, events: PeerEvents): ConnectionEvents {
    const calls = new Calls(connection);
    this.connection = connection;
    this.calls = calls;
    this.book.met(this.name, this.clock.now());
    return {
      onFrame: (frame) => {
        this.book.heard(this.name, this.clock.now());
        if (frame.type === 'report') this.takeReport(frame, events);
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

  /** Tasks sent that were neither answered nor cancelled. */
  get openCalls(): number {
    return this.calls?.count ?? 0;
  }

  /** Tells the leaf who else is there. */
  sendMembers(leaves: readonly string[]): void {
    this.connection?.send('members', 0, { leaves });
  }

  send<T extends Task>(task: T, onOutcome: (outcome: TaskOutcome<T>) => void): { readonly cancel: () => void } {
    const calls = this.calls;
    if (calls === null) {
      const error = unreachable('not connected');
      const timer = setImmediate(() => onOutcome({ ok: false, error }));
      return { cancel: () => clearImmediate(timer) };
    }
    const id = calls.call('task', task, [], (outcome) => {
      if (!outcome.ok) return onOutcome(outcome);
      const { header, body } = outcome.frame;
      const partial = readPartial(task, header);
      if (partial !== undefined) return onOutcome({ ok: true, partial, body });
      onOutcome({ ok: false, error: unreachable('the answer is no partial of this task') });
    });
    return { cancel: () => calls.cancel(id) };
  }

  private takeReport(frame: Frame, { onReport, onMisnamed }: PeerEvents): void {
    const report = readReport(frame.header);
    if (report.leaf !== this.name) {
      onMisnamed(report.leaf);
      this.connection?.close();
      return;
    }
    const before = this.report;
    const newer =
      before === null ||
      report.incarnation > before.incarnation ||
      (report.incarnation === before.incarnation && report.sequence > before.sequence);
    if (!newer) return;
    this.report = report;
    this.book.reported(this.name, report, this.clock.now());
    onReport(report);
  }
}

/** @throws SheafError FRAME_INVALID, which ends the connection: a leaf whose reports cannot be read cannot be used */
function readReport(header: unknown): LeafReport {
  const isReport =
    isObject(header) &&
    typeof header['leaf'] === 'string' &&
    Array.isArray(header['replicas']) &&
    header['replicas'].every(isObject);
  if (!isReport) throw new SheafError('FRAME_INVALID', { detail: { field: 'report' } });
  return header as object as LeafReport;
}

function unreachable(reason: string): SheafError {
  return new SheafError('LEAF_UNREACHABLE', { detail: { reason } });
}
