/** What one more task costs the root, beside the same searches with their tasks sent by undici requests. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Cluster } from '../../tests/cluster/start.ts';
import { BenchClient } from '../service/bench-client.ts';
import { cpuSince, readCpuTimes } from '../service/cpu-time.ts';
import type { FanOutOrder, FanOutResult } from './fan-out.ts';
import { leavesOf } from './scrape.ts';
import { makeBodies, searchPath, withService, type ScenarioFindings, type TailContext } from './tail-context.ts';

const index = 'tail';
const shards = 32;
const many = 8;
/** Few leave every frame a write and a read of its own; many show what sharing them is worth. */
const clientCounts = [4, 16];
/** The least of so many runs counts: what else the machine does only ever adds. */
const rounds = 3;
const run = promisify(execFile);
const script = fileURLToPath(new URL('fan-out.ts', import.meta.url));

type Way = 'root' | FanOutOrder['transport'];
const ways: readonly [way: Way, name: string][] = [
  ['root', 'the root process, HTTP and rendering included'],
  ['frames', 'its read path alone, tasks by frames'],
  ['undici', 'the same, tasks by undici requests to POST /v1/tasks'],
];

/** Microseconds of CPU per query by way and number of clients, at this number of leaves. */
type Costs = ReadonlyMap<string, number>;

export async function rootCpuScenario(context: TailContext): Promise<ScenarioFindings> {
  const queries = Math.max(2000, Math.ceil(context.queries / 10));
  const one = await measure(context, { leaves: 1, queries });
  const all = await measure(context, { leaves: many, queries });
  const rows = clientCounts.flatMap((clients) =>
    ways.map(([way, name]): (string | number)[] => {
      const [few, more] = [one, all].map((costs) => costs.get(keyOf(way, clients))!) as [number, number];
      return [name, clients, few, more, perTask(few, more)];
    }),
  );
  const ratios = clientCounts.map((clients): (string | number)[] => {
    const cost = (way: Way): number => perTask(one.get(keyOf(way, clients))!, all.get(keyOf(way, clients))!);
    return ['undici over frames', clients, '', '', cost('undici') / cost('frames')];
  });
  return {
    tables: [
      {
        title: `CPU of the asking process per query of ${shards} shards, µs`,
        columns: ['how', 'under way', '1 leaf', `${many} leaves`, 'per further task'],
        rows: [...rows, ...ratios],
      },
    ],
    notes: [
      `${queries.toLocaleString('en-US')} queries a run, one round each, ten hits with their documents; the least of ${rounds} runs. ` +
        'Both ways of sending plan, scatter and merge with the same code of the root and differ in the transport only; ' +
        'CPU by process.cpuUsage, that of the root by the kernel in ticks of 10 ms.',
    ],
  };
}

function perTask(few: number, more: number): number {
  return (more - few) / (many - 1);
}

function keyOf(way: Way, clients: number): string {
  return `${way} ${clients}`;
}

async function measure(
  context: TailContext,
  { leaves, queries }: { readonly leaves: number; readonly queries: number },
): Promise<Costs> {
  const plan = { leaves, indexes: [{ name: index, shards, replicas: 1 }] };
  return await withService(context, plan, async (cluster) => {
    const costs = new Map<string, number>();
    for (let round = 1; round <= rounds; round++) {
      for (const clients of clientCounts) {
        for (const [way] of ways) {
          context.progress(`root CPU: ${leaves} leaves, round ${round}, ${clients} at once, ${way}`);
          const asking = { clients, queries };
          const cost =
            way === 'root'
              ? await costOfRoot(context, cluster, asking)
              : await costOfFanOut(context, cluster, { transport: way, leaves, ...asking });
          const key = keyOf(way, clients);
          costs.set(key, Math.min(cost, costs.get(key) ?? Infinity));
        }
      }
    }
    return costs;
  });
}

interface Asking {
  readonly clients: number;
  readonly queries: number;
}

async function costOfRoot(context: TailContext, cluster: Cluster, { clients, queries }: Asking): Promise<number> {
  const bodyOf = makeBodies(context);
  const asking = Array.from({ length: clients }, () => new BenchClient(cluster.url));
  const ask = async (count: number): Promise<void> => {
    let next = 0;
    const loop = async (client: BenchClient): Promise<void> => {
      while (next < count) await client.ask('POST', searchPath(index), bodyOf(next++));
    };
    await Promise.all(asking.map(loop));
  };
  try {
    await ask(Math.ceil(queries / 2));
    const before = readCpuTimes(cluster);
    await ask(queries);
    return (cpuSince(before, readCpuTimes(cluster))['root']! * 1000) / queries;
  } finally {
    await Promise.all(asking.map((client) => client.close()));
  }
}

async function costOfFanOut(
  context: TailContext,
  cluster: Cluster,
  { transport, leaves, clients, queries }: Asking & Pick<FanOutOrder, 'transport'> & { readonly leaves: number },
): Promise<number> {
  const bodyOf = makeBodies(context);
  const order: FanOutOrder = {
    transport,
    index,
    leaves: leavesOf(cluster, leaves),
    secretFile: join(cluster.data, 'secret'),
    queries,
    concurrency: clients,
    bodies: Array.from({ length: 64 }, (_, at) => bodyOf(at)),
  };
  const { stdout } = await run(process.execPath, [script, JSON.stringify(order)]);
  const { cpuMicros, tasksPerQuery } = JSON.parse(stdout) as FanOutResult;
  if (tasksPerQuery !== leaves) throw new Error(`${tasksPerQuery} tasks per query to ${leaves} leaves`);
  return cpuMicros;
}
