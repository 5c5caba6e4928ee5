/**
 * The leaf's copy of the catalog: read from disk at start, then kept up with the log. Touches the world through the
 * log it is given.
 */
import { SheafError } from '../../shared/errors.ts';
import { applyCatalogBatch } from '../../shared/catalog/apply-batch.ts';
import { emptyCatalog, type CatalogState } from '../../shared/catalog/catalog.ts';
import { followPartition } from '../../shared/log/follow.ts';
import { catalogPartition, type Log, type LogBatch, type Subscription } from '../../shared/log/log.ts';
import type { StopReport } from '../../shared/protocol/reports.ts';
import { Waiters } from './waiters.ts';

export interface CatalogFollowerOptions {
  readonly log: Log;
  /** The copy from disk. */
  readonly stored: CatalogState | null;
  /** The state changed. */
  readonly onChange: (state: CatalogState) => void;
  /** See Following.onStop. */
  readonly onStop: (stop: StopReport | null) => void;
}

const headTimeoutMs = 2000;

export class CatalogFollower {
  private readonly options: CatalogFollowerOptions;
  private readonly waiters = new Waiters();
  private subscription: Subscription | null = null;
  private current: CatalogState;
  private closed = false;
  private replaced = false;
  private stop: StopReport | null = null;

  constructor(options: CatalogFollowerOptions) {
    this.options = options;
    this.current = options.stored ?? emptyCatalog;
  }

  get state(): CatalogState {
    return this.current;
  }

  /** Whether the log lacks what the copy has. The copy is kept, and does not change any more. */
  get isReplaced(): boolean {
    return this.replaced;
  }

  /** Before which entry the copy stands still; null where it reads on. */
  get stopped(): StopReport | null {
    return this.stop;
  }

  start(): void {
    this.subscribe();
  }

  /**
   * Resolves when the entry at the offset has been read; never, where the follower is closed before.
   * @throws SheafError BATCH_INVALID where the log has no such entry
   */
  async reached(offset: number): Promise<void> {
    if (this.current.offset >= offset) return;
    const head = await this.head();
    if (head !== null && head < offset) {
      const reason = 'it names an offset of the catalog that the catalog does not have';
      throw new SheafError('BATCH_INVALID', { detail: { reason, catalogOffset: offset, head } });
    }
    // It may have been read while the log was asked.
    if (this.current.offset < offset) await this.waiters.wait(offset);
  }

  /**
   * Resolves to true once the copy is as new as the log was when this was called, however long the log is away; to
   * false when that cannot be, because the follower is closed or the log lacks what the copy has.
   */
  async caughtUp(): Promise<boolean> {
    const head = await this.head();
    // Compared with what was stored: entries that came by subscription may be newer than the head asked before.
    if (head === null || head < (this.options.stored?.offset ?? -1)) return false;
    await this.reached(head);
    return !this.replaced;
  }

  close(): void {
    this.closed = true;
    this.subscription?.close();
  }

  private async head(): Promise<number | null> {
    while (!this.closed) {
      try {
        const [head] = await this.options.log.heads([catalogPartition], { timeoutMs: headTimeoutMs });
        return head!;
      } catch {
        await new Promise((resolve) => void setTimeout(resolve, headTimeoutMs / 4).unref());
      }
    }
    return null;
  }

  private subscribe(): void {
    this.subscription = followPartition(this.options.log, {
      partition: catalogPartition,
      from: this.current.offset + 1,
      onBatch: (batch) => this.take(batch),
      onRefused: () => {
        this.replaced = true;
      },
      onStop: (stop) => {
        this.stop = stop;
        this.options.onStop(stop);
      },
    });
  }

  private take(batch: LogBatch): void {
    const state = applyCatalogBatch(this.current, batch);
    const before = this.current;
    if (state === before) return;
    this.current = state;
    try {
      this.options.onChange(state);
    } catch (error) {
      // What cannot be acted on was not understood.
      this.current = before;
      throw error;
    }
    this.waiters.reached(state.offset);
  }
}
