/** How well the engine ranks, by a collection of questions whose answers are known. In process, on one shard. */
import { resolve } from 'node:path';
import { SearchRun } from '../../leaf/collect/search-run.ts';
import { countStatistics } from '../../leaf/score/statistics.ts';
import { buildSegment } from '../../leaf/segment/build.ts';
import { openSegment } from '../../leaf/segment/open.ts';
import { liveSegment, makeSnapshot } from '../../leaf/snapshot/snapshot.ts';
import { parseSearchBody } from '../../root/query/parse-search-body.ts';
import { scoringTerms } from '../../shared/query/query.ts';
import { parseIndexBody } from '../../shared/schema/parse.ts';
import { indexedFields } from '../../shared/schema/schema.ts';
import { similaritiesOf } from '../../shared/schema/similarities.ts';
import type { BenchContext } from '../context.ts';
import type { Findings } from '../report/report.ts';
import type { Cell } from '../report/table.ts';
import { averagePrecision, precisionAt } from './average-precision.ts';
import { readCranfield } from './cranfield.ts';
import type { Cranfield } from './cranfield.ts';
import { QueryCaches } from '../../leaf/evaluate/query-caches.ts';

export interface RelevanceOptions {
  /** The archive of the collection. */
  readonly collection: string;
  readonly k1: number;
  readonly b: number;
}

/** What mean average precision has to be. */
const target = 0.285;

export async function benchRelevance({ progress }: BenchContext, options: RelevanceOptions): Promise<Findings> {
  const collection = readCranfield(resolve(options.collection));
  const { k1, b } = options;
  const ways: [analyzer: string, bm25: { k1: number; b: number }][] = [
    ['english', { k1, b }],
    ['english', { k1: 1.2, b: 0.75 }],
    ['standard', { k1, b }],
    ['standard', { k1: 1.2, b: 0.75 }],
  ];
  const rows = ways.map(([analyzer, bm25]): Cell[] => {
    progress(`relevance: ${analyzer}, k1 ${bm25.k1}, b ${bm25.b}`);
    const { average, precision } = judge(collection, { kind: 'text', analyzer, bm25 });
    return [analyzer, bm25.k1, bm25.b, average.toFixed(4), precision.toFixed(4)];
  });
  return {
    parameters: { documents: collection.documents.length, queries: collection.queries.length },
    tables: [
      {
        title: 'Cranfield: how well the answers rank',
        columns: ['analyzer', 'k1', 'b', 'mean average precision', 'precision of the first 10'],
        rows,
      },
    ],
    notes: [
      `The first row is to be ${target} or more: it is ${Number(rows[0]![3]) >= target ? 'reached' : 'MISSED'}.`,
      'Relevant are the documents judged with one of the codes 1 to 4. A query is a `match` of its text; all that matches is ranked.',
    ],
  };
}

function judge(
  { documents, queries, relevant }: Cranfield,
  definition: object,
): { average: number; precision: number } {
  const { schema } = parseIndexBody({ schema: { fields: { text: definition } } });
  const sources = documents.map(({ id, text }, offset) => {
    return { key: id, offset, source: Buffer.from(JSON.stringify({ text })) };
  });
  const segment = openSegment(buildSegment(indexedFields(schema), sources));
  const snapshot = makeSnapshot([liveSegment(segment)], documents.length);
  const caches = new QueryCaches();
  let average = 0;
  let precision = 0;
  for (const { id, text } of queries) {
    const { query, sort } = parseSearchBody({ query: { match: { text } } }, schema, { timeoutMsMax: 1000 });
    const terms = scoringTerms(query);
    const run = new SearchRun(
      {
        query,
        sort,
        k: documents.length,
        statistics: countStatistics(snapshot, terms),
        similarities: similaritiesOf(schema, terms),
        source: false,
        aggregations: {},
      },
      [{ shard: 0, snapshot }],
      caches,
    );
    while (!run.step(documents.length));
    const ranking = run.result().hits.map(({ key }) => key);
    const wanted = relevant.get(id) ?? new Set<string>();
    average += averagePrecision(ranking, wanted) / queries.length;
    precision += precisionAt(ranking, wanted, 10) / queries.length;
  }
  return { average, precision };
}
