/** What a change costs: the CPU of a query, or of indexing a document, of this checkout beside that of another one, class by class, in turns. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createRandom, type Random } from '../../shared/random/random.ts';
import type { BenchContext } from '../context.ts';
import { createWordSource } from '../corpus/words.ts';
import { readCorpus } from '../corpus/wordnet-corpus.ts';
import type { Findings } from '../report/report.ts';
import { renderTable, type Cell, type Table } from '../report/table.ts';
import { kindNames, makeQueries, type BenchQuery } from '../search/queries.ts';
import type { EngineSetting } from './engine-worker.ts';
import { measureInTurns, type ClassRatio } from './in-turns.ts';
import type { IndexingSetting } from './indexing-worker.ts';
import { fillService, indexOf, startService, type ServiceClass, type ServiceSetting } from './service-side.ts';
import { startWorker } from './worker-side.ts';

export const partNames = ['search', 'shards', 'engine', 'indexing'] as const;

export interface BesideOptions {
  /** Folder of the other checkout, its packages installed. */
  readonly base: string;
  readonly parts: readonly string[];
  /** Queries of a class in one turn. */
  readonly queries: number;
  readonly rounds: number;
  readonly roundsMax: number;
  readonly roundsOfStart: number;
  /** Of the service. */
  readonly leaves: number;
  /** Documents of the engine. */
  readonly engineDocuments: number;
  /** Documents that are indexed in one turn. */
  readonly indexedDocuments: number;
  /** Gzipped lines of JSON for the engine. */
  readonly corpus: string;
}

const head = fileURLToPath(new URL('../..', import.meta.url));
const shardCounts = [1, 4, 16, 64] as const;
const shardsOfSearch = 16;
const manyClients = 16;
const warmUpRounds = 3;
/** How far an interval may reach from its median, as a share of it. */
const precision = 0.03;

/** @throws Error when the other checkout is not there, or answers otherwise */
export async function benchBeside(context: BenchContext, options: BesideOptions): Promise<Findings> {
  const base = resolve(options.base);
  if (!existsSync(join(base, 'sheaf.ts'))) {
    throw new Error(`${base} is no checkout of Sheaf: make one with "git worktree add", and run "npm ci" there`);
  }
  const random = createRandom(context.seed);
  const { rounds: roundsMin, roundsMax, roundsOfStart } = options;
  const { progress } = context;
  const turns = { base, head, random, roundsMin, roundsMax, roundsOfStart, precision, progress };
  const tables: Table[] = [];
  const isPart = (name: string): boolean => options.parts.includes(name);
  const keep = (title: string, ratios: readonly ClassRatio[]): void => {
    tables.push(tableOf(title, ratios));
    process.stderr.write(`\n${title}\n${renderTable(tables.at(-1)!)}\n`);
  };
  if (isPart('engine')) {
    const setting = { documents: options.engineDocuments, queriesOfEachKind: options.queries, seed: context.seed };
    const start = (checkout: string) => {
      const own: EngineSetting = { ...setting, checkout, corpus: resolve(options.corpus) };
      return startWorker('engine-worker.ts', own);
    };
    keep('Engine, in process', await measureInTurns({ ...turns, start }));
  }
  if (isPart('indexing')) {
    const start = (checkout: string) => {
      const own: IndexingSetting = { checkout, documents: options.indexedDocuments, seed: context.seed };
      return startWorker('indexing-worker.ts', own);
    };
    keep('Indexing, in process, a document', await measureInTurns({ ...turns, start }));
  }
  if (isPart('search') || isPart('shards')) {
    const parent = mkdtempSync(join(tmpdir(), 'sheaf-beside-'));
    try {
      const setting = await makeSetting(context, options, random, (checkout) =>
        join(parent, checkout === base ? 'base' : 'head'),
      );
      for (const checkout of new Set([base, head])) await fillService(context, setting, checkout);
      const start = (checkout: string) => startService(context, setting, checkout);
      keep('Service, over HTTP', await measureInTurns({ ...turns, start }));
    } finally {
      rmSync(parent, { recursive: true, force: true });
    }
  }
  return {
    parameters: {
      base: base.split('/').at(-1)!,
      queries: options.queries,
      'rounds of a start': options.roundsOfStart,
      seed: context.seed,
    },
    tables,
    notes: [
      'CPU of a query or document: of the root, the leaves and the log together, or of the process of the engine or of indexing, all their threads. A ratio above 1 means that this checkout takes more.',
      'Both checkouts run at the same time and are asked the same queries, one class after the other by both in an order that is drawn; after some rounds both are started anew, with the same data.',
      'The interval is that of the median of the ratios at 95 %, by order statistics.',
    ],
  };
}

async function makeSetting(
  context: BenchContext,
  options: BesideOptions,
  random: Random,
  folderOf: ServiceSetting['folderOf'],
): Promise<ServiceSetting> {
  const corpus = await readCorpus(context.documents);
  const words = createWordSource(
    corpus.map((synset) => synset.definition),
    random,
  );
  const mix = makeQueries(words, random, options.queries);
  const part = mix.slice(0, Math.min(mix.length, 2 * options.queries));
  const classes: ServiceClass[] = [];
  const searched = indexOf(shardsOfSearch);
  if (options.parts.includes('search')) {
    for (const kind of kindNames) {
      const queries = mix.filter((query: BenchQuery) => query.kind === kind);
      classes.push({ name: kind, index: searched, clients: 1, queries });
    }
    classes.push({ name: `the mix, ${manyClients} clients`, index: searched, clients: manyClients, queries: part });
  }
  const shards = options.parts.includes('shards') ? shardCounts : [shardsOfSearch];
  if (options.parts.includes('shards')) {
    for (const count of shards) {
      classes.push({ name: `the mix, shards ${count}`, index: indexOf(count), clients: 1, queries: part });
    }
  }
  return { corpus, leaves: options.leaves, shards, classes, warmUpRounds, folderOf };
}

function tableOf(title: string, ratios: readonly ClassRatio[]): Table {
  return {
    title,
    columns: ['class', 'rounds', 'base µs', 'this µs', 'ratio', 'from', 'to'],
    rows: ratios.map(({ name, rounds, baseUs, headUs, median, low, high }): Cell[] => {
      return [name, rounds, baseUs, headUs, ...[median, low, high].map((ratio) => ratio.toFixed(3))];
    }),
  };
}
