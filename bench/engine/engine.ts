/** How fast engines answer, in one process, over one corpus. */
import { resolve } from 'node:path';
import { runInNewContext } from 'node:vm';
import { setFlagsFromString } from 'node:v8';
import { createRandom } from '../../shared/random/random.ts';
import type { BenchContext } from '../context.ts';
import { summarize } from '../report/percentiles.ts';
import type { Summary } from '../report/percentiles.ts';
import type { Findings } from '../report/report.ts';
import type { Cell, Table } from '../report/table.ts';
import { benchBesideTantivy, tantivyNotes } from './beside-tantivy.ts';
import type { Contestant } from './contestant.ts';
import { inventTexts, readPapers, repeatVaried } from './corpus.ts';
import { MiniSearchContestant } from './mini-search.ts';
import { overlapOf } from './overlap.ts';
import { Prototype } from './prototype.ts';
import { engineQueryKinds, makeEngineQueries } from './queries.ts';
import type { EngineQuery, EngineQueryKind } from './queries.ts';
import { SheafEngine } from './sheaf.ts';
import { SqliteFts } from './sqlite.ts';

export interface EngineOptions {
  /** Gzipped lines of JSON with `title` and `abstract`. */
  readonly corpus: string;
  readonly queries: number;
  /** Seconds after which a slow engine is asked no more queries of a kind. */
  readonly seconds: number;
  /** More documents than these are too many for MiniSearch's heap. */
  readonly miniSearchMax: number;
  /** Engines by the first letters of their names. */
  readonly only: readonly string[];
  readonly parts: readonly EnginePart[];
  /** Turns beside Tantivy. */
  readonly rounds: number;
}

/** Beside engines in this process; beside Tantivy in its own. */
export const engineParts = ['engines', 'tantivy'] as const;
export type EnginePart = (typeof engineParts)[number];

const k = 10;

/** What one engine took to build. */
interface Build {
  readonly contestant: Contestant;
  readonly elapsedMs: number;
  readonly residentBytes: number;
}

/** One engine's answers to the queries of one kind. */
interface Round {
  readonly latencies: Summary;
  /** By query, as far as it came. */
  readonly answers: readonly (readonly number[])[];
}

type Rounds = ReadonlyMap<Contestant, ReadonlyMap<EngineQueryKind, Round>>;

export async function benchEngine(context: BenchContext, options: EngineOptions): Promise<Findings> {
  const { parameters, tables, notes } = options.parts.includes('engines')
    ? benchEngines(context, options)
    : { parameters: { 'queries of each kind': options.queries, seed: context.seed }, tables: [], notes: [] };
  if (!options.parts.includes('tantivy')) return { parameters, tables, notes };
  const besideTantivy = await benchBesideTantivy(context, options);
  return {
    parameters: { ...parameters, 'turns beside Tantivy': options.rounds },
    tables: [...tables, ...besideTantivy],
    notes: [...notes, ...tantivyNotes],
  };
}

