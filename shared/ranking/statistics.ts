/** Collection-wide counts that scoring needs, over live documents only. A monoid: partial counts add. */
export interface FieldStatistics {
  /** Live documents that have at least one term in the field. */
  readonly documents: number;
  /** Terms in the field over those documents, repeats included. */
  readonly length: number;
}

export interface Statistics {
  readonly fields: Readonly<Record<string, FieldStatistics>>;
  /** Live documents that hold the term: field → term → count. */
  readonly frequencies: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

export const noStatistics: Statistics = { fields: {}, frequencies: {} };

export function addStatistics(a: Statistics, b: Statistics): Statistics {
  const fields: Record<string, FieldStatistics> = Object.assign(Object.create(null), a.fields);
  for (const [name, counts] of Object.entries(b.fields)) {
    const before = fields[name];
    fields[name] =
      before === undefined
        ? counts
        : { documents: before.documents + counts.documents, length: before.length + counts.length };
  }
  const frequencies: Record<string, Record<string, number>> = Object.create(null);
  for (const [name, terms] of [...Object.entries(a.frequencies), ...Object.entries(b.frequencies)]) {
    const sums = (frequencies[name] ??= Object.create(null) as Record<string, number>);
    for (const [term, count] of Object.entries(terms)) sums[term] = (sums[term] ?? 0) + count;
  }
  return { fields, frequencies };
}

/**
 * The document frequency of a term, 0 where it was not counted. Terms are callers' words, so `constructor` and
 * `__proto__` must be looked up as data: always read through here, and build records without a prototype.
 */
export function frequencyOf(statistics: Statistics, field: string, term: string): number {
  const terms = Object.hasOwn(statistics.frequencies, field) ? statistics.frequencies[field]! : {};
  return Object.hasOwn(terms, term) ? terms[term]! : 0;
}

/** Counts of a field, zeros where it was not counted. */
export function fieldStatisticsOf(statistics: Statistics, field: string): FieldStatistics {
  return Object.hasOwn(statistics.fields, field) ? statistics.fields[field]! : { documents: 0, length: 0 };
}
