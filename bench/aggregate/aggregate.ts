/** What aggregations cost in a leaf's engine on one core, beside databases that are asked the same. */
import { resolve } from 'node:path';
import { createRandom, type Random } from '../../shared/random/random.ts';
import { medianInterval } from '../beside/median-interval.ts';
import type { BenchContext } from '../context.ts';
import { duckDbInstall, openDuckDb } from '../peers/duckdb.ts';
import type { Peer, PeerTable } from '../peers/peer.ts';
import { openSqlite } from '../peers/sqlite.ts';
import type { Findings } from '../report/report.ts';
import type { Cell, Table } from '../report/table.ts';
import { aggregateClasses, type AggregateClass, type AnswerRow } from './classes.ts';
import { inventFlights, readFlights, repeatFlights, type Flight } from './flights.ts';
import { benchOverHttp, type OverHttpOptions } from './over-http.ts';
import { profiled } from './profiled.ts';
import { differenceOf } from './same-answers.ts';
import { SheafFlights } from './sheaf.ts';

export interface AggregateOptions extends OverHttpOptions {
  /** Gzipped lines of JSON, as the data of nycflights13. */
  readonly data: string;
  /** Turns of each class. */
  readonly rounds: number;
  /** CPU milliseconds that one takes at least, in as many queries as that needs. */
  readonly turnMs: number;
  readonly segments: number;
  /** Classes whose names begin so; all where it is empty. */
  readonly only: readonly string[];
  readonly peers: boolean;
  readonly parts: readonly string[];
}

/** In this process, and as a service. */
export const aggregateParts = ['engine', 'http'] as const;

/** One engine asked for one class. */
interface Contestant {
  readonly name: string;
  /** Returns what it answered. */
  readonly ask: () => AnswerRow[] | Promise<AnswerRow[]>;
}

/** CPU milliseconds a query, by turn. */
type Turns = Map<string, number[]>;

const sheafName = 'Sheaf';

export async function benchAggregate(context: BenchContext, options: AggregateOptions): Promise<Findings> {
  const random = createRandom(context.seed);
  const classes = aggregateClasses.filter(
    ({ name }) => options.only.length === 0 || options.only.some((start) => name.startsWith(start)),
  );
  const path = resolve(options.data);
  const originals = readFlights(path);
  if (originals === null) process.stderr.write(`\n*** ${path} is missing: the rows are invented ***\n\n`);
  const flights =
    originals === null ? inventFlights(context.documents, random) : repeatFlights(originals, context.documents, random);
  const parameters = {
    rows: flights.length,
    data: originals === null ? 'invented' : `nycflights13 (${originals.length}), repeated with varied values`,
    segments: options.segments,
    rounds: options.rounds,
    seed: context.seed,
  };
  if (context.profile) {
    const sheaf = new SheafFlights(flights, options.segments);
    return { parameters, tables: await profileTables(classes, sheaf, options), notes: [] };
  }
  const tables: Table[] = [];
  const notes: string[] = [];
  if (options.parts.includes('engine')) {
    tables.push(await benchEngine(context, { flights, classes, random, options }));
    notes.push(...notesOfEngine);
  }
  if (options.parts.includes('http')) {
    const { table, othersCores } = await benchOverHttp(context, options, { flights, classes });
    tables.push(table);
    notes.push(...notesOfHttp, `Beside the HTTP part the rest of the machine used ${othersCores.toFixed(2)} cores.`);
  }
  return { parameters: { ...parameters, ...httpParameters(options) }, tables, notes };
}

function httpParameters({ parts, shards, httpRounds }: AggregateOptions): Findings['parameters'] {
  return parts.includes('http') ? { 'shards over HTTP': shards.join(', '), 'rounds over HTTP': httpRounds } : {};
}

interface EngineBench {
  readonly flights: readonly Flight[];
  readonly classes: readonly AggregateClass[];
  readonly random: Random;
  readonly options: AggregateOptions;
}

async function benchEngine(context: BenchContext, { flights, classes, random, options }: EngineBench): Promise<Table> {
  context.progress('aggregate: indexing');
  const sheaf = new SheafFlights(flights, options.segments);
  const peers = options.peers ? await openPeers(context, flights) : [];
  try {
    const measured = new Map<AggregateClass, Turns>();
    for (const asked of classes) {
      context.progress(`aggregate: ${asked.name}`);
      measured.set(asked, await measureClass({ asked, sheaf, peers, random, options }));
    }
    return tableOf(measured, peers);
  } finally {
    for (const peer of peers) peer.close();
  }
}

const notesOfEngine = [
  'CPU of the whole process, its threads and garbage collection included; medians of turns, each of as many queries as it needs. The engines take turns, in an order that is drawn.',
  'Every answer was compared with that of Sheaf before it was measured: the same rows and counts, means and sums but for rounding; of distinct values, which Sheaf estimates and peers count, within 5 %.',
  "Sheaf: a leaf's task over one shard, and the result that the root makes of it; neither HTTP nor JSON. SQLite: Node's own, in memory, without an index. DuckDB: in memory, one thread.",
];

