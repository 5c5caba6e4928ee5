/** What one more task costs the root, beside the same fan-out by undici requests. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Cluster } from '../../tests/cluster/start.ts';
import { BenchClient } from '../service/bench-client.ts';
import { cpuSince, readCpuTimes } from '../service/cpu-time.ts';
import type { FanOutOrder, FanOutResult } from './fan-out.ts';
import { leafUrl } from './scrape.ts';
import { makeBodies, searchPath, withService, type ScenarioFindings, type TailContext } from './tail-context.ts';

const index = 'tail';
const shards = 32;
const many = 8;
const clients = 4;
const run = promisify(execFile);
const script = fileURLToPath(new URL('fan-out.ts', import.meta.url));

export async function rootCpuScenario(context: TailContext): Promise<ScenarioFindings> {
  const queries = Math.max(2000, Math.ceil(context.queries / 10));
  const micros: number[] = [];
  let undici: FanOutResult | undefined;
  for (const leaves of [1, many]) {
    const plan = { leaves, indexes: [{ name: index, shards, replicas: 1 }] };
    await withService(context, plan, async (cluster) => {
      await ask(context, cluster, Math.ceil(queries / 2));
      const before = readCpuTimes(cluster);
      await ask(context, cluster, queries);
      micros.push((cpuSince(before, readCpuTimes(cluster))['root']! * 1000) / queries);
      if (leaves === many) undici = await fanOut(context, cluster, queries);
    });
  }
  const [one = Number.NaN, all = Number.NaN] = micros;
  const perTask = (few: number, more: number): number => (more - few) / (many - 1);
  const byUndici = perTask(undici!.oneMicros, undici!.allMicros);
  const byFrames = perTask(one, all);
  return {
    tables: [
      {
        title: `CPU of the asking process per query of ${shards} shards, µs`,
        columns: ['how', '1 leaf', `${many} leaves`, 'per further task'],
        rows: [
          ['root, frames', one, all, byFrames],
          ['bare client, undici requests to POST /v1/tasks', undici!.oneMicros, undici!.allMicros, byUndici],
          ['undici over frames', '', '', byUndici / byFrames],
        ],
      },
    ],
    notes: [
      `The root merges and answers HTTP besides; the bare client only asks and parses. ${queries.toLocaleString('en-US')} queries each, ${clients} under way at once. CPU of the whole process, counted by the kernel in ticks of 10 ms.`,
    ],
  };
}

async function ask({ progress, ...context }: TailContext, cluster: Cluster, queries: number): Promise<void> {
  const bodyOf = makeBodies(context);
  const asking = Array.from({ length: clients }, () => new BenchClient(cluster.url));
  let next = 0;
  const loop = async (client: BenchClient): Promise<void> => {
    while (next < queries) {
      progress(`root CPU: ${next} of ${queries} queries`);
      await client.ask('POST', searchPath(index), bodyOf(next++));
    }
  };
  try {
    await Promise.all(asking.map(loop));
  } finally {
    await Promise.all(asking.map((client) => client.close()));
  }
}

interface Told {
  readonly indexes: readonly {
    readonly name: string;
    readonly id: string;
    readonly replicasReported: readonly { readonly shard: number; readonly leaf: string }[];
  }[];
}

/** The same tasks by another process, so that its CPU is its own. */
async function fanOut(context: TailContext, cluster: Cluster, queries: number): Promise<FanOutResult> {
  context.progress('root CPU: the same by undici');
  const client = new BenchClient(cluster.url);
  const { indexes } = JSON.parse(await client.ask('GET', '/v1/cluster')) as Told;
  await client.close();
  const { id, replicasReported } = indexes.find(({ name }) => name === index)!;
  const filters = Array.from({ length: 64 }, (_, at) => {
    const { query } = JSON.parse(makeBodies(context)(at)) as {
      query: { bool: { filter: [{ match: { definition: string } }] } };
    };
    return query.bool.filter[0].match.definition;
  });
  const order: FanOutOrder = {
    queries,
    concurrency: clients,
    index: id,
    words: filters,
    leaves: Array.from({ length: many }, (_, leaf) => ({
      url: leafUrl(cluster, leaf),
      shards: replicasReported.filter(({ leaf: name }) => name === `leaf-${leaf}`).map(({ shard }) => shard),
    })),
  };
  const { stdout } = await run(process.execPath, [script, JSON.stringify(order)]);
  return JSON.parse(stdout) as FanOutResult;
}
