/**
 * When the backlog of a leaf is news to its roots. They decide by it whether a query can be let in, so it has to be fresh
 * while it is long; a leaf that does what comes at once need not say so again and again. Pure.
 *
 * Cost: at most a frame a root every 5 ms, and none while the backlog stays within 2 ms.
 */
import type { Backlog } from '../../shared/protocol/reports.ts';

const gapMs = 5;
/** A change is news when it is over this, and over this share of what was told. */
const changeMsMin = 2;
const changeShareMin = 0.1;

export class BacklogNews {
  private told: Pick<Backlog, 'interactiveMs' | 'batchMs'> = { interactiveMs: 0, batchMs: 0 };
  private toldAt = -Infinity;

  /** Whether to tell it now; what is told once is not told again. */
  isNews(backlog: Backlog, now: number): boolean {
    if (!this.isLarge(backlog) || (now - this.toldAt < gapMs && backlog.batchMs > 0)) return false;
    this.told = backlog;
    this.toldAt = now;
    return true;
  }

  private isLarge({ interactiveMs, batchMs }: Backlog): boolean {
    const { told } = this;
    const isChange = (ms: number, before: number): boolean =>
      Math.abs(ms - before) > Math.max(changeMsMin, before * changeShareMin);
    return isChange(interactiveMs, told.interactiveMs) || isChange(batchMs, told.batchMs);
  }
}
