/** What aggregations cost over HTTP, by number of shards: a service of one leaf beside OpenSearch with as many shards. */
import type { Random } from '../../shared/random/random.ts';
import { createRandom } from '../../shared/random/random.ts';
import type { Cluster } from '../../tests/cluster/start.ts';
import { medianInterval } from '../beside/median-interval.ts';
import type { BenchContext } from '../context.ts';
import { OpenSearch } from '../peers/opensearch.ts';
import type { Cell, Table } from '../report/table.ts';
import { BenchClient } from '../service/bench-client.ts';
import { others, readCpuTimes, serviceOnly, sumOf } from '../service/cpu-time.ts';
import { untilQuiet } from '../service/until-quiet.ts';
import { withCluster } from '../service/with-cluster.ts';
import type { AggregateClass, AnswerRow, Result } from './classes.ts';
import { flightSchema, type Flight } from './flights.ts';
import { differenceOf } from './same-answers.ts';

export interface OverHttpOptions {
  /** Numbers of shards, one after the other. */
  readonly shards: readonly number[];
  /** Turns of each class. */
  readonly httpRounds: number;
  /** Milliseconds that a turn takes at least. The kernel counts CPU in ticks of 10 ms. */
  readonly httpTurnMs: number;
}

interface Contestant {
  readonly name: string;
  readonly ask: (asked: AggregateClass) => Promise<string>;
  /** Milliseconds that all its processes have used. */
  readonly cpuMs: () => number;
}

interface Turn {
  readonly cpuMs: number;
  readonly tookMs: number;
}

interface Row {
  readonly shards: number;
  readonly asked: AggregateClass;
  /** CPU and time of a query, by name. */
  readonly found: ReadonlyMap<string, Turn>;
  /** Where the peer answers otherwise, as it may where shards send only their first terms. */
  readonly differs: boolean;
}

const sheafName = 'Sheaf';
const peerName = 'OpenSearch';
const linesOfBody = 5000;
const quietShare = 0.05;

/** @returns a table, and how much of a core the rest of the machine used meanwhile */
export async function benchOverHttp(
  context: BenchContext,
  options: OverHttpOptions,
  { flights, classes }: { readonly flights: readonly Flight[]; readonly classes: readonly AggregateClass[] },
): Promise<{ readonly table: Table; readonly othersCores: number }> {
  const openSearch = await OpenSearch.start();
  const rows: Row[] = [];
  const busy = { ms: 0, othersMs: 0 };
  try {
    for (const shards of options.shards) {
      const { result } = await withCluster({ leaves: 1, profile: false }, async (cluster, begin) => {
        begin();
        return await measureShards(context, { cluster, openSearch, shards, options, flights, classes, busy });
      });
      rows.push(...result);
    }
  } finally {
    await openSearch?.stop();
  }
  return { table: tableOf(rows, openSearch !== null), othersCores: busy.othersMs / Math.max(1, busy.ms) };
}

interface Measuring {
  readonly cluster: Cluster;
  readonly openSearch: OpenSearch | null;
  readonly shards: number;
  readonly options: OverHttpOptions;
  readonly flights: readonly Flight[];
  readonly classes: readonly AggregateClass[];
  readonly busy: { ms: number; othersMs: number };
}

async function measureShards(context: BenchContext, measuring: Measuring): Promise<Row[]> {
  const { cluster, openSearch, shards, options, classes, busy } = measuring;
  const random = createRandom(context.seed);
  const client = new BenchClient(cluster.url, 4);
  const index = `flights-${shards}`;
  try {
    await fill(context, measuring, client, index);
    context.progress(`aggregate, ${shards} shards: waiting until the leaf has merged what it had to`);
    if (!(await untilQuiet(cluster, quietShare)))
      throw new Error('the service is still busy three minutes after the load');
    const contestants: Contestant[] = [
      {
        name: sheafName,
        ask: ({ body }) => client.ask('POST', `/v1/indexes/${index}/search`, bodyOf(body, { timeout: '30s' })),
        cpuMs: () => sumOf(serviceOnly(readCpuTimes(cluster)), ''),
      },
    ];
    if (openSearch !== null) {
      contestants.push({
        name: peerName,
        ask: ({ body }) => openSearch.search(index, bodyOf(body, {})),
        cpuMs: () => sumOf(serviceOnly(readCpuTimes({ pids: () => ({ [peerName]: openSearch.pid }) })), ''),
      });
    }
    const rows: Row[] = [];
    const all = { pids: () => ({ ...cluster.pids(), ...(openSearch === null ? {} : { [peerName]: openSearch.pid }) }) };
    for (const asked of classes) {
      context.progress(`aggregate, ${shards} shards: ${asked.name}`);
      const [beganAt, before] = [context.clock.now(), readCpuTimes(all)];
      rows.push({ shards, asked, ...(await measureClass(context, { asked, contestants, options, random })) });
      busy.ms += context.clock.now() - beganAt;
      busy.othersMs += readCpuTimes(all)[others]! - before[others]!;
    }
    return rows;
  } finally {
    await client.close();
  }
}

