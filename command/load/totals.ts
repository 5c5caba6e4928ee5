/** What became of the lines of a load. */
import { errorTable } from '../../shared/errors.ts';
import { limits } from '../../shared/limits.ts';
import { failureLine } from '../failure.ts';
import type { Unit } from './formats/format.ts';
import { JoinedTokens } from './joined-tokens.ts';
import type { LineBatch, LongLine } from './lines.ts';
import type { BulkAnswer, RejectedLine } from './bulk-answer.ts';

/** Rejected lines shown of each reason. */
const shownMax = 3;

/** By the outcome of a line: what a write of one document would have been refused with. */
const refusals: ReadonlyMap<string, 'CONDITION_FAILED' | 'DOCUMENT_NOT_FOUND'> = new Map([
  ['conflict', 'CONDITION_FAILED'],
  ['not_found', 'DOCUMENT_NOT_FOUND'],
]);

interface Reason {
  readonly message: string;
  count: number;
  readonly shown: RejectedLine[];
}

export class LoadTotals {
  accepted = 0;
  rejected = 0;
  /** Lines of batches that were never answered; some of them may have been taken. */
  failedLines = 0;
  retried = 0;
  /** Why the batches that are to be sent again wait, and how many do. */
  private readonly waiting = new Map<string, number>();
  private readonly tokens = new JoinedTokens();
  private readonly reasons = new Map<string, Reason>();
  private failure: { readonly line: string; readonly firstLine: number; readonly lastLine: number } | undefined;
  private readonly unit: Unit;

  constructor(unit: Unit) {
    this.unit = unit;
  }

  get hasFailed(): boolean {
    return this.failure !== undefined;
  }

  get isClean(): boolean {
    return this.rejected === 0 && !this.hasFailed;
  }

  /** Of everything that was accepted; undefined where nothing was. */
  get token(): string | undefined {
    return this.tokens.joined;
  }

  /** What is waited for at the moment, as the codes of refusals; undefined where nothing is. */
  get waitsFor(): string | undefined {
    return this.waiting.size === 0 ? undefined : [...this.waiting.keys()].sort().join(', ');
  }

  /** A batch waits from now on. @returns to be called when it does no longer */
  waits(reason: string): () => void {
    this.retried++;
    this.waiting.set(reason, (this.waiting.get(reason) ?? 0) + 1);
    return () => {
      const others = this.waiting.get(reason)! - 1;
      if (others === 0) this.waiting.delete(reason);
      else this.waiting.set(reason, others);
    };
  }

  answer(batch: LineBatch, answer: BulkAnswer): void {
    this.accepted += answer.accepted;
    this.rejected += answer.rejected.count;
    if (typeof answer.token === 'string') this.tokens.add(answer.token);
    for (const line of answer.rejected.listed) this.note({ ...line, line: batch.firstLine + line.line - 1 });
    for (const { line, _id: key, result } of answer.outcomes ?? []) {
      const code = refusals.get(result);
      if (code === undefined) continue;
      // The log has it, and it changed nothing.
      this.accepted--;
      this.rejected++;
      this.note({ line: batch.firstLine + line - 1, code, message: errorTable[code].message, detail: { key } });
    }
    const unlisted = answer.rejected.count - answer.rejected.listed.length;
    if (unlisted > 0) this.reason('(not listed)', 'rejected beyond the lines that the root lists').count += unlisted;
  }

  rejectLong(long: LongLine): void {
    this.rejected++;
    const code = 'DOCUMENT_TOO_LARGE';
    const detail = { limit: limits.documentBytesMax, actual: long.sizeBytes };
    this.note({ line: long.line, code, message: errorTable[code].message, detail });
  }

  fail(batch: LineBatch, error: unknown): void {
    const line = failureLine(error);
    if (line === undefined) throw error;
    this.failedLines += batch.lines;
    const lastLine = batch.firstLine + batch.lines - 1;
    if (this.failure === undefined) this.failure = { line, firstLine: batch.firstLine, lastLine };
  }

  /** The outcome as lines for a terminal. */
  report(): string[] {
    const lines = [`${this.accepted} accepted, ${this.rejected} rejected`];
    for (const [code, reason] of [...this.reasons].sort((a, b) => b[1].count - a[1].count)) {
      lines.push(`  ${reason.count} × ${code}: ${reason.message}`);
      for (const shown of reason.shown) lines.push(`      ${this.unit} ${shown.line}${placeOf(shown)}`);
    }
    if (this.failure !== undefined) {
      const { firstLine, lastLine } = this.failure;
      lines.push(
        `  ${this.failedLines} ${this.unit}s failed, the first from ${firstLine} to ${lastLine}: ${this.failure.line}`,
      );
    }
    return lines;
  }

  private note(line: RejectedLine): void {
    const reason = this.reason(line.code, line.message);
    reason.count++;
    reason.shown.push(line);
    // Batches end in any order: the first lines of the file are kept, not the first that were answered.
    reason.shown.sort((a, b) => a.line - b.line);
    reason.shown.length = Math.min(reason.shown.length, shownMax);
  }

  private reason(code: string, message: string): Reason {
    let reason = this.reasons.get(code);
    if (reason === undefined) this.reasons.set(code, (reason = { message, count: 0, shown: [] }));
    return reason;
  }
}

function placeOf(line: RejectedLine): string {
  const place = line.at === undefined ? '' : ` at ${line.at}`;
  return line.detail === undefined ? place : `${place}: ${JSON.stringify(line.detail)}`;
}
