/**
 * What statistics rounds have counted, kept for the searches that come. Counts are of a state of the whole index: the log
 * offsets of its shards. They are used only while every ready replica reports just these offsets, and the leaves check
 * it once more against what they search. So a score computed with counts from here is the one computed without.
 *
 * Pure. Bounded by the number of terms; an index keeps the counts of one state only.
 */
import type { FieldTerms } from '../../shared/query/query.ts';
import type { FieldStatistics, Statistics } from '../../shared/ranking/statistics.ts';

/** The log offset of each shard, in order. */
export type IndexState = readonly number[];

interface Known {
  readonly state: IndexState;
  readonly fields: Map<string, FieldStatistics>;
  readonly frequencies: Map<string, Map<string, number>>;
  terms: number;
}

/** Terms kept of all indexes: about 100 bytes each. */
const termsMaxDefault = 100_000;

export class StatisticsCache {
  private readonly termsMax: number;
  /** By index id, the one used last at the end. */
  private readonly known = new Map<string, Known>();
  private terms = 0;

  constructor(termsMax = termsMaxDefault) {
    this.termsMax = termsMax;
  }

  /** The counts of these terms in this state; null unless all are known. Cost: a look-up a term. */
  find(indexId: string, state: IndexState, terms: FieldTerms): Statistics | null {
    const known = this.known.get(indexId);
    if (known === undefined || !isSame(known.state, state)) return null;
    const fields: Record<string, FieldStatistics> = Object.create(null);
    const frequencies: Record<string, Record<string, number>> = Object.create(null);
    for (const [field, names] of Object.entries(terms)) {
      const counts = known.fields.get(field);
      const byTerm = known.frequencies.get(field);
      if (counts === undefined || byTerm === undefined) return null;
      fields[field] = counts;
      const found: Record<string, number> = (frequencies[field] = Object.create(null));
      for (const term of names) {
        const count = byTerm.get(term);
        if (count === undefined) return null;
        found[term] = count;
      }
    }
    return { fields, frequencies };
  }

  /** Keeps what was counted in a state. What is known of another state of the index goes. */
  keep(indexId: string, state: IndexState, { fields, frequencies }: Statistics): void {
    const before = this.known.get(indexId);
    if (before !== undefined && !isSame(before.state, state)) this.forget(indexId);
    const known = this.known.get(indexId) ?? { state, fields: new Map(), frequencies: new Map(), terms: 0 };
    this.known.delete(indexId);
    this.known.set(indexId, known);
    for (const [field, counts] of Object.entries(fields)) known.fields.set(field, counts);
    for (const [field, counts] of Object.entries(frequencies)) {
      let byTerm = known.frequencies.get(field);
      if (byTerm === undefined) known.frequencies.set(field, (byTerm = new Map()));
      const size = byTerm.size;
      for (const [term, count] of Object.entries(counts)) byTerm.set(term, count);
      known.terms += byTerm.size - size;
      this.terms += byTerm.size - size;
    }
    this.makeRoom();
  }

  /** Drops what is known of an index. */
  forget(indexId: string): void {
    this.terms -= this.known.get(indexId)?.terms ?? 0;
    this.known.delete(indexId);
  }

  /** Whole indexes go, those not used for the longest first: counting the terms of one anew is a round each. */
  private makeRoom(): void {
    for (const indexId of this.known.keys()) {
      if (this.terms <= this.termsMax) return;
      this.forget(indexId);
    }
  }
}

function isSame(a: IndexState, b: IndexState): boolean {
  return a.length === b.length && a.every((offset, shard) => offset === b[shard]);
}
