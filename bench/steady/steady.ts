/** Whether searches of a leaf stay fast while it indexes, and while something heavy runs. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import { SheafError } from '../../shared/errors.ts';
import { scoringTerms, type Query } from '../../shared/query/query.ts';
import { createRandom, type Random } from '../../shared/random/random.ts';
import type { IndexedField } from '../../shared/schema/schema.ts';
import { addStatistics, noStatistics } from '../../shared/ranking/statistics.ts';
import type { SearchTask } from '../../shared/protocol/tasks/search.ts';
import { countStatistics } from '../../leaf/score/statistics.ts';
import { GrowingBytes } from '../../leaf/columns/growing-bytes.ts';
import type { BenchContext } from '../context.ts';
import { inventTexts, readPapers, repeatVaried } from '../engine/corpus.ts';
import { makeEngineQueries } from '../engine/queries.ts';
import { summarize, type Summary } from '../report/percentiles.ts';
import type { Findings } from '../report/report.ts';
import type { Cell, Table } from '../report/table.ts';
import { LeafInProcess } from './leaf-in-process.ts';
import type { Tick, TickerSettings } from './ticker.ts';
import { byCount } from '../../shared/aggregation/terms-order.ts';

export interface SteadyOptions {
  /** Gzipped lines of JSON with `title` and `abstract`. */
  readonly corpus: string;
  readonly shards: number;
  /** Queries a second, sent whether or not others are answered. */
  readonly rate: number;
  /** Seconds of each part. */
  readonly seconds: number;
  /** Documents a second that are indexed in the part that does so. */
  readonly writes: number;
}

interface Part {
  readonly name: string;
  readonly latencies: Summary;
  readonly documents: number;
  readonly segments: number;
}

interface SteadyDocument {
  readonly key: string;
  readonly source: Uint8Array;
}

/**
 * Documents end to end in one buffer: as objects they would be a heap such as no leaf has, and collecting it would be what is
 * measured.
 */
class PackedDocuments {
  private readonly bytes: Uint8Array;
  private readonly ends: Uint32Array;

  constructor(sources: Iterable<Uint8Array>, count: number) {
    const out = new GrowingBytes();
    this.ends = new Uint32Array(count);
    let i = 0;
    for (const source of sources) {
      out.append(source, 0, source.length);
      this.ends[i++] = out.length;
    }
    this.bytes = out.view();
  }

  slice(from: number, to: number): SteadyDocument[] {
    const { bytes, ends } = this;
    const count = Math.max(0, Math.min(to, ends.length) - from);
    return Array.from({ length: count }, (_, n) => {
      const i = from + n;
      return { key: String(i), source: bytes.subarray(i === 0 ? 0 : ends[i - 1], ends[i]) };
    });
  }
}

const fields: readonly IndexedField[] = [
  { name: 'body', path: 'body', kind: 'text' },
  { name: 'tag', path: 'tag', kind: 'keyword' },
  { name: 'n', path: 'n', kind: 'integer' },
];
const tags = 500;
const batchDocuments = 100;
const encoder = new TextEncoder();

