import type { Query } from '../../shared/query/query.ts';
import type { Segment } from '../segment/open.ts';
import type { DocumentSet } from './document-set.ts';

/** Sets remembered of a segment: an eighth of a byte a document each at most, 4 bytes all. */
const setsMax = 32;
/** Filters asked for once that are kept in mind of a segment. */
const askedMax = 128;
/** Characters of a filter's JSON: longer ones are not remembered. */
const keyLengthMax = 16_384;

class SegmentSets {
  /** By filter, the one used last at the end. */
  readonly sets = new Map<string, DocumentSet | null>();
  /** Asked for once. */
  readonly asked = new Set<string>();
}

/**
 * Which documents of a segment a filter matches, remembered from the second search on that asks for it. A segment does not
 * change and deletions are asked about apart, so nothing has to be invalidated: the sets go with the segment.
 */
export class FilterCache {
  /** How often a filter of a segment was remembered, and how often it had to be evaluated. */
  readonly counts: { remembered: number; evaluated: number } = { remembered: 0, evaluated: 0 };
  private readonly bySegment = new WeakMap<Segment, SegmentSets>();
  private readonly keys = new WeakMap<Query, string | null>();

  /** What a filter is remembered by, null where it is too long for that. Cost: its JSON, once for each query. */
  keyOf(query: Query): string | null {
    let key = this.keys.get(query);
    if (key === undefined) {
      const json = JSON.stringify(query);
      this.keys.set(query, (key = json.length <= keyLengthMax ? json : null));
    }
    return key;
  }

  /** The documents of a filter, null where there are none; undefined where that is not remembered. */
  find(segment: Segment, key: string): DocumentSet | null | undefined {
    const sets = this.bySegment.get(segment)?.sets;
    const set = sets?.get(key);
    if (sets === undefined || set === undefined) {
      this.counts.evaluated++;
      return undefined;
    }
    this.counts.remembered++;
    sets.delete(key);
    sets.set(key, set);
    return set;
  }

  /** Whether a filter that is not remembered was asked for before. */
  asksAgain(segment: Segment, key: string): boolean {
    let known = this.bySegment.get(segment);
    if (known === undefined) this.bySegment.set(segment, (known = new SegmentSets()));
    if (known.asked.delete(key)) return true;
    known.asked.add(key);
    if (known.asked.size > askedMax) dropFirst(known.asked);
    return false;
  }

  /** Remembers a set in place of the one that was not used for the longest. */
  keep(segment: Segment, key: string, set: DocumentSet | null): void {
    const { sets } = this.bySegment.get(segment)!;
    sets.set(key, set);
    if (sets.size > setsMax) dropFirst(sets);
  }
}

function dropFirst(collection: { keys(): Iterator<string>; delete(key: string): boolean }): void {
  const first = collection.keys().next();
  if (first.done !== true) collection.delete(first.value);
}
