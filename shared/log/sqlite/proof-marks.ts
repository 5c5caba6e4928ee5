/**
 * Writes down, while a log is open, up to where its file is proved: see proof-mark.ts. Touches the world: the database it is given, files, a
 * timer.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { stateOf, stepMs, writeMark, type Mark } from './proof-mark.ts';

/** After the last change of the file: a mark that is written within a step of it says nothing. */
const waitMs = 2 * stepMs;

export class ProofMarks {
  private readonly path: string;
  private readonly boot: string | null;
  private readonly checkpoint: StatementSync;
  private readonly partitions: StatementSync;
  /** Of the file, when it was looked at last. */
  private seen: string | null = null;
  private heads: NonNullable<Mark['heads']> | null = null;
  private timer: NodeJS.Timeout | undefined;
  /** Nothing can be said of the file any more. */
  private isOver = false;

  /** @param database of which all that is committed is proved */
  constructor(database: DatabaseSync, path: string, boot: string | null) {
    this.path = path;
    this.boot = boot;
    this.checkpoint = database.prepare('PRAGMA wal_checkpoint(PASSIVE)');
    this.partitions = database.prepare('SELECT id, head FROM partitions');
  }

  /**
   * To be called after each transaction. Cost: asks for the times of a file, and after SQLite has moved 16 MB from its write-ahead log there,
   * reads the heads of all partitions.
   */
  look(): void {
    if (this.boot === null || this.isOver || stateOf(this.path) === this.seen) return;
    // It has moved what it could; where that was all, every batch that is committed is in the file.
    if (this.isAllMoved()) this.heads = this.headsNow();
    this.seen = stateOf(this.path);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.write(), waitMs);
  }

  close(): void {
    clearTimeout(this.timer);
  }

  private isAllMoved(): boolean {
    try {
      const { busy, log, checkpointed } = this.checkpoint.get() as Record<'busy' | 'log' | 'checkpointed', number>;
      return busy === 0 && log === checkpointed;
    } catch {
      // A disk that is full, or worse: what is in the file then, the next start proves.
      this.isOver = true;
      return false;
    }
  }

  private headsNow(): [number, number][] {
    return this.partitions.all().map((row) => [row['id'] as number, row['head'] as number]);
  }

  /** Where the file was changed meanwhile, another look comes. */
  private write(): void {
    const { seen: state, heads, boot } = this;
    if (this.isOver || state === null || heads === null || state !== stateOf(this.path)) return;
    try {
      writeMark(this.path, { state, boot, heads }, { isDurable: false });
    } catch {
      // A disk that is full: the mark that is there, if any, is not of this state.
    }
  }
}