function benchEngines(context: BenchContext, options: EngineOptions): Findings {
  const random = createRandom(context.seed);
  const path = resolve(options.corpus);
  const papers = readPapers(path);
  if (papers === null) process.stderr.write(`\n*** ${path} is missing: the texts are invented by Zipf's law ***\n\n`);
  const texts =
    papers === null ? inventTexts(context.documents, random) : repeatVaried(papers, context.documents, random);
  const queries = makeEngineQueries(texts, random, options.queries);
  const rawBytes = texts.reduce((sum, text) => sum + Buffer.byteLength(JSON.stringify({ body: text })), 0);
  const sheaf = new SheafEngine();
  const contestants = enter(sheaf, texts.length, options);
  try {
    const builds = contestants.map((contestant) => build(context, contestant, texts));
    sheaf.prepare(queries);
    const rounds = new Map(contestants.map((contestant) => [contestant, new Map<EngineQueryKind, Round>()]));
    for (const kind of engineQueryKinds) {
      const ofKind = queries.filter((query) => query.kind === kind);
      for (const contestant of contestants) {
        context.progress(`engine, ${kind}: ${contestant.name}`);
        const round = measure(context, contestant, ofKind, options.seconds);
        if (round !== null) rounds.get(contestant)!.set(kind, round);
      }
    }
    return {
      parameters: {
        documents: texts.length,
        corpus: papers === null ? 'invented' : `papers (${papers.length}), repeated with varied words`,
        'MB of raw JSON': rawBytes / 1e6,
        'queries of each kind': options.queries,
        'segments of Sheaf': sheaf.segmentCount,
        k,
        seed: context.seed,
      },
      tables: [
        latencyTable(contestants, rounds),
        countTable(context, sheaf, queries, options.seconds),
        sizeTable(builds, rawBytes),
        overlapTable(contestants, rounds),
      ],
      notes: [
        'Every engine answered the same queries before it was measured. A slow one is stopped after some seconds of a kind: its figures are of the first queries then.',
        "The prototype is a few typed arrays with MAXSCORE: no compression, positions, deletes, stored documents or counts of hits. SQLite keeps no texts (`content = ''`), its page cache is 1 GB. MiniSearch has no phrases.",
        'Overlap is the share of the best ten that Sheaf gives too. The prototype ranks alike but by exact lengths, where Sheaf keeps one byte of each; idf differs in SQLite, and MiniSearch takes the number of distinct words for the length of a text, so that disjunctions of common words rank otherwise.',
        'Resident bytes are the growth of the process while the engine was built, garbage included that the allocator kept.',
      ],
    };
  } finally {
    for (const contestant of contestants) contestant.close?.();
  }
}

function enter(sheaf: SheafEngine, documents: number, { only, miniSearchMax }: EngineOptions): Contestant[] {
  const rivals = [
    () => new Prototype(),
    () => new SqliteFts(),
    ...(documents <= miniSearchMax ? [() => new MiniSearchContestant()] : []),
  ].filter((_, at) => {
    const name = ['prototype', 'sqlite', 'minisearch'][at]!;
    return only.length === 0 || only.some((start) => name.startsWith(start.toLowerCase()));
  });
  return [sheaf, ...rivals.map((make) => make())];
}

function build({ clock, progress }: BenchContext, contestant: Contestant, texts: readonly string[]): Build {
  progress(`engine, building: ${contestant.name}`);
  collectGarbage();
  const residentBefore = process.memoryUsage.rss();
  const start = clock.now();
  contestant.build(texts);
  const elapsedMs = clock.now() - start;
  collectGarbage();
  return { contestant, elapsedMs, residentBytes: process.memoryUsage.rss() - residentBefore };
}

function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}

/** Null where the engine has no such query. */
function measure(
  { clock }: BenchContext,
  contestant: Contestant,
  queries: readonly EngineQuery[],
  seconds: number,
): Round | null {
  const warmUpEnd = clock.now() + seconds * 500;
  for (const query of queries) {
    if (contestant.search(query, k) === null) return null;
    if (clock.now() > warmUpEnd) break;
  }
  const latencies: number[] = [];
  const answers: number[][] = [];
  const end = clock.now() + seconds * 1000;
  for (const query of queries) {
    const start = clock.now();
    const hits = contestant.search(query, k)!;
    const now = clock.now();
    latencies.push((now - start) * 1000);
    answers.push(hits.map(({ document }) => document));
    if (now > end) break;
  }
  return { latencies: summarize(Float64Array.from(latencies)), answers };
}