function bodyOf(body: AggregateClass['body'], more: object): string {
  return JSON.stringify({ size: 0, track_total_hits: false, ...body, ...more });
}

async function fill(
  { progress }: BenchContext,
  { openSearch, shards, flights }: Measuring,
  client: BenchClient,
  index: string,
): Promise<void> {
  await client.ask('PUT', `/v1/indexes/${index}`, JSON.stringify({ schema: flightSchema, shards, replicas: 1 }));
  await openSearch?.create(index, shards, flightSchema);
  for (let start = 0; start < flights.length; start += linesOfBody) {
    if (start % 100_000 === 0) progress(`aggregate, ${shards} shards: ${start.toLocaleString('en-US')} documents`);
    const lines = flights.slice(start, start + linesOfBody).map((flight) => JSON.stringify(flight));
    const path = `/v1/indexes/${index}/documents`;
    const sent = client.ask('POST', path, `${lines.join('\n')}\n`, 'application/x-ndjson');
    await Promise.all([sent, openSearch?.write(index, lines)]);
  }
  await openSearch?.settle(index);
}

interface MeasuringClass {
  readonly asked: AggregateClass;
  readonly contestants: readonly Contestant[];
  readonly options: OverHttpOptions;
  readonly random: Random;
}

async function measureClass(
  { clock }: BenchContext,
  { asked, contestants, options, random }: MeasuringClass,
): Promise<Pick<Row, 'found' | 'differs'>> {
  const answers: AnswerRow[][] = [];
  const queries = new Map<string, number>();
  for (const { name, ask } of contestants) {
    answers.push(rowsOf(asked, await ask(asked)));
    // Some more for what is compiled while it runs.
    const beganAt = clock.now();
    for (let i = 0; i < 3; i++) await ask(asked);
    queries.set(name, Math.max(1, Math.ceil(options.httpTurnMs / ((clock.now() - beganAt) / 3))));
  }
  const turns = new Map(contestants.map(({ name }) => [name, [] as Turn[]]));
  for (let round = 0; round < options.httpRounds; round++) {
    for (const { name, ask, cpuMs } of random.shuffle([...contestants])) {
      const count = queries.get(name)!;
      const [beganAt, before] = [clock.now(), cpuMs()];
      for (let i = 0; i < count; i++) await ask(asked);
      turns.get(name)!.push({ cpuMs: (cpuMs() - before) / count, tookMs: (clock.now() - beganAt) / count });
    }
  }
  const [own, other] = answers;
  return {
    found: new Map([...turns].map(([name, all]) => [name, medianOf(all)])),
    differs: other !== undefined && differenceOf(other, own!, asked.tolerance) !== null,
  };
}

function rowsOf(asked: AggregateClass, text: string): AnswerRow[] {
  const { aggregations } = JSON.parse(text) as { readonly aggregations: Readonly<Record<string, Result>> };
  return asked.rows(aggregations);
}

function medianOf(turns: readonly Turn[]): Turn {
  const median = (of: (turn: Turn) => number): number => medianInterval(turns.map(of)).median;
  return { cpuMs: median(({ cpuMs }) => cpuMs), tookMs: median(({ tookMs }) => tookMs) };
}

function tableOf(rows: readonly Row[], hasPeer: boolean): Table {
  const own = ['Sheaf CPU ms', 'Sheaf ms'];
  return {
    title: 'One aggregation over HTTP: CPU of all processes, and time (× is how many times as much CPU the peer takes)',
    columns: ['shards', 'class', ...own, ...(hasPeer ? ['OpenSearch CPU ms', 'OpenSearch ms', '×', 'answers'] : [])],
    rows: rows.map(({ shards, asked, found, differs }): Cell[] => {
      const [sheaf, peer] = [found.get(sheafName)!, found.get(peerName)];
      const cells = [shards, asked.name, sheaf.cpuMs, sheaf.tookMs];
      if (peer === undefined) return cells;
      return [...cells, peer.cpuMs, peer.tookMs, peer.cpuMs / sheaf.cpuMs, differs ? 'differ' : 'alike'];
    }),
  };
}