export async function benchSteady(context: BenchContext, options: SteadyOptions): Promise<Findings> {
  const { clock, progress, seed } = context;
  const { documents, queries, corpus } = prepare(context, options);
  const folder = mkdtempSync(join(tmpdir(), 'sheaf-steady-'));
  const leaf = new LeafInProcess({ clock, folder, fields, shards: options.shards, sliced: true });
  try {
    progress('steady, loading');
    await writeAll(leaf, documents, context.documents, options.shards);
    await leaf.untilSearchable();
    progress('steady, waiting until the shards have settled');
    await leaf.untilSettled();
    const tasks = queries.map((query) => lightTask(leaf, query, options.shards));
    const measure = async (name: string): Promise<Part> => {
      progress(`steady, ${name}`);
      const latencies = await askSteadily(leaf, tasks, options);
      return { name, latencies, documents: leaf.documents, segments: leaf.segments };
    };
    await measure('warming up');
    const parts = [await measure('idle')];
    const sliced = await whileRunning(leaf, heavyTask(options.shards), () => measure('a heavy aggregation, in slices'));
    leaf.setSliced(false);
    const whole = await whileRunning(leaf, heavyTask(options.shards), () =>
      measure('a heavy aggregation, without slices'),
    );
    leaf.setSliced(true);
    parts.push(sliced.part, whole.part);
    const tooLarge = await whileRunning(leaf, tooLargeTask(options.shards), () =>
      measure('an aggregation of 100 GB, which is refused'),
    );
    parts.push(tooLarge.part);
    parts.push(await whileWriting(leaf, documents, { ...options, from: context.documents }, () => measure('indexing')));
    return {
      parameters: {
        documents: context.documents,
        shards: options.shards,
        'light queries/s': options.rate,
        'seconds of each part': options.seconds,
        'documents/s while indexing': options.writes,
        corpus,
        seed,
      },
      tables: [partTable(parts), heavyTable([sliced, whole]), refusedTable(tooLarge)],
      notes: [
        'The leaf runs in this process without sockets: the indexing thread, the scheduler and the evaluation of tasks are those of the service. Another thread says when a query is due; a latency counts from there, so that a thread that stands still is not forgiven.',
        'Light queries are one term, two of two terms or any of three, best ten with their documents. The heavy aggregation groups every document by a keyword of 500 values, each group by a number into 20, with statistics in each of these; it is asked again as soon as it is answered. What slices are worth depends on how long it takes: without, a light query waits for all of it.',
        'The aggregation that is refused asks of each value of the number, of which there are nearly as many as documents, 50 clauses in each of 50 others that all match, with statistics in each: more buckets than a task may collect. It is asked again as soon as it is refused.',
      ],
    };
  } finally {
    await leaf.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Prepared {
  readonly documents: PackedDocuments;
  readonly queries: readonly Query[];
  readonly corpus: string;
}

/** The texts themselves are gone afterwards. */
function prepare({ seed, documents }: BenchContext, options: SteadyOptions): Prepared {
  const random = createRandom(seed);
  const papers = readPapers(resolve(options.corpus));
  const count = documents + options.writes * (options.seconds + 1);
  const texts = papers === null ? inventTexts(count, random) : repeatVaried(papers, count, random);
  return {
    documents: new PackedDocuments(sourcesOf(texts, random), count),
    queries: lightQueries(texts.slice(0, documents), random),
    corpus: papers === null ? 'invented' : 'papers, repeated with varied words',
  };
}

function* sourcesOf(texts: readonly string[], random: Random): Generator<Uint8Array> {
  for (const body of texts) {
    const document = { body, tag: `t${random.integer(1, tags)}`, n: random.integer(1, 1_000_000) };
    yield encoder.encode(JSON.stringify(document));
  }
}

async function writeAll(leaf: LeafInProcess, documents: PackedDocuments, count: number, shards: number): Promise<void> {
  for (let at = 0, batch = 0; at < count; at += batchDocuments, batch++) {
    await leaf.write(batch % shards, documents.slice(at, Math.min(count, at + batchDocuments)));
  }
}

function lightQueries(texts: readonly string[], random: Random): Query[] {
  const bool = { must: [], should: [], filter: [], mustNot: [] };
  return random
    .shuffle(makeEngineQueries(texts, random, 200))
    .filter(({ kind }) => kind !== 'phrase')
    .map(({ kind, terms }): Query => {
      const clauses = terms.map((term): Query => ({ kind: 'term', field: 'body', term }));
      if (kind === 'term') return clauses[0]!;
      return kind === 'and' ? { kind: 'bool', ...bool, must: clauses } : { kind: 'bool', ...bool, should: clauses };
    });
}

const base = { index: 'steady', remainingMs: 60_000, aggregations: {} };

function lightTask(leaf: LeafInProcess, query: Query, shards: number): SearchTask {
  const terms = scoringTerms(query);
  const all = Array.from({ length: shards }, (_, shard) => shard);
  const statistics = all.reduce(
    (sum, shard) => addStatistics(sum, countStatistics(leaf.snapshotOf(shard), terms)),
    noStatistics,
  );
  const sort = [{ by: 'score', descending: true }] as const;
  return { kind: 'search', ...base, shards: all, query, statistics, k: 10, sort, source: true, totalUpTo: 1000 };
}

function heavyTask(shards: number): SearchTask {
  const all = Array.from({ length: shards }, (_, shard) => shard);
  return {
    kind: 'search',
    ...base,
    shards: all,
    query: { kind: 'all' },
    k: 0,
    sort: [],
    source: false,
    aggregations: {
      tags: {
        kind: 'terms',
        field: 'tag',
        values: 'string',
        show: 'plain',
        size: 100,
        shardSize: 500,
        order: byCount,
        minDocCount: 1,
        aggregations: {
          steps: {
            kind: 'histogram',
            field: 'n',
            show: 'plain',
            interval: 50_000,
            offset: 0,
            minDocCount: 1,
            aggregations: { n: { kind: 'stats', field: 'n', values: 'number' } },
          },
        },
      },
    },
  };
}

/** Of each value of a number 50 times 50 buckets: of 200,000 values 500 million, and as many statistics. */
function tooLargeTask(shards: number): SearchTask {
  const clauses = Array.from({ length: 50 }, (): Query => ({ kind: 'all' }));
  const filters = { kind: 'filters', filters: clauses, hasOther: false, show: 'anonymous', keys: [] } as const;
  const stats = { kind: 'stats', field: 'n', values: 'number' } as const;
  return {
    ...heavyTask(shards),
    aggregations: {
      values: {
        kind: 'terms',
        field: 'n',
        values: 'number',
        show: 'plain',
        size: 10,
        shardSize: 65_536,
        order: byCount,
        minDocCount: 1,
        aggregations: { some: { ...filters, aggregations: { each: { ...filters, aggregations: { stats } } } } },
      },
    },
  };
}

/** Latencies in milliseconds of queries that are due at a fixed rate. */
async function askSteadily(
  leaf: LeafInProcess,
  tasks: readonly SearchTask[],
  options: SteadyOptions,
): Promise<Summary> {
  const settings: TickerSettings = { perSecond: options.rate, ticks: options.rate * options.seconds };
  const ticker = new Worker(new URL('./ticker.ts', import.meta.url), { workerData: settings });
  const answers: Promise<void>[] = [];
  const latencies = new Float64Array(settings.ticks);
  await new Promise<void>((resolveEnd, reject) => {
    ticker.on('error', reject);
    ticker.on('exit', () => resolveEnd());
    ticker.on('message', ({ dueAt }: Tick) => {
      const i = answers.length;
      const answered = leaf.ask(tasks[i % tasks.length]!).then(() => {
        latencies[i] = performance.timeOrigin + performance.now() - dueAt;
      });
      answers.push(answered);
    });
  });
  await Promise.all(answers);
  return summarize(latencies);
}

interface Beside {
  readonly part: Part;
  /** Heavy tasks that were answered meanwhile, and refused. */
  readonly answered: number;
  readonly refused: number;
}

async function whileRunning(leaf: LeafInProcess, heavy: SearchTask, measure: () => Promise<Part>): Promise<Beside> {
  const state = { isOver: false, answered: 0, refused: 0 };
  const loop = async (): Promise<void> => {
    while (!state.isOver) {
      try {
        await leaf.ask(heavy);
        state.answered++;
      } catch (error) {
        if (!(error instanceof SheafError) || error.code !== 'AGGREGATION_TOO_MANY_BUCKETS') throw error;
        state.refused++;
      }
    }
  };
  const running = loop();
  const part = await measure();
  const { answered, refused } = state;
  state.isOver = true;
  await running;
  return { part, answered, refused };
}

async function whileWriting(
  leaf: LeafInProcess,
  documents: PackedDocuments,
  { writes, shards, from }: SteadyOptions & { from: number },
  measure: () => Promise<Part>,
): Promise<Part> {
  let at = from;
  const everyMs = (1000 * batchDocuments) / writes;
  const timer = setInterval(() => {
    const batch = documents.slice(at, at + batchDocuments);
    if (batch.length > 0) void leaf.write(Math.floor(at / batchDocuments) % shards, batch);
    at += batchDocuments;
  }, everyMs);
  try {
    return await measure();
  } finally {
    clearInterval(timer);
    await leaf.untilSearchable();
  }
}

function partTable(parts: readonly Part[]): Table {
  const idle = parts[0]!.latencies;
  return {
    title: 'Light queries beside other work (× is the ratio to the idle leaf)',
    columns: ['beside', 'queries', 'p50 ms', 'p99 ms', '×', 'max ms', 'documents', 'segments'],
    rows: parts.map(({ name, latencies, documents, segments }): Cell[] => {
      const { count, p50, p99, max } = latencies;
      return [name, count, p50, p99, p99 / idle.p99, max, documents, segments];
    }),
  };
}

function refusedTable({ part, refused, answered }: Beside): Table {
  return {
    title: 'Beside what is more than a task may collect',
    columns: ['refused', 'answered', 'p99 ms of light queries'],
    rows: [[refused, answered, part.latencies.p99]],
  };
}

function heavyTable([sliced, whole]: readonly Beside[]): Table {
  return {
    title: 'What time slices are worth',
    columns: ['', 'p99 ms of light queries', 'heavy tasks answered'],
    rows: [
      ['in slices', sliced!.part.latencies.p99, sliced!.answered],
      ['without', whole!.part.latencies.p99, whole!.answered],
      ['without / in slices', whole!.part.latencies.p99 / sliced!.part.latencies.p99, '–'],
    ],
  };
}
