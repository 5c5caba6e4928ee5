/**
 * The admission of each index by itself. Pressure is that on the replicas of the index that is asked, so what it lowers
 * may not be the limit of others: an index whose leaves are idle would be held back by one whose leaves are not, and its
 * calm would lift the limit that the other needs. Pure.
 *
 * Cost: one look-up a query. Kept are the indexes that are being asked, and those whose overload is not forgotten.
 */
import { Admission } from './admission.ts';

export class Admissions {
  private readonly byIndex = new Map<string, Admission>();

  /** @param indexId never its name: another index may come by the same */
  of(indexId: string, now: number): Admission {
    let admission = this.byIndex.get(indexId);
    if (admission === undefined) {
      this.forgetIdle(now);
      this.byIndex.set(indexId, (admission = new Admission()));
    }
    return admission;
  }

  /** Queries under way, of all indexes. */
  get inFlight(): number {
    let sum = 0;
    for (const admission of this.byIndex.values()) sum += admission.inFlight;
    return sum;
  }

  /** Indexes that are kept. */
  get count(): number {
    return this.byIndex.size;
  }

  private forgetIdle(now: number): void {
    for (const [indexId, admission] of this.byIndex) if (admission.isIdle(now)) this.byIndex.delete(indexId);
  }
}