const notesOfHttp = [
  'Over HTTP: one leaf, one client that asks one query after the other; the same body to both, with as many shards, in turns whose order is drawn. CPU is that of all processes (root, leaf and log; the one of OpenSearch), in ticks of 10 ms. OpenSearch has a heap of 1 GB, no cache of answers and one segment a shard.',
  'Answers that differ: of several shards OpenSearch counts only the first terms of each, and of percentiles and distinct values both estimate.',
];

async function openPeers({ progress }: BenchContext, flights: readonly Flight[]): Promise<Peer[]> {
  const table = tableOfFlights(flights);
  progress('aggregate: filling SQLite');
  const peers = [openSqlite(table)];
  progress('aggregate: filling DuckDB');
  const duckDb = await openDuckDb(table);
  if (duckDb === null) process.stderr.write(`\n*** DuckDB is left out; to have it: ${duckDbInstall} ***\n\n`);
  else peers.push(duckDb);
  return peers;
}

function tableOfFlights(flights: readonly Flight[]): PeerTable {
  return {
    name: 'flights',
    columns: [
      { name: 'carrier', type: 'VARCHAR' },
      { name: 'tailnum', type: 'VARCHAR' },
      { name: 'booking', type: 'VARCHAR' },
      { name: 'departed_at', type: 'BIGINT' },
      { name: 'flight', type: 'INTEGER' },
      { name: 'distance', type: 'INTEGER' },
      { name: 'dep_delay', type: 'INTEGER' },
    ],
    rows: flights.map(({ carrier, tailnum, booking, departed_at, flight, distance, dep_delay }) => {
      return [carrier, tailnum ?? null, booking, departed_at, flight, distance, dep_delay ?? null];
    }),
  };
}

interface Measuring {
  readonly asked: AggregateClass;
  readonly sheaf: SheafFlights;
  readonly peers: readonly Peer[];
  readonly random: Random;
  readonly options: AggregateOptions;
}

/** @throws Error when the engines do not answer alike */
async function measureClass({ asked, sheaf, peers, random, options }: Measuring): Promise<Turns> {
  const contestants: Contestant[] = [{ name: sheafName, ask: () => sheaf.ask(asked) }];
  for (const peer of peers) {
    const own = asked.sqlOf?.[peer.name];
    if (own !== null) contestants.push({ name: peer.name, ask: await peer.prepare(own ?? asked.sql) });
  }
  const own = sheaf.ask(asked);
  const queries = new Map<string, number>();
  for (const { name, ask } of contestants) {
    const difference = differenceOf(await ask(), own, asked.tolerance);
    if (difference !== null) throw new Error(`${asked.name}: Sheaf answers otherwise than ${name}: ${difference}`);
    // Once more for V8 to compile what it will.
    const once = await cpuMs(ask, 2);
    queries.set(name, Math.max(1, Math.ceil(options.turnMs / once)));
  }
  const turns: Turns = new Map(contestants.map(({ name }) => [name, []]));
  for (let round = 0; round < options.rounds; round++) {
    for (const { name, ask } of random.shuffle(contestants)) {
      turns.get(name)!.push(await cpuMs(ask, queries.get(name)!));
    }
  }
  return turns;
}

/** CPU milliseconds of one of so many queries. */
async function cpuMs(ask: Contestant['ask'], count: number): Promise<number> {
  const before = process.cpuUsage();
  for (let i = 0; i < count; i++) await ask();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / count;
}

function tableOf(measured: ReadonlyMap<AggregateClass, Turns>, peers: readonly Peer[]): Table {
  const names = [sheafName, ...peers.map(({ name }) => name)];
  return {
    title: 'CPU of one aggregation (× is how many times as much the peer takes)',
    columns: ['class', ...names.map((name) => `${name} ms`), ...peers.map(({ name }) => `${name} ×`)],
    rows: [...measured].map(([{ name }, turns]) => {
      const [own = NaN, ...others] = names.map((engine) => {
        const all = turns.get(engine);
        return all === undefined ? null : medianInterval(all).median;
      });
      const cells = others.map((other): Cell => other ?? '–');
      return [name, own!, ...cells, ...others.map((other): Cell => (other === null ? '–' : other / own!))];
    }),
  };
}

/** The busiest functions of each class, of Sheaf alone. */
async function profileTables(
  classes: readonly AggregateClass[],
  sheaf: SheafFlights,
  { turnMs, rounds }: AggregateOptions,
): Promise<Table[]> {
  const tables: Table[] = [];
  for (const asked of classes) {
    const queries = Math.ceil((turnMs * rounds) / (await cpuMs(() => sheaf.ask(asked), 2)));
    tables.push(
      await profiled(asked.name, () => {
        for (let i = 0; i < queries; i++) sheaf.ask(asked);
      }),
    );
  }
  return tables;
}
