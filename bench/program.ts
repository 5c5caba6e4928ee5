/** The command line of the benchmarks. */
import { fileURLToPath } from 'node:url';
import { Command, InvalidArgumentError, Option } from 'commander';
import { synsetCount } from '../command/demo/wordnet.ts';
import { aggregateParts, benchAggregate, type AggregateOptions } from './aggregate/aggregate.ts';
import { benchBeside, partNames, type BesideOptions } from './beside/beside.ts';
import type { BenchContext } from './context.ts';
import { benchCopy } from './copy/copy.ts';
import { benchDays, type DaysOptions } from './days/days.ts';
import { benchEngine, engineParts, type EngineOptions } from './engine/engine.ts';
import { benchIncrement, type IncrementOptions } from './increment/increment.ts';
import { benchIndexes, type IndexesOptions } from './indexes/indexes.ts';
import { benchJobs, type JobsOptions } from './jobs/jobs.ts';
import { benchKernels, type KernelsOptions } from './kernels/kernels.ts';
import { benchLoad } from './load/load.ts';
import { benchLog, type LogOptions } from './log/log.ts';
import { corpusNames } from './peers/corpora.ts';
import { benchPeers, type PeersOptions } from './peers/peers.ts';
import { benchRelevance, type RelevanceOptions } from './relevance/relevance.ts';
import type { Findings } from './report/report.ts';
import { benchSearch } from './search/search.ts';
import { benchShards } from './shards/shards.ts';
import { benchSpread, type SpreadOptions } from './spread/spread.ts';
import { benchSteady, type SteadyOptions } from './steady/steady.ts';
import { benchStragglers } from './stragglers/stragglers.ts';
import { benchTail, scenarioNames } from './tail/tail.ts';
import { benchTerms } from './terms/terms.ts';
import { benchTimers } from './timers/timers.ts';

/** Beside the repository, where data to measure with is handed over. */
const dataPath = (name: string): string => fileURLToPath(new URL(`../../shared/data/${name}`, import.meta.url));
const papersPath = dataPath('arxiv-sample.jsonl.gz');
const flightsPath = dataPath('nycflights13.jsonl.gz');
const cranfieldPath = dataPath('ir-cranfield.tar.gz');

/** More than any corpus has. */
const everyDocument = 1_000_000;

/** What all benchmarks can be told. */
export interface Shared {
  readonly documents: number;
  readonly seed: number;
  readonly profile: boolean;
  /** False: only print. */
  readonly save: boolean;
  /** A document whose part between the markers of the benchmark is to be replaced. */
  readonly readme?: string | true;
}

/** Runs a benchmark and shows and keeps what it finds. */
export type Run = (
  name: string,
  shared: Shared,
  measure: (context: BenchContext) => Promise<Findings>,
) => Promise<void>;

