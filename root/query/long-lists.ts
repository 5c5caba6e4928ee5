/**
 * Lists of values that are read after the rest of a query, in steps: a request may have 65,536 of them, and the thread that
 * reads it is the one that answers all others. Pure.
 */
import type { Query } from '../../shared/query/query.ts';

/** Reading that can be left off at each yield: after about `valuesPerStep` values. */
export type Reading<T> = Generator<void, T, undefined>;

export const valuesPerStep = 256;

/** Why a request is refused whose lists take more than its time. */
export const lateLists = 'it has more values than could be read in time';

/** Values of a list that is read at once. */
const valuesAtOnceMax = 1024;

interface Unread {
  /** Stands in the query in place of what will be read. */
  readonly place: Query;
  readonly reading: Reading<Query>;
}

export class LongLists {
  private readonly unread: Unread[] = [];

  /** The query of a list. Where the list is long it matches nothing until all was read. */
  add(count: number, reading: Reading<Query>): Query {
    if (count <= valuesAtOnceMax) return readAtOnce(reading);
    const place: Query = { kind: 'none' };
    this.unread.push({ place, reading });
    return place;
  }

  get isEmpty(): boolean {
    return this.unread.length === 0;
  }

  /** Reads all, in the order they came. @throws SheafError with a pointer to the first fault */
  *read(): Reading<void> {
    for (const { place, reading } of this.unread) Object.assign(place, yield* reading);
  }
}

/** Whoever has no time of others to take may read lists like anything else. */
export function readAtOnce<T>(reading: Reading<T>): T {
  for (;;) {
    const step = reading.next();
    if (step.done === true) return step.value;
  }
}
