/** Whether the innermost loops of searches would gain by WebAssembly SIMD, and what a query would gain by that. */
import { resolve } from 'node:path';
import { createRandom } from '../../shared/random/random.ts';
import type { BenchContext } from '../context.ts';
import { inventTexts, readPapers, repeatVaried } from '../engine/corpus.ts';
import { makeEngineQueries } from '../engine/queries.ts';
import { SheafEngine } from '../engine/sheaf.ts';
import type { Findings } from '../report/report.ts';
import type { Table } from '../report/table.ts';
import { measureWays } from './measure-ways.ts';
import { scoreWays } from './score-ways.ts';
import { unpackingShares } from './unpacking-share.ts';
import { unpackWays } from './unpack-ways.ts';

export interface KernelsOptions {
  /** Gzipped lines of JSON with `title` and `abstract`. */
  readonly corpus: string;
  readonly queries: number;
}

const widths = [0, 1, 2, 3, 4, 6, 8, 10, 12, 16, 20, 24];
const passes = 5;

/** How many times as fast the kernel is, at the number of bits where that is most. */
interface Gains {
  readonly copied: number;
  readonly inside: number;
}

export async function benchKernels(context: BenchContext, options: KernelsOptions): Promise<Findings> {
  const unpacked = unpackTable(context);
  const scored = scoreTable(context);
  const shared = shareTable(context, options, unpacked.gains);
  return {
    parameters: { documents: context.documents, 'queries of each kind': options.queries, seed: context.seed },
    tables: [unpacked.table, scored, shared],
    notes: [
      'Calls are included. Segments lie in SharedArrayBuffers of their own, so a block has to be copied into the memory of a kernel, and its docIds out again unless all that reads them is given views on that memory.',
      '"All in its memory" is the best case, of an engine whose segments all lie in one WebAssembly memory.',
      'A query gains what its share of unpacking gains: 1 / (1 − share + share / gain), with the best gain of any width.',
    ],
  };
}

function unpackTable({ clock, progress, seed }: BenchContext): { table: Table; gains: Gains } {
  const names: string[] = [];
  const gains = { copied: 0, inside: 0 };
  const rows = widths.map((bits) => {
    progress(`kernels, unpack: ${bits} bits`);
    const ways = unpackWays(bits, createRandom(seed));
    names.splice(0, names.length, ...ways.map(({ name }) => name));
    const times = measureWays(clock, ways);
    if (ways.some(({ docIds }) => docIds.some((docId, i) => docId !== ways[0]!.docIds[i]))) {
      throw new Error(`ways to unpack ${bits} bits disagree`);
    }
    const [plain, , copiedIn, inside] = times.map((time) => times[0]! / time);
    gains.copied = Math.max(gains.copied, copiedIn!);
    gains.inside = Math.max(gains.inside, inside!);
    return [bits, ...times, copiedIn! / plain!, inside! / plain!];
  });
  const columns = ['bits', ...names.map((name) => `${name}, ns`), 'gain, copied in', 'gain, all in its memory'];
  return { table: { title: 'Reading 128 docIds: ns a block', columns, rows }, gains };
}

function scoreTable({ clock, progress, seed }: BenchContext): Table {
  progress('kernels, score');
  const ways = scoreWays(createRandom(seed));
  const times = measureWays(clock, ways);
  if (ways.some(({ scores }) => scores.some((score, i) => score !== ways[0]!.scores[i]))) {
    throw new Error('ways to score disagree');
  }
  return {
    title: 'Scoring 128 documents by BM25: ns a block',
    columns: ['how', 'ns', 'gain'],
    rows: ways.map(({ name }, at) => [name, times[at]!, times[0]! / times[at]!]),
  };
}

function shareTable(context: BenchContext, options: KernelsOptions, gains: Gains): Table {
  const { progress, seed, documents } = context;
  progress('kernels: building an index');
  const random = createRandom(seed);
  const path = resolve(options.corpus);
  const papers = readPapers(path);
  if (papers === null) process.stderr.write(`\n*** ${path} is missing: the texts are invented by Zipf's law ***\n\n`);
  const texts = papers === null ? inventTexts(documents, random) : repeatVaried(papers, documents, random);
  const queries = makeEngineQueries(texts, random, options.queries);
  const engine = new SheafEngine();
  engine.build(texts);
  engine.prepare(queries);
  progress('kernels: queries under the profiler');
  const gainOf = (share: number, gain: number): number => 1 / (1 - share + share / gain);
  return {
    title: 'Share of unpacking in queries (best ten, as in `bench -- engine`), and what a query would gain',
    columns: ['kind', 'samples', 'share', 'gain, copied in', 'gain, all in its memory', 'gain if it took no time'],
    rows: unpackingShares(engine, queries, passes).map(({ kind, share, samples }) => {
      return [kind, samples, share, gainOf(share, gains.copied), gainOf(share, gains.inside), 1 / (1 - share)];
    }),
  };
}
