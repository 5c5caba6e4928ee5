/** What is measured, a row a class: how Sheaf is asked, in the words of callers, and how every peer is, in SQL. */

/** What an answer says: one row a bucket, its keys first, then numbers. */
export type AnswerRow = readonly (string | number | null)[];

export interface AggregateClass {
  readonly name: string;
  /** The body of a search. */
  readonly body: { readonly query?: object; readonly aggs: object };
  /** `//` divides whole numbers; each peer has it in words of its own. */
  readonly sql: string;
  /** What a peer is asked in its place, by the name of the peer; null where it cannot say it. */
  readonly sqlOf?: Readonly<Record<string, string | null>>;
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
const hourMs = 3_600_000;
const percents = [1, 5, 25, 50, 75, 95, 99];
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
    name: 'by month in a zone, sum',
    body: {
      aggs: {
        a: {
          date_histogram: {
            field: 'departed_at',
            calendar_interval: 'month',
            time_zone: 'America/New_York',
            min_doc_count: 1,
          },
          aggs: { b: sumOfDelays },
        },
      },
    },
    sql: monthSql("strftime('%Y-%m', (departed_at + zone) / 1000, 'unixepoch')"),
    sqlOf: { DuckDB: monthSql("strftime(epoch_ms(departed_at + zone), '%Y-%m')") },
    rows: ({ a }) =>
      bucketsOf(a).map((bucket) => [
        String(bucket['key_as_string']).slice(0, 7),
        bucket.doc_count,
        valueOf(bucket, 'b'),
      ]),
  },
  {
    name: 'percentiles',
    body: { aggs: { a: { percentiles: { field: 'distance', percents, keyed: false } } } },
    sql: `SELECT unnest(quantile_cont(distance, [${percents.map((percent) => percent / 100).join(', ')}])) FROM flights`,
    sqlOf: { SQLite: null },
    rows: ({ a }) => (a!['values'] as { value: number }[]).map(({ value }) => [value]),
    tolerance: 0.02,
  },
  {
    name: 'filters',
    body: {
      aggs: {
        a: {
          filters: {
            filters: { early: { range: { dep_delay: { lt: 0 } } }, late: { range: { dep_delay: { gte: 60 } } } },
          },
        },
      },
    },
    sql: 'SELECT count(*) FILTER (WHERE dep_delay < 0), count(*) FILTER (WHERE dep_delay >= 60) FROM flights',
    rows: ({ a }) => [readFilters(a)],
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

/** Buckets by name, in the order of their names. */
function readFilters({ buckets }: Result = {}): AnswerRow {
  return Object.values(buckets as object as Readonly<Record<string, Bucket>>).map(({ doc_count }) => doc_count);
}

/** Months by the clocks of New York, which SQL is told when they change: not all peers know zones. @param month of `departed_at + zone` */
function monthSql(month: string): string {
  const summers = [2013, 2014, 2015, 2016].map((year) => {
    const [from, until] = summerOf(year);
    return `departed_at >= ${from} AND departed_at < ${until}`;
  });
  const zone = `CASE WHEN ${summers.join(' OR ')} THEN ${-4 * hourMs} ELSE ${-5 * hourMs} END`;
  return (
    `SELECT ${month} AS month, count(*), coalesce(sum(dep_delay), 0) ` +
    `FROM (SELECT departed_at, dep_delay, ${zone} AS zone FROM flights) GROUP BY month`
  );
}

/** When clocks in New York are set to summer time and back. */
function summerOf(year: number): [from: number, until: number] {
  const [from, until] = [`${year}-02-01`, `${year}-07-01`].map(
    (day) =>
      Temporal.PlainDate.from(day).toZonedDateTime('America/New_York').getTimeZoneTransition('next')!.epochMilliseconds,
  );
  return [from!, until!];
}

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
