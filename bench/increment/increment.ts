/**
 * How many single increments a second a root takes, durable when they are answered, beside what the same fastify answers to
 * empty POSTs; and how long after its answer an increment can be seen.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Cluster } from '../../tests/cluster/start.ts';
import type { BenchContext } from '../context.ts';
import { summarize } from '../report/percentiles.ts';
import type { Findings } from '../report/report.ts';
import type { Table } from '../report/table.ts';
import { BenchClient } from '../service/bench-client.ts';
import { cpuSince, generator, others, readCpuTimes, sumOf, type CpuTimes } from '../service/cpu-time.ts';
import { withCluster } from '../service/with-cluster.ts';
import { runHttpLoad, type HttpLoadResult } from './http-load.ts';

export interface IncrementOptions {
  readonly leaves: number;
  readonly shards: number;
  /** Connections, each with one request at a time; each number is measured. */
  readonly connections: readonly number[];
  /** Different names that are counted. */
  readonly names: number;
  /** Of each run. */
  readonly seconds: number;
  /** How often each is measured, in turns. */
  readonly rounds: number;
}

type Kind = 'empty POSTs' | 'increments' | 'increments with a key';

interface Run extends HttpLoadResult {
  readonly kind: Kind;
  readonly connections: number;
  readonly cpu: CpuTimes;
}

const index = 'clicks';
const emptyServer = fileURLToPath(new URL('empty-server.ts', import.meta.url));
const form = 'content-type: application/x-www-form-urlencoded\r\n';
const probes = 60;

export async function benchIncrement(context: BenchContext, options: IncrementOptions): Promise<Findings> {
  const { leaves, shards, connections, names, seconds, rounds } = options;
  const { result, profiles } = await withCluster({ leaves, profile: context.profile }, async (cluster, begin) => {
    const client = new BenchClient(cluster.url);
    const schema = { dimensions: { name: { kind: 'keyword' } }, metrics: { n: { keep: ['sum'] } } };
    await client.ask('PUT', `/v1/indexes/${index}`, JSON.stringify({ kind: 'rollup', shards, schema }));
    const empty = await startEmpty(cluster.port + 5);
    try {
      const runs: Run[] = [];
      const measure = (kind: Kind, count: number, round: number): Promise<Run> =>
        runOnce(context, options, { cluster, kind, connections: count, round });
      const most = Math.max(...connections);
      for (const kind of kinds) await measure(kind, most, -1);
      begin();
      for (let round = 0; round < rounds; round++) {
        for (const count of connections) for (const kind of kinds) runs.push(await measure(kind, count, round));
      }
      const idle = await probeVisible(context, client, 'idle');
      const loading = measure('increments with a key', most, rounds);
      const busy = await probeVisible(context, client, 'busy');
      await loading;
      return { runs, idle, busy };
    } finally {
      empty.kill();
      await client.close();
    }
  });
  return {
    parameters: { leaves, shards, connections: connections.join(' '), names, seconds, rounds },
    tables: [
      ...connections.map((count) => rateTable(count, runsOf(result.runs, count))),
      visibleTable(result.idle, result.busy),
      ...connections.map((count) => cpuTable(count, runsOf(result.runs, count))),
      ...profiles,
    ],
    notes: [
      'An increment is a POST of `name=1` that is answered when the log has it on disk; with a key, the log remembers its Idempotency-Key in the same transaction.',
      'Empty POSTs go to a process with the fastify of the root and a route that does nothing, over as many connections, in turns with the others.',
      'The load generator, the root, the log and the leaf share the cores of one machine; `others` is what the rest of it used.',
      'Visible: from the answer of an increment to a name of its own until a search finds it; asked again at once.',
    ],
  };
}

function runsOf(runs: readonly Run[], connections: number): Run[] {
  return runs.filter((run) => run.connections === connections);
}

const kinds: readonly Kind[] = ['empty POSTs', 'increments', 'increments with a key'];