/** What it takes Sheaf to count all matches, with the best ten and without, beside the best ten alone. */
function countTable(
  context: BenchContext,
  sheaf: SheafEngine,
  queries: readonly EngineQuery[],
  seconds: number,
): Table {
  const ways: readonly (readonly [name: string, ask: (query: EngineQuery) => void])[] = [
    ['best ten', (query) => void sheaf.search(query, k)],
    ['best ten and count', (query) => void sheaf.count(query, k, false)],
    ['count', (query) => void sheaf.count(query, 0, false)],
    ['best ten and count, 5 % deleted', (query) => void sheaf.count(query, k, true)],
    ['count, 5 % deleted', (query) => void sheaf.count(query, 0, true)],
  ];
  const rows = engineQueryKinds.flatMap((kind) => {
    const ofKind = queries.filter((query) => query.kind === kind);
    context.progress(`engine, counting: ${kind}`);
    const means = ways.map(([name, ask]) => [name, timed(context, ofKind, ask, seconds)] as const);
    const base = means[0]![1];
    return means.map(([name, mean]): Cell[] => [kind, name, mean.p50, mean.p99, mean.mean, mean.mean / base.mean]);
  });
  return {
    title: 'Sheaf: counting beside the best ten (× is the ratio to the best ten alone)',
    columns: ['kind', 'asked', 'p50 µs', 'p99 µs', 'mean µs', '×'],
    rows,
  };
}

/** The second of two passes over the queries, each as far as it comes in so many seconds. */
function timed(
  { clock }: BenchContext,
  queries: readonly EngineQuery[],
  ask: (query: EngineQuery) => void,
  seconds: number,
): Summary {
  let latencies: number[] = [];
  for (let pass = 0; pass < 2; pass++) {
    latencies = [];
    const end = clock.now() + seconds * 1000;
    for (const query of queries) {
      const start = clock.now();
      ask(query);
      const now = clock.now();
      latencies.push((now - start) * 1000);
      if (now > end) break;
    }
  }
  return summarize(Float64Array.from(latencies));
}

/** Every figure beside its ratio to the prototype's, where there is one. */
function latencyTable(contestants: readonly Contestant[], rounds: Rounds): Table {
  const rows: Cell[][] = [];
  const prototype = contestants.find((contestant) => contestant instanceof Prototype);
  for (const kind of engineQueryKinds) {
    const base = prototype && rounds.get(prototype)!.get(kind)?.latencies;
    for (const contestant of contestants) {
      const own = rounds.get(contestant)!.get(kind)?.latencies;
      if (own === undefined) rows.push([kind, contestant.name, '–', '–', '–', '–', '–', '–', '–']);
      else {
        const ratio = (figure: 'p50' | 'p99' | 'mean'): Cell => (base ? own[figure] / base[figure] : '–');
        const figures = (['p50', 'p99', 'mean'] as const).flatMap((figure) => [own[figure], ratio(figure)]);
        rows.push([kind, contestant.name, own.count, ...figures]);
      }
    }
  }
  return {
    title: 'Best ten, one query after the other (× is the ratio to the prototype)',
    columns: ['kind', 'engine', 'queries', 'p50 µs', '×', 'p99 µs', '×', 'mean µs', '×'],
    rows,
  };
}

function sizeTable(builds: readonly Build[], rawBytes: number): Table {
  return {
    title: 'Indexing on one core, and size',
    columns: ['engine', 'raw MB/s', 'index MB', 'index / raw', 'resident MB', 'resident / index'],
    rows: builds.map(({ contestant, elapsedMs, residentBytes }) => {
      const bytes = contestant.indexBytes?.();
      return [
        contestant.name,
        rawBytes / 1000 / elapsedMs,
        bytes === undefined ? '–' : bytes / 1e6,
        bytes === undefined ? '–' : bytes / rawBytes,
        residentBytes / 1e6,
        bytes === undefined ? '–' : residentBytes / bytes,
      ];
    }),
  };
}

function overlapTable(contestants: readonly Contestant[], rounds: Rounds): Table {
  const [sheaf, ...rivals] = contestants;
  const rows = rivals.flatMap((rival) =>
    engineQueryKinds.flatMap((kind): Cell[][] => {
      const [own, other] = [rounds.get(sheaf!)!.get(kind), rounds.get(rival)!.get(kind)];
      if (own === undefined || other === undefined) return [];
      const shares = other.answers
        .slice(0, own.answers.length)
        .map((documents, at) => overlapOf(own.answers[at]!, documents));
      return [[rival.name, kind, shares.reduce((sum, share) => sum + share, 0) / shares.length, Math.min(...shares)]];
    }),
  );
  return { title: 'Overlap of the answers with those of Sheaf', columns: ['engine', 'kind', 'mean', 'least'], rows };
}
