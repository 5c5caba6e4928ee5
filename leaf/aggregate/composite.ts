import type { CompositePartial, CompositeRequest } from '../../shared/aggregation/composite.ts';
import type { Tuple } from '../../shared/aggregation/tuple-key.ts';
import type { Steps } from '../schedule/steps.ts';
import type { Sending } from './buckets.ts';
import type { CollectingTask, MakeCollector } from './collecting-task.ts';
import { bucketsToSend, partialsOf } from './send-buckets.ts';
import { sortInSteps } from './sort-in-steps.ts';
import { TupleBuckets } from './tuples/tuple-buckets.ts';
import { noValue } from './tuples/tuple-source.ts';
import { makeSource } from './composite/sources.ts';

export const makeComposite: MakeCollector<'composite'> = (request, task) => new CompositeCollector(request, task);

/** New tuples, besides twice a page, after which it is found out anew which of them can still be on the page. */
const trimmedAfter = 1024;

/** Documents by each combination that comes after a key: the first of them. */
class CompositeCollector extends TupleBuckets<CompositePartial> {
  private readonly orders: CompositeRequest['sources'];
  private readonly size: number;
  private readonly after: Tuple | null;
  /** Tuples of the bucket 0 around that may be on the page. */
  private paged: number[] = [];
  /** The last of a full page of these: what comes later has no bucket there. −1 while there is none. */
  private last = -1;

  constructor(request: CompositeRequest, task: CollectingTask) {
    const sources = request.sources.map((source) => makeSource(source, task));
    super(request, task, sources, pageOf(request.size));
    this.orders = request.sources;
    this.size = request.size;
    this.after = request.after ?? null;
  }

  protected numberOfTuple(parent: number): number {
    const known = this.tuples.find(this.tuple);
    if (known >= 0) return known;
    if (this.after !== null && !this.isAfter(this.after)) return -1;
    // Other buckets around have pages of their own, of which nothing is known here.
    if (parent !== 0) return this.tuples.add(this.tuple);
    if (this.last >= 0 && this.compareToLast() > 0) return -1;
    const number = this.tuples.add(this.tuple);
    if (this.paged.push(number) >= 2 * this.size + trimmedAfter) this.trim();
    return number;
  }

  protected compareRanked(i: number, a: number, b: number): number {
    return this.compareInPlace(i, a, b, this.sources[i]!.compareRanked(a, b));
  }

  private trim(): void {
    const { paged, tuples, orders } = this;
    this.budget.work += 16 * paged.length;
    const compare = (a: number, b: number): number => {
      for (let i = 0; i < orders.length; i++) {
        const order = this.compareMet(i, tuples.valueOf(a, i), tuples.valueOf(b, i));
        if (order !== 0) return order;
      }
      return 0;
    };
    paged.sort(compare);
    paged.length = this.size;
    this.last = paged[this.size - 1]!;
  }

  private compareToLast(): number {
    for (let i = 0; i < this.orders.length; i++) {
      const order = this.compareMet(i, this.tuple[i]!, this.tuples.valueOf(this.last, i));
      if (order !== 0) return order;
    }
    return 0;
  }

  private isAfter(after: Tuple): boolean {
    for (let i = 0; i < this.orders.length; i++) {
      const value = this.tuple[i]!;
      const key = after[i]!;
      const ascending = key === null || value === noValue ? 0 : this.sources[i]!.compareToKey(value, key);
      const order = this.compareInPlace(i, value, key === null ? noValue : 0, ascending);
      if (order !== 0) return order > 0;
    }
    return false;
  }

  /** Before values are ranked. */
  private compareMet(i: number, a: number, b: number): number {
    const isKnown = a !== noValue && b !== noValue;
    return this.compareInPlace(i, a, b, isKnown ? this.sources[i]!.compare(a, b) : 0);
  }

  /** The order asked. @param ascending that of two values that are there */
  private compareInPlace(i: number, a: number, b: number, ascending: number): number {
    const { descending, missing } = this.orders[i]!;
    if (a === noValue || b === noValue) return a === b ? 0 : (a === noValue) === (missing === 'first') ? -1 : 1;
    return descending ? -ascending : ascending;
  }
}

/** The first of the buckets. */
function pageOf(size: number): Sending<CompositePartial> {
  const first = (count: number): number => Math.min(count, size);
  return {
    needed: first,
    wanted: first,
    *send(collected, parent, _nestedNeeded, share): Steps<CompositePartial> {
      const all = yield* bucketsToSend(collected, parent);
      const count = first(all.length);
      collected.budget.send(count);
      if (count < all.length) yield* sortInSteps(all, collected.compareKeysOf);
      return { kind: 'composite', buckets: yield* partialsOf(collected, all.subarray(0, count), share) };
    },
  };
}
