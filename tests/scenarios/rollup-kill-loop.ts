/**
 * Kills processes at random moments while increments go on, each sent again under its key until it is answered, and then
 * compares the sums: every increment has to be in them once.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom, type Random } from '../../shared/random/random.ts';
import { must, send } from '../service/client.ts';
import type { KillOptions } from './kill-processes.ts';
import { underKills, type KilledResult, type Workload } from './workload.ts';

interface Counts {
  /** Requests answered. */
  acknowledged: number;
  /** Times a request was sent again. */
  repeated: number;
}

export type RollupKillResult = Counts & KilledResult;

const writers = 8;
const names = 200;
const indexName = 'sums';

export async function rollupKillLoop(options: KillOptions): Promise<RollupKillResult> {
  const workload = await increments(options.cluster.url, options.seed);
  const result = await underKills(options, [workload]);
  return { ...workload.counts, ...result };
}

/** Increments of sums, each sent under its key until it is answered. */
export async function increments(cluster: string, seed: number): Promise<Workload<Counts>> {
  const url = `${cluster}/v1`;
  const schema = { dimensions: { name: { kind: 'keyword' } }, metrics: { n: {} } };
  await must('PUT', `${url}/indexes/${indexName}`, { kind: 'rollup', shards: 4, replicas: 2, schema });
  const sums = new Map<string, bigint>();
  const counts: Counts = { acknowledged: 0, repeated: 0 };
  return {
    counts,
    write: async (signal) => {
      const writing = Array.from({ length: writers }, (_, writer) => {
        return write({ url, writer, random: createRandom(seed + 1 + writer), sums, counts, signal });
      });
      await Promise.all(writing);
    },
    check: async () => await check(url, sums),
  };
}

interface WriteOptions {
  readonly url: string;
  readonly writer: number;
  readonly random: Random;
  readonly sums: Map<string, bigint>;
  readonly counts: Counts;
  readonly signal: AbortSignal;
}

/** Sends one request after another, each until it is answered. */
async function write({ url, writer, random, sums, counts, signal }: WriteOptions): Promise<void> {
  for (let n = 1; !signal.aborted; n++) {
    const pairs = Array.from({ length: random.integer(1, 5) }, () => {
      const value = random.chance(0.1) ? Number.MAX_SAFE_INTEGER : random.integer(-1000, 1000);
      return [`name${random.integer(1, names)}`, value] as const;
    });
    const form = pairs.map(([name, value]) => `${name}=${value}`).join('&');
    const headers = { 'content-type': 'application/x-www-form-urlencoded', 'idempotency-key': `${writer}-${n}` };
    const attempt = async (): Promise<number> => {
      const signalOfOne = AbortSignal.timeout(random.integer(20, 2000));
      const answer = await fetch(`${url}/counters/${indexName}`, {
        method: 'POST',
        headers,
        body: form,
        signal: signalOfOne,
      });
      await answer.text();
      return answer.status;
    };
    while ((await attempt().catch(() => 0)) !== 200) {
      counts.repeated++;
      await sleep(20);
    }
    counts.acknowledged++;
    for (const [name, value] of pairs) sums.set(name, (sums.get(name) ?? 0n) + BigInt(value));
  }
}

interface Found {
  readonly aggregations: {
    readonly names: {
      readonly buckets: readonly { readonly key: string; readonly n: { readonly value: number | string } }[];
    };
  };
}

/** Reads all sums once all shards are complete again. */
async function check(url: string, sums: ReadonlyMap<string, bigint>): Promise<string[]> {
  // Zero to every shard: a search that includes it includes all that was counted before.
  const zeros = Array.from({ length: 64 }, (_, i) => ({ name: `zero${i}`, n: 0 }));
  const { token } = (await until(() => send<{ token: string }>('POST', `${url}/counters/${indexName}`, zeros))).body;
  const aggs = { names: { terms: { field: 'name', size: 10_000 }, aggs: { n: { sum: { field: 'n' } } } } };
  const { body } = await until(() =>
    send<Found>('POST', `${url}/indexes/${indexName}/search`, { token, timeout: '30s', aggs }),
  );
  const found = new Map(body.aggregations.names.buckets.map(({ key, n }) => [key, BigInt(n.value)]));
  const faults: string[] = [];
  for (const [name, expected] of sums) {
    if (found.get(name) !== expected) faults.push(`${name} is ${found.get(name)}, sent were ${expected}`);
  }
  for (const name of found.keys())
    if (!sums.has(name) && !name.startsWith('zero')) faults.push(`${name} was never sent`);
  return faults;
}

async function until<T extends { readonly status: number }>(attempt: () => Promise<T>): Promise<T> {
  for (let i = 0; ; i++) {
    const value = await attempt().catch((error: unknown) => error as Error);
    if (!(value instanceof Error) && value.status === 200) return value;
    if (i === 100) throw new Error(`still not done: ${value instanceof Error ? value.message : JSON.stringify(value)}`);
    await sleep(100);
  }
}