async function startEmpty(port: number): Promise<ChildProcess> {
  const child = spawn(process.execPath, [emptyServer, String(port)], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  return child;
}

interface Measuring {
  readonly cluster: Cluster;
  readonly kind: Kind;
  readonly connections: number;
  /** Below 0 to warm up. */
  readonly round: number;
}

async function runOnce(
  { clock, progress }: BenchContext,
  options: IncrementOptions,
  measuring: Measuring,
): Promise<Run> {
  const { cluster, kind, connections, round } = measuring;
  const { names, seconds } = options;
  progress(`increment, ${connections} connections, ${kind}, ${round < 0 ? 'warming up' : `round ${round + 1}`}`);
  const isEmpty = kind === 'empty POSTs';
  const before = readCpuTimes(cluster);
  const result = await runHttpLoad({
    host: '127.0.0.1',
    port: isEmpty ? cluster.port + 5 : cluster.port,
    path: isEmpty ? '/v1/empty' : `/v1/counters/${index}`,
    connections,
    seconds,
    clock,
    request: (n) => ({
      body: isEmpty ? '' : `name${n % names}=1`,
      headers: kind === 'increments with a key' ? `${form}idempotency-key: ${connections}-${round}-${n}\r\n` : form,
    }),
  });
  if (result.refused > 0) throw new Error(`${result.refused} requests were refused`);
  return { ...result, kind, connections, cpu: cpuSince(before, readCpuTimes(cluster)) };
}

/** Milliseconds from the answer of an increment until a search finds it. */
async function probeVisible({ clock }: BenchContext, client: BenchClient, prefix: string): Promise<Float64Array> {
  const delays = new Float64Array(probes);
  for (let i = 0; i < probes; i++) {
    const name = `${prefix}-probe-${i}`;
    await client.ask('POST', `/v1/counters/${index}`, JSON.stringify({ name, n: 1 }));
    const answeredAt = clock.now();
    const body = JSON.stringify({ query: { term: { name } }, aggs: { n: { sum: { field: 'n' } } } });
    while (!(await client.ask('POST', `/v1/indexes/${index}/search`, body)).includes('"n":{"value":1}')) await sleep(2);
    delays[i] = clock.now() - answeredAt;
  }
  return delays;
}

function rateOf(runs: readonly Run[], kind: Kind): number {
  const own = runs.filter((run) => run.kind === kind);
  return own.reduce((sum, { answered, elapsedMs }) => sum + (answered / elapsedMs) * 1000, 0) / own.length;
}

function rateTable(connections: number, runs: readonly Run[]): Table {
  return {
    title: `Requests a second, answered, ${connections} connections`,
    columns: ['requests', 'a second', '% of empty POSTs', 'p50 ms', 'p99 ms'],
    rows: kinds.map((kind) => {
      const latencies = runs.filter((run) => run.kind === kind).flatMap(({ latenciesMs }) => [...latenciesMs]);
      const { p50, p99 } = summarize(Float64Array.from(latencies));
      const rate = rateOf(runs, kind);
      return [kind, rate, (100 * rate) / rateOf(runs, kinds[0]!), p50, p99];
    }),
  };
}

function visibleTable(idle: Float64Array, busy: Float64Array): Table {
  const row = (name: string, values: Float64Array): (string | number)[] => {
    const { p50, p99, max } = summarize(values);
    return [name, p50, p99, max];
  };
  return {
    title: 'From answered to visible',
    columns: ['the service is', 'p50 ms', 'p99 ms', 'max ms'],
    rows: [row('idle', idle), row('taking increments', busy)],
  };
}

function cpuTable(connections: number, runs: readonly Run[]): Table {
  return {
    title: `CPU of a request, ${connections} connections`,
    columns: ['requests', 'root µs', 'log µs', 'leaves µs', 'generator µs', 'others µs'],
    rows: kinds.map((kind) => {
      const own = runs.filter((run) => run.kind === kind);
      const answered = own.reduce((sum, run) => sum + run.answered, 0);
      const cost = (name: string): number =>
        (own.reduce((sum, { cpu }) => sum + sumOf(cpu, name), 0) * 1000) / answered;
      return [kind, cost('root'), cost('log'), cost('leaf'), cost(generator), cost(others)];
    }),
  };
}
