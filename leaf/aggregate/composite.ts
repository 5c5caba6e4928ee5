import type { CompositePartial, CompositeRequest } from '../../shared/aggregation/composite.ts';
import type { Tuple } from '../../shared/aggregation/tuple-key.ts';
import type { Steps } from '../schedule/steps.ts';
import type { Sending } from './buckets.ts';
import type { CollectingTask, MakeCollector } from './collecting-task.ts';
import { bucketsToSend, partialsOf } from './send-buckets.ts';
import { sortInSteps } from './sort-in-steps.ts';
import { TupleBuckets } from './tuples/tuple-buckets.ts';
import { noValue } from './tuples/tuple-source.ts';
import type { KeyBound, PageSource } from './composite/page-source.ts';
import { makeSource } from './composite/sources.ts';

export const makeComposite: MakeCollector<'composite'> = (request, task) => new CompositeCollector(request, task);

/** New tuples, besides twice a page, after which it is found out anew which of them can still be on the page. */
const trimmedAfter = 1024;

/** A tuple that others are compared to as they are read. */
interface TupleBound {
  /** By source; null where the tuple has no value. */
  readonly bounds: readonly (KeyBound | null)[];
}

/** Documents by each combination that comes after a key: the first of them. */
class CompositeCollector extends TupleBuckets<CompositePartial, PageSource> {
  private readonly orders: CompositeRequest['sources'];
  private readonly size: number;
  private readonly after: TupleBound | null;
  /** The tuple that is looked at, of values that hold in every segment. */
  private readonly numbered: Float64Array;
  /** Tuples of the bucket 0 around that may be on the page. */
  private paged: number[] = [];
  /** The last of a full page of these: what comes later has no bucket there. Null while there is none. */
  private last: TupleBound | null = null;

  constructor(request: CompositeRequest, task: CollectingTask) {
    const sources = request.sources.map((source) => makeSource(source, task));
    super(request, task, sources, pageOf(request.size));
    this.orders = request.sources;
    this.size = request.size;
    this.after = request.after === undefined ? null : this.boundAt(request.after);
    this.numbered = new Float64Array(sources.length);
  }

  /** What cannot be on the page is told by what was read of the document: no term is read for it, and none is kept. */
  protected numberOfTuple(parent: number): number {
    if (this.after !== null && this.compareTo(this.after) <= 0) return -1;
    // Other buckets around have pages of their own, of which nothing is known here.
    if (parent === 0 && this.last !== null && this.compareTo(this.last) > 0) return -1;
    const { numbered, tuple, tuples, sources } = this;
    for (let i = 0; i < sources.length; i++) {
      const value = tuple[i]!;
      numbered[i] = value === noValue ? noValue : sources[i]!.numberOf(value);
    }
    const known = tuples.find(numbered);
    if (known >= 0) return known;
    const number = tuples.add(numbered);
    if (parent === 0 && this.paged.push(number) >= 2 * this.size + trimmedAfter) this.trim();
    return number;
  }

  protected compareRanked(i: number, a: number, b: number): number {
    return this.compareInPlace(i, a, b, this.sources[i]!.compareRanked(a, b));
  }

  private trim(): void {
    const { paged, tuples, orders, sources } = this;
    this.budget.spend(16 * paged.length);
    const compare = (a: number, b: number): number => {
      for (let i = 0; i < orders.length; i++) {
        const order = this.compareMet(i, tuples.valueOf(a, i), tuples.valueOf(b, i));
        if (order !== 0) return order;
      }
      return 0;
    };
    paged.sort(compare);
    paged.length = this.size;
    const last = paged[this.size - 1]!;
    this.last = this.boundAt(
      sources.map((source, i) => {
        const value = tuples.valueOf(last, i);
        return value === noValue ? null : source.keyOf(value);
      }),
    );
  }

  private boundAt(tuple: Tuple): TupleBound {
    return { bounds: tuple.map((key, i) => (key === null ? null : this.sources[i]!.boundAt(key))) };
  }

  /** The order of the tuple that is looked at and another, as asked. */
  private compareTo({ bounds }: TupleBound): number {
    for (let i = 0; i < bounds.length; i++) {
      const value = this.tuple[i]!;
      const bound = bounds[i]!;
      const ascending = bound === null || value === noValue ? 0 : bound.compare(value);
      const order = this.compareInPlace(i, value, bound === null ? noValue : 0, ascending);
      if (order !== 0) return order;
    }
    return 0;
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
      collected.budget.sendBuckets(count);
      if (count < all.length) yield* sortInSteps(all, collected.compareKeysOf);
      return { kind: 'composite', buckets: yield* partialsOf(collected, all.subarray(0, count), share) };
    },
  };
}
