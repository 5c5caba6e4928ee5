/** What it saves that leaves hold back the sources of hits which will hardly win, by how many hits are asked for. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { usualHolding } from '../../root/plan/hold-sources.ts';
import { createRandom } from '../../shared/random/random.ts';
import type { Cluster } from '../../tests/cluster/start.ts';
import { createWordSource } from '../corpus/words.ts';
import { cpuSince, readCpuTimes, sumOf } from '../service/cpu-time.ts';
import type { FanOutOrder, FanOutResult } from './fan-out.ts';
import { leavesOf } from './scrape.ts';
import { withService, type ScenarioFindings, type TailContext } from './tail-context.ts';

const index = 'tail';
const shards = 32;
const leaves = 8;
const clients = 4;
const sizes = [5, 10, 20, 50, 100, 1000];
const queriesMax = 1000;
/** The least of so many runs counts: what else the machine does only ever adds. */
const rounds = 3;
const run = promisify(execFile);
const script = fileURLToPath(new URL('fan-out.ts', import.meta.url));

type Form = 'all' | 'held back';
const forms: readonly Form[] = ['all', 'held back'];

interface Cost {
  readonly rootMicros: number;
  readonly leavesMicros: number;
  readonly queriesPerSecond: number;
  readonly bytes: number;
  readonly fetches: number;
}

export async function sourcesScenario(context: TailContext): Promise<ScenarioFindings> {
  const plan = { leaves, indexes: [{ name: index, shards, replicas: 1 }] };
  const costs = await withService(context, plan, async (cluster) => {
    const best = new Map<string, Cost>();
    for (let round = 1; round <= rounds; round++) {
      for (const size of sizes) {
        for (const form of forms) {
          context.progress(`sources: round ${round}, ${size} hits, ${form}`);
          const key = `${size} ${form}`;
          best.set(key, least(best.get(key), await costOf(context, cluster, size, form)));
        }
      }
    }
    return best;
  });
  return {
    tables: [
      {
        title: `Sources of ${leaves} tasks: all, or those likely to win; per query`,
        columns: ['hits', 'sources', 'KB received', 'root µs', 'leaves µs', 'queries/s', 'fetches'],
        rows: sizes.flatMap((size) =>
          forms.map((form): (string | number)[] => {
            const cost = costs.get(`${size} ${form}`)!;
            const { bytes, rootMicros, leavesMicros, queriesPerSecond, fetches } = cost;
            return [size, form, bytes / 1000, rootMicros, leavesMicros, queriesPerSecond, fetches];
          }),
        ),
      },
    ],
    notes: [
      `Three words, OR, scored; the read path of a root without HTTP, ${clients} queries under way; the least of ${rounds} runs each. ` +
        'KB are keys and sources, not headers; the CPU of the leaves is by the kernel in ticks of 10 ms, and that of the ' +
        'warm-up is in it and in its count of queries.',
    ],
  };
}

function least(known: Cost | undefined, cost: Cost): Cost {
  if (known === undefined) return cost;
  return {
    ...cost,
    rootMicros: Math.min(known.rootMicros, cost.rootMicros),
    leavesMicros: Math.min(known.leavesMicros, cost.leavesMicros),
    queriesPerSecond: Math.max(known.queriesPerSecond, cost.queriesPerSecond),
  };
}

async function costOf(context: TailContext, cluster: Cluster, size: number, form: Form): Promise<Cost> {
  const queries = Math.min(queriesMax, context.queries);
  const order: FanOutOrder = {
    transport: 'frames',
    index,
    leaves: leavesOf(cluster, leaves),
    secretFile: join(cluster.data, 'secret'),
    queries,
    concurrency: clients,
    bodies: makeBodies(context, size),
    holding: { ...usualHolding, hitsMin: form === 'all' ? null : 0 },
  };
  const before = readCpuTimes(cluster);
  const { stdout } = await run(process.execPath, [script, JSON.stringify(order)]);
  const spentMs = sumOf(cpuSince(before, readCpuTimes(cluster)), 'leaf');
  const { cpuMicros, queriesPerSecond, bytesPerQuery, fetchesPerQuery } = JSON.parse(stdout) as FanOutResult;
  return {
    rootMicros: cpuMicros,
    leavesMicros: (spentMs * 1000) / (queries + Math.ceil(queries / 2)),
    queriesPerSecond,
    bytes: bytesPerQuery,
    fetches: fetchesPerQuery,
  };
}

/** The same for every size but for the size. */
function makeBodies({ corpus, seed }: TailContext, size: number): string[] {
  const definitions = corpus.map(({ definition }) => definition);
  const words = createWordSource(definitions, createRandom(seed));
  return Array.from({ length: 64 }, () => {
    const text = [words.draw(), words.draw(), words.draw()].join(' ');
    return JSON.stringify({ query: { match: { definition: text } }, size });
  });
}