export function createProgram(run: Run): Command {
  const program = new Command('bench')
    .description(
      'Benchmarks: of a real service, which is `sheaf up` on free ports with a temporary data folder, and of its engine.',
    )
    .configureHelp({ helpWidth: 120 })
    .showHelpAfterError('(npm run bench -- --help shows what there is)');

  add(program, 'load', 'how fast documents become searchable')
    .addOption(numbers('--leaves <numbers>', 'leaves of each service', [1, 2]))
    .addOption(number('--shards <number>', 'shards of the index', 16))
    .addOption(number('--rounds <number>', 'how often to measure each', 2))
    .action((options: Shared & { leaves: number[]; shards: number; rounds: number }) => {
      return run('load', options, (context) => benchLoad(context, options));
    });

  add(program, 'search', 'how fast queries are answered')
    .addOption(number('--leaves <number>', 'leaves of the service', 2))
    .addOption(number('--shards <number>', 'shards of the index', 16))
    .addOption(numbers('--clients <numbers>', 'how many ask at once', [1, 16]))
    .addOption(number('--queries <number>', 'queries of each kind', 500))
    .action((options: Shared & { leaves: number; shards: number; clients: number[]; queries: number }) => {
      return run('search', options, (context) =>
        benchSearch(context, { ...options, queriesOfEachKind: options.queries }),
      );
    });

  add(program, 'shards', 'what the number of shards costs')
    .addOption(number('--leaves <number>', 'leaves of the service', 2))
    .addOption(numbers('--shards <numbers>', 'shards of the indexes', [1, 4, 16, 64]))
    .addOption(number('--rounds <number>', 'how often the indexes take their turn, each time with other queries', 20))
    .addOption(number('--queries <number>', 'queries of each kind a round', 20))
    .action((options: Shared & { leaves: number; shards: number[]; rounds: number; queries: number }) => {
      return run('shards', options, (context) =>
        benchShards(context, { ...options, queriesOfEachKind: options.queries }),
      );
    });

  add(
    program,
    'indexes',
    'what it costs to create an index where there are many, to have them, and to start a leaf that has them',
  )
    .addOption(number('--leaves <number>', 'leaves of the service', 2))
    .addOption(number('--count <number>', 'indexes of one shard and one replica', 10_000))
    .addOption(number('--clients <number>', 'how many are created at a time', 16))
    .addOption(number('--idle-seconds <number>', 'how long the service is looked at while nothing is asked', 30))
    .action((options: Shared & IndexesOptions) => run('indexes', options, (context) => benchIndexes(context, options)));

  add(program, 'jobs', 'what a reindex that goes on costs searches')
    .addOption(number('--leaves <number>', 'leaves of the service', 2))
    .addOption(number('--shards <number>', 'shards of the index', 4))
    .addOption(number('--rounds <number>', 'how often each is measured, in turns', 5))
    .addOption(number('--queries <number>', 'queries of each kind in a part of a round', 200))
    .action((options: Shared & JobsOptions) => run('jobs', options, (context) => benchJobs(context, options)));
  add(program, 'days', 'what a search of many daily indexes costs, with and without skipping shards')
    .addOption(number('--leaves <number>', 'leaves of the service', 2))
    .addOption(number('--days <number>', 'indexes of one shard and one replica', 365))
    .addOption(number('--each <number>', 'documents of a day', 50))
    .addOption(number('--queries <number>', 'searches of each kind', 40))
    .action((options: Shared & DaysOptions) => run('days', options, (context) => benchDays(context, options)));

  add(program, 'engine', "how fast a leaf's engine answers, in process, beside other engines", 100_000)
    .addOption(new Option('--corpus <file>', 'gzipped lines of JSON').default(papersPath))
    .addOption(number('--queries <number>', 'queries of each kind', 1000))
    .addOption(number('--seconds <number>', 'time for one kind and engine, at most about', 10))
    .addOption(number('--mini-search-max <number>', 'documents beyond which MiniSearch is left out', 200_000))
    .addOption(
      new Option('--only <names>', 'beside Sheaf, by first letters, parted by commas').argParser(names).default([]),
    )
    .addOption(choices('--parts <names>', 'what to measure', engineParts))
    .addOption(number('--rounds <number>', 'turns of each kind beside Tantivy', 5))
    .action((options: Shared & EngineOptions) => run('engine', options, (context) => benchEngine(context, options)));

  add(program, 'aggregate', "what aggregations cost in a leaf's engine and over HTTP, beside databases", 1_010_328)
    .addOption(new Option('--data <file>', 'gzipped lines of JSON, as those of nycflights13').default(flightsPath))
    .addOption(number('--rounds <number>', 'turns of each class', 15))
    .addOption(number('--turn-ms <number>', 'CPU milliseconds of a turn, at least', 30))
    .addOption(number('--segments <number>', 'of the shard', 4))
    .addOption(
      new Option('--only <names>', 'classes by how their names begin, parted by commas').argParser(names).default([]),
    )
    .addOption(new Option('--no-peers', 'Sheaf alone, in the engine'))
    .addOption(choices('--parts <names>', 'what to measure', aggregateParts))
    .addOption(numbers('--shards <numbers>', 'shards over HTTP', [1, 4, 16]))
    .addOption(number('--http-rounds <number>', 'turns of each class over HTTP', 5))
    .addOption(number('--http-turn-ms <number>', 'milliseconds of a turn over HTTP, at least', 300))
    .action((options: Shared & AggregateOptions) => {
      return run('aggregate', options, (context) => benchAggregate(context, options));
    });

  add(program, 'peers', 'what a query costs beside OpenSearch, class by class', everyDocument)
    .addOption(choices('--corpus <names>', 'what to fill in', corpusNames))
    .addOption(
      new Option('--classes <names>', 'classes by how their names begin, with or without the corpus, parted by commas')
        .argParser(names)
        .default([]),
    )
    .addOption(number('--rounds <number>', 'turns of each class', 5))
    .addOption(number('--turn-ms <number>', 'CPU milliseconds of a turn of the cheapest, about', 300))
    .addOption(number('--warm-up <number>', 'queries of each class and contestant before', 400))
    .addOption(new Option('--papers <file>', 'gzipped lines of JSON').default(papersPath))
    .addOption(new Option('--flights <file>', 'gzipped lines of JSON').default(flightsPath))
    .action((options: Shared & PeersOptions) => run('peers', options, (context) => benchPeers(context, options)));

  add(program, 'beside', 'what a change costs: the CPU of a query beside that of another checkout, in turns')
    .addOption(new Option('--base <folder>', 'the other checkout, its packages installed').makeOptionMandatory())
    .addOption(choices('--parts <names>', 'what to measure', partNames))
    .addOption(number('--queries <number>', 'queries of a class in a turn', 200))
    .addOption(number('--rounds <number>', 'turns of each class, at least', 20))
    .addOption(number('--rounds-max <number>', 'turns while an interval is wider than 3 % to a side', 60))
    .addOption(number('--rounds-of-start <number>', 'turns after which both are started anew', 4))
    .addOption(number('--leaves <number>', 'leaves of the service', 2))
    .addOption(number('--engine-documents <number>', 'documents of the engine', 100_000))
    .addOption(number('--indexed-documents <number>', 'documents that are indexed in one turn', 10_000))
    .addOption(new Option('--corpus <file>', 'of the engine, gzipped lines of JSON').default(papersPath))
    .action((options: Shared & BesideOptions) => run('beside', options, (context) => benchBeside(context, options)));

  add(program, 'kernels', 'whether WebAssembly SIMD would make innermost loops and queries faster', 100_000)
    .addOption(new Option('--corpus <file>', 'gzipped lines of JSON').default(papersPath))
    .addOption(number('--queries <number>', 'queries of each kind', 1000))
    .action((options: Shared & KernelsOptions) => run('kernels', options, (context) => benchKernels(context, options)));

  add(program, 'steady', 'whether searches of a leaf stay fast beside indexing and beside a heavy aggregation', 200_000)
    .addOption(new Option('--corpus <file>', 'gzipped lines of JSON').default(papersPath))
    .addOption(number('--shards <number>', 'shards of the leaf', 4))
    .addOption(number('--rate <number>', 'light queries a second, sent whether or not others are answered', 100))
    .addOption(number('--seconds <number>', 'of each part', 15))
    .addOption(number('--writes <number>', 'documents a second that are indexed', 5000))
    .action((options: Shared & SteadyOptions) => run('steady', options, (context) => benchSteady(context, options)));

  add(
    program,
    'relevance',
    'how well answers rank, by examples of WordNet and by the Cranfield collection where it is there',
  )
    .addOption(new Option('--collection <file>', 'archive of the Cranfield collection').default(cranfieldPath))
    .addOption(new Option('--k1 <number>', 'of BM25').default(0.9).argParser(Number))
    .addOption(new Option('--b <number>', 'of BM25').default(0.4).argParser(Number))
    .action((options: Shared & RelevanceOptions) => {
      return run('relevance', options, (context) => benchRelevance(context, options));
    });

  add(program, 'term', 'where a term index wins and where it loses')
    .addOption(numbers('--leaves <numbers>', 'leaves of each service', [2, 4, 8]))
    .addOption(number('--shards <number>', 'shards of the indexes', 16))
    .addOption(number('--queries <number>', 'queries of each kind, half of them to warm up', 800))
    .action((options: Shared & { leaves: number[]; shards: number; queries: number }) => {
      return run('term', options, (context) => benchTerms(context, { ...options, queriesOfEachKind: options.queries }));
    });

  add(program, 'tail', 'what slow, frozen and overloaded leaves cost')
    .addOption(
      number('--queries <number>', 'queries of each run with pauses; the other runs ask a part of it', 100_000),
    )
    .addOption(number('--rate <number>', 'queries a second, sent whether or not others are answered', 200))
    .addOption(choices('--scenarios <names>', 'which to run', scenarioNames))
    .action((options: Shared & { queries: number; rate: number; scenarios: string[] }) => {
      return run('tail', options, (context) => benchTail(context, options));
    });

  add(program, 'spread', 'what it is worth to share one heavy query among leaves')
    .addOption(number('--leaves <number>', 'leaves of the service, each with a replica of every shard', 2))
    .addOption(number('--shards <number>', 'shards of the index', 16))
    .addOption(number('--queries <number>', 'queries of each way', 200))
    .addOption(number('--copies <number>', 'how often the index holds each document', 4))
    .action((options: Shared & SpreadOptions) => {
      return run('spread', options, (context) => benchSpread(context, options));
    });

  add(program, 'copy', 'how fast a leaf gets its segments from another, and from object storage', 16_384)
    .addOption(number('--shards <number>', 'shards of the index', 4))
    .addOption(number('--rounds <number>', 'how often to measure', 1))
    .action((options: Shared & { shards: number; rounds: number }) => {
      return run('copy', options, (context) => benchCopy(context, options));
    });

  add(program, 'log', 'what an append costs on SQLite and on Kafka')
    .addOption(number('--seconds <number>', 'of each run', 3))
    .addOption(number('--rounds <number>', 'how often each is measured, in turns', 3))
    .addOption(number('--flights <number>', 'appends on their way at once, where it is not one', 16))
    .addOption(numbers('--brokers <numbers>', 'brokers of Kafka, for each time that it is measured', [1, 3]))
    .action((options: Shared & LogOptions) => run('log', options, (context) => benchLog(context, options)));

  add(program, 'increment', 'how many increments a second are taken, beside empty POSTs')
    .addOption(number('--leaves <number>', 'leaves of the service', 1))
    .addOption(number('--shards <number>', 'shards of the index', 4))
    .addOption(numbers('--connections <numbers>', 'connections, each with one request at a time', [64, 256]))
    .addOption(number('--names <number>', 'different names that are counted', 10_000))
    .addOption(number('--seconds <number>', 'of each run', 5))
    .addOption(number('--rounds <number>', 'how often each is measured, in turns', 3))
    .action((options: Shared & IncrementOptions) => {
      return run('increment', options, (context) => benchIncrement(context, options));
    });

  add(program, 'stragglers', 'what hedging makes of slow leaves, simulated with the scatter of the service')
    .addOption(number('--queries <number>', 'queries of each run', 10_000))
    .action((options: Shared & { queries: number }) => {
      return run('stragglers', options, (context) => benchStragglers(context, options));
    });

  add(program, 'timers', 'what a timer costs, by the wheel and by setTimeout')
    .addOption(number('--timers <number>', 'timers set and cancelled', 200_000))
    .action((options: Shared & { timers: number }) => {
      return run('timers', options, (context) => benchTimers(context, options));
    });

  return program;
}

