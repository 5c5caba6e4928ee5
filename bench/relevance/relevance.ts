/** How well the engine ranks, by collections of questions whose answers are known. In process, on one shard. */
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
import { createRandom } from '../../shared/random/random.ts';
import type { BenchContext } from '../context.ts';
import { readCorpus } from '../corpus/wordnet-corpus.ts';
import type { Findings } from '../report/report.ts';
import type { Cell } from '../report/table.ts';
import { averagePrecision, precisionAt } from './average-precision.ts';
import { cranfieldSource, readCranfield } from './cranfield.ts';
import type { Judged } from './judged.ts';
import { knownItems } from './known-items.ts';
import { QueryCaches } from '../../leaf/evaluate/query-caches.ts';

export interface RelevanceOptions {
  /** The archive of the Cranfield collection; without it that part is left out. */
  readonly collection: string;
  readonly k1: number;
  readonly b: number;
}

/** What mean average precision has to be. */
const target = 0.285;
/** Examples of WordNet that are asked. */
const knownQueries = 500;
/** How deep a ranking of WordNet is looked at. */
const knownDepth = 1000;

export async function benchRelevance(
  { progress, documents, seed }: BenchContext,
  { collection, k1, b }: RelevanceOptions,
): Promise<Findings> {
  const ways: Way[] = [
    { analyzer: 'english', k1, b },
    { analyzer: 'english', k1: 1.2, b: 0.75 },
    { analyzer: 'standard', k1, b },
    { analyzer: 'standard', k1: 1.2, b: 0.75 },
  ];
  const judgeAll = (of: string, judged: Judged, depth: number) =>
    ways.map((way) => {
      progress(`relevance: ${of}, ${way.analyzer}, k1 ${way.k1}, b ${way.b}`);
      return judge(judged, way, depth);
    });
  const known = knownItems(await readCorpus(documents), knownQueries, createRandom(seed));
  const ofKnown = judgeAll('WordNet', known, knownDepth);
  const knownTable = {
    title: 'WordNet: where the synset is of which an example of use is asked',
    columns: [...wayColumns, 'mean reciprocal rank'],
    rows: ways.map((way, at): Cell[] => [...cellsOf(way), ofKnown[at]!.average.toFixed(4)]),
  };
  const note = 'A query is a `match` of its text.';
  const sizes = { documents: known.documents.length, queries: known.queries.length };
  const cranfield = readCranfield(resolve(collection));
  if (cranfield === undefined) {
    const where = `Cranfield is left out: ${collection} is missing. Get it from ${cranfieldSource} and say where it is with \`--collection FILE\`.`;
    return { parameters: sizes, tables: [knownTable], notes: [where, note] };
  }
  const ofCranfield = judgeAll('Cranfield', cranfield, cranfield.documents.length);
  const reached = ofCranfield[0]!.average >= target ? 'reached' : 'MISSED';
  return {
    parameters: {
      ...sizes,
      'Cranfield documents': cranfield.documents.length,
      'Cranfield queries': cranfield.queries.length,
    },
    tables: [
      {
        title: 'Cranfield: how well the answers rank',
        columns: [...wayColumns, 'mean average precision', 'precision of the first 10'],
        rows: ways.map((way, at): Cell[] => {
          const { average, precision } = ofCranfield[at]!;
          return [...cellsOf(way), average.toFixed(4), precision.toFixed(4)];
        }),
      },
      knownTable,
    ],
    notes: [
      `The first row of Cranfield is to be ${target} or more: it is ${reached}.`,
      'Relevant are the documents judged with one of the codes 1 to 4; all that matches is ranked.',
      note,
    ],
  };
}

interface Way {
  readonly analyzer: string;
  readonly k1: number;
  readonly b: number;
}

const wayColumns = ['analyzer', 'k1', 'b'];
const cellsOf = ({ analyzer, k1, b }: Way): Cell[] => [analyzer, k1, b];

/** @param depth hits that are ranked of each query */
function judge(
  { documents, queries, relevant }: Judged,
  { analyzer, k1, b }: Way,
  depth: number,
): { average: number; precision: number } {
  const definition = { kind: 'text', analyzer, bm25: { k1, b } };
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
        k: depth,
        statistics: countStatistics(snapshot, terms),
        similarities: similaritiesOf(schema, terms),
        source: false,
        aggregations: {},
      },
      [{ shard: 0, snapshot }],
      caches,
    );
    while (!run.step(documents.length));
    const ranking = run.result().hits.map(({ key }) => key!);
    const wanted = relevant.get(id) ?? new Set<string>();
    average += averagePrecision(ranking, wanted) / queries.length;
    precision += precisionAt(ranking, wanted, 10) / queries.length;
  }
  return { average, precision };
}
