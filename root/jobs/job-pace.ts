/**
 * When a job may take its next page, and how large that is. Pure.
 *
 * Leaves work at pages after searches, but a page also costs a root, the log and the indexing threads of replicas, where nothing
 * goes first. So a job rests beside searches, and works at smaller pages, so that what it does at a time is short.
 */
import { limits } from '../../shared/limits.ts';

/** Of its time a job works beside searches. */
const shareBesideSearches = 0.25;
const sizeBesideSearches = 250;
/** So long a page may take where the job is throttled: a pause is heard in that time. */
const pageSecondsMax = 1;

export class JobPace {
  private besideSearches = false;
  /** On the clock, milliseconds: nothing is done before. */
  notBefore = -Infinity;

  /**
   * Documents of the next page.
   * @param rate documents a second at most, Infinity where nothing holds the job back
   * @param isAwaited whether writers wait for it: then it gives way to nobody
   */
  sizeAt(rate: number, isAwaited = false): number {
    if (isAwaited) return limits.scanDocumentsMax;
    const sizeMax = this.besideSearches ? sizeBesideSearches : limits.scanDocumentsMax;
    return Math.max(1, Math.min(sizeMax, Math.floor(rate * pageSecondsMax)));
  }

  /** A page has so many documents. @param besideSearches whether it is to give way to searches, which came lately to the leaf that it is of */
  noteRead(documents: number, rate: number, besideSearches: boolean, now: number): void {
    this.besideSearches = besideSearches;
    this.notBefore = Math.max(this.notBefore, now) + (documents / rate) * 1000;
  }

  /** The step of that page is done. */
  noteStep(startedAt: number, now: number): void {
    if (!this.besideSearches) return;
    this.notBefore = Math.max(this.notBefore, now + (now - startedAt) * (1 / shareBesideSearches - 1));
  }
}
