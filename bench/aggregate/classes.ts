/** What is measured, a row a class: how Sheaf is asked, in the words of callers, and how every peer is, in SQL. */

/** What an answer says: one row a bucket, its keys first, then numbers. */
export type AnswerRow = readonly (string | number | null)[];

export interface AggregateClass {
  readonly name: string;
  /** The body of a search. */
  readonly body: { readonly query?: object; readonly aggs: object };
  /** `//` divides whole numbers; each peer has it in words of its own. */
  readonly sql: string;
  /** What the answer of Sheaf says, as that of the SQL does: the rows in any order. */
  readonly rows: (results: Readonly<Record<string, Result>>) => AnswerRow[];
  /** How far numbers may be off that are no counts of buckets, as a share of them. */
  readonly tolerance?: number;
}

/** A result in Elasticsearch's shape, as far as it is read here. */
export interface Result {
  readonly value?: number | null;
  readonly buckets?: readonly Bucket[];
  readonly [name: string]: unknown;
}

interface Bucket {
  readonly key: string | number;
  readonly doc_count: number;
  readonly [name: string]: unknown;
}

const dayMs = 86_400_000;
const byDay = { histogram: { field: 'departed_at', interval: dayMs, min_doc_count: 1 } };
const sumOfDelays = { sum: { field: 'dep_delay' } };
const averageDelay = { avg: { field: 'dep_delay' } };

export const aggregateClasses: readonly AggregateClass[] = [
  terms('terms of 16', 'carrier'),
  termsWithAverage('terms of 16, avg', 'carrier'),
  terms('terms of 4,000', 'tailnum'),
  termsWithAverage('terms of 4,000, avg', 'tailnum'),
  terms('terms of 100,000', 'booking'),
  termsWithAverage('terms of 100,000, avg', 'booking'),
  {
    name: 'by day',
    body: { aggs: { a: byDay } },
    sql: `SELECT departed_at // ${dayMs} AS day, count(*) FROM flights GROUP BY day ORDER BY day`,
    rows: ({ a }) => bucketsOf(a).map(({ key, doc_count }) => [Number(key) / dayMs, doc_count]),
  },
  {
    name: 'by day, sum',
    body: { aggs: { a: { ...byDay, aggs: { b: sumOfDelays } } } },
    sql: `SELECT departed_at // ${dayMs} AS day, count(*), coalesce(sum(dep_delay), 0) FROM flights GROUP BY day ORDER BY day`,
    rows: ({ a }) => bucketsOf(a).map((bucket) => [Number(bucket.key) / dayMs, bucket.doc_count, valueOf(bucket, 'b')]),
  },
  {
    name: 'histogram',
    body: { aggs: { a: { histogram: { field: 'distance', interval: 100, min_doc_count: 1 } } } },
    sql: 'SELECT distance // 100 AS bucket, count(*) FROM flights GROUP BY bucket ORDER BY bucket',
    rows: ({ a }) => bucketsOf(a).map(({ key, doc_count }) => [Number(key) / 100, doc_count]),
  },
  {
    name: 'stats',
    body: { aggs: { a: { stats: { field: 'dep_delay' } } } },
    sql: 'SELECT count(dep_delay), min(dep_delay), max(dep_delay), avg(dep_delay), sum(dep_delay) FROM flights',
    rows: ({ a }) => [['count', 'min', 'max', 'avg', 'sum'].map((name) => a![name] as number)],
  },
  {
    name: 'cardinality of keywords',
    body: { aggs: { a: { cardinality: { field: 'booking' } } } },
    sql: 'SELECT count(DISTINCT booking) FROM flights',
    rows: ({ a }) => [[a!.value!]],
    tolerance: 0.05,
  },
  {
    name: 'cardinality of numbers',
    body: { aggs: { a: { cardinality: { field: 'flight' } } } },
    sql: 'SELECT count(DISTINCT flight) FROM flights',
    rows: ({ a }) => [[a!.value!]],
    tolerance: 0.05,
  },
  {
    name: 'terms > by day > avg',
    body: {
      aggs: {
        a: { terms: { field: 'carrier', size: 20 }, aggs: { b: { ...byDay, aggs: { c: averageDelay } } } },
      },
    },
    sql: `SELECT carrier, departed_at // ${dayMs} AS day, count(*), avg(dep_delay) FROM flights GROUP BY carrier, day`,
    rows: ({ a }) =>
      bucketsOf(a).flatMap((outer) =>
        bucketsOf(outer['b'] as Result).map((inner): AnswerRow => {
          return [outer.key, Number(inner.key) / dayMs, inner.doc_count, valueOf(inner, 'c')];
        }),
      ),
  },
  {
    name: 'range, terms of 16',
    body: {
      query: { range: { distance: { gte: 500, lt: 1500 } } },
      aggs: { a: { terms: { field: 'carrier' } } },
    },
    sql: topSql('carrier', '', 'distance >= 500 AND distance < 1500 AND'),
    rows: ({ a }) => bucketsOf(a).map(({ key, doc_count }) => [key, doc_count]),
  },
];

function terms(name: string, field: string): AggregateClass {
  return {
    name,
    body: { aggs: { a: { terms: { field } } } },
    sql: topSql(field),
    rows: ({ a }) => bucketsOf(a).map(({ key, doc_count }) => [key, doc_count]),
  };
}

function termsWithAverage(name: string, field: string): AggregateClass {
  return {
    name,
    body: { aggs: { a: { terms: { field }, aggs: { b: averageDelay } } } },
    sql: topSql(field, ', avg(dep_delay)'),
    rows: ({ a }) => bucketsOf(a).map((bucket) => [bucket.key, bucket.doc_count, valueOf(bucket, 'b')]),
  };
}

/** The ten most frequent values. @param condition ends with AND */
function topSql(field: string, metric = '', condition = ''): string {
  return (
    `SELECT ${field} AS key, count(*) AS n${metric} FROM flights WHERE ${condition} ${field} IS NOT NULL ` +
    'GROUP BY key ORDER BY n DESC, key LIMIT 10'
  );
}

function bucketsOf(result: Result | undefined): readonly Bucket[] {
  return result!.buckets!;
}

function valueOf(bucket: Bucket, name: string): number | null {
  return (bucket[name] as Result).value!;
}