function names(text: string): string[] {
  return text.split(',').filter((name) => name !== '');
}

/** @param documents how many there are unless told otherwise; all of WordNet if it does not matter */
function add(program: Command, name: string, summary: string, documents: number = synsetCount): Command {
  return program
    .command(name)
    .description(summary)
    .addOption(number('--documents <number>', 'documents to use, fewer for a quick look', documents))
    .addOption(number('--seed <number>', 'seed of what is drawn at random', 1))
    .option('--profile', 'show the busiest functions of every thread; slower, so nothing is saved', false)
    .option('--no-save', 'print only; without it NAME.json and NAME.md are written to bench/results')
    .option('--readme [file]', `replace the part between <!-- ${name}:begin --> and <!-- ${name}:end --> of README.md`);
}

function number(flags: string, about: string, preset: number): Option {
  return new Option(flags, about).default(preset).argParser(parsePositive);
}

function numbers(flags: string, about: string, preset: readonly number[]): Option {
  const parse = (text: string): number[] => text.split(',').map(parsePositive);
  return new Option(flags, `${about}, parted by commas`).default(preset, preset.join(',')).argParser(parse);
}

function choices(flags: string, about: string, allowed: readonly string[]): Option {
  const parse = (text: string): string[] => {
    const chosen = text.split(',');
    const unknown = chosen.find((name) => !allowed.includes(name));
    if (unknown !== undefined)
      throw new InvalidArgumentError(`There is no ${unknown}; there are ${allowed.join(', ')}.`);
    return chosen;
  };
  return new Option(flags, `${about}, parted by commas`).default(allowed, allowed.join(',')).argParser(parse);
}

function parsePositive(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('It must be a whole number from 1.');
  return value;
}
