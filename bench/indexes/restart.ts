/** How long a leaf that is killed takes until it can answer for all it has. Touches the world: processes. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster } from '../../tests/cluster/start.ts';
import { must } from '../../tests/service/client.ts';
import type { BenchContext } from '../context.ts';
import { cpuSince, others, readCpuTimes } from '../service/cpu-time.ts';

export interface Restart {
  /** What its replicas hold. */
  readonly what: string;
  readonly shards: number;
  /** From the new process to its readiness. */
  readonly readyMs: number;
  /** Of the process, in milliseconds, as the next. */
  readonly cpuMs: number;
  readonly othersMs: number;
}

interface LeavesPage {
  readonly indexes: readonly { readonly replicasReported: readonly { readonly leaf: string }[] }[];
}

const name = 'leaf-0';
/** Of the first leaf, above that of the root. */
const portAbove = 10;
const pollMs = 50;
const startMsMax = 120_000;

/** Kills the first leaf, which is started again at once. */
export async function measureRestart({ clock }: BenchContext, cluster: Cluster, what: string): Promise<Restart> {
  const { indexes } = await must<LeavesPage>('GET', `${cluster.url}/v1/cluster`);
  const shards = indexes.flatMap((index) => index.replicasReported).filter(({ leaf }) => leaf === name).length;
  const before = cluster.pids()[name];
  const until = async (condition: () => boolean | Promise<boolean>): Promise<void> => {
    const end = clock.now() + startMsMax;
    while (!(await condition())) {
      if (clock.now() > end) throw new Error(`${name} is not ready after ${startMsMax} ms`);
      await sleep(pollMs);
    }
  };
  cluster.signal(name, 'SIGKILL');
  await until(() => (cluster.pids()[name] ?? before) !== before);
  const startedAt = clock.now();
  const cpuBefore = readCpuTimes(cluster);
  const url = `http://127.0.0.1:${cluster.port + portAbove}/v1/health/ready`;
  await until(async () => {
    return await fetch(url).then(
      ({ ok }) => ok,
      () => false,
    );
  });
  const readyMs = clock.now() - startedAt;
  const cpu = cpuSince(cpuBefore, readCpuTimes(cluster));
  return { what, shards, readyMs, cpuMs: cpu[name] ?? 0, othersMs: cpu[others] ?? 0 };
}
