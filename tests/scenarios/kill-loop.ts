/**
 * Kills processes at random moments while keyed writes go on, and then asks for every write that was acknowledged.
 * One of log, root and leaves is killed with SIGKILL at a time; `sheaf up` starts it again.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom, type Random } from '../../shared/random/random.ts';
import { must, send } from '../service/client.ts';
import type { KillOptions } from './kill-processes.ts';
import { underKills, type KilledResult, type Workload } from './workload.ts';

interface Counts {
  /** Writes acknowledged. */
  acknowledged: number;
  /** Writes whose answer was an error or never came: they may or may not be there. */
  uncertain: number;
}

export type KillResult = Counts & KilledResult;

const writers = 4;
const keysPerWriter = 300;
const indexName = 'kills';

/** What one key may hold: the value last acknowledged, or one of those tried since. `null` is deleted. */
interface Expected {
  acknowledged: number | null;
  tried: (number | null)[];
}

export async function killLoop(options: KillOptions): Promise<KillResult> {
  const workload = await documentWrites(options.cluster.url, options.seed);
  const result = await underKills(options, [workload]);
  return { ...workload.counts, ...result };
}

/** Documents written and deleted by key, by several writers, none of whom has a key of another. */
export async function documentWrites(cluster: string, seed: number): Promise<Workload<Counts>> {
  const url = `${cluster}/v1/indexes/${indexName}`;
  const schema = { fields: { id: { kind: 'keyword' }, n: { kind: 'integer' } } };
  await must('PUT', url, { shards: 4, replicas: 2, schema });
  const expected = new Map<string, Expected>();
  const counts: Counts = { acknowledged: 0, uncertain: 0 };
  return {
    counts,
    write: async (signal) => {
      const writing = Array.from({ length: writers }, (_, writer) =>
        write({ url, writer, random: createRandom(seed + 1 + writer), expected, counts, signal }),
      );
      await Promise.all(writing);
    },
    check: async () => await check(url, expected),
  };
}

interface WriteOptions {
  readonly url: string;
  readonly writer: number;
  readonly random: Random;
  readonly expected: Map<string, Expected>;
  readonly counts: Counts;
  readonly signal: AbortSignal;
}

/** Writes one request after another, each with keys of this writer alone. */
async function write({ url, writer, random, expected, counts, signal }: WriteOptions): Promise<void> {
  for (let n = 1; !signal.aborted; n++) {
    const keys = new Set(
      Array.from({ length: random.integer(1, 20) }, () => `w${writer}-${random.integer(1, keysPerWriter)}`),
    );
    const changes = [...keys].map((key) => ({ key, value: random.chance(0.1) ? null : n }));
    for (const { key, value } of changes) {
      const entry = expected.get(key) ?? { acknowledged: null, tried: [] };
      entry.tried.push(value);
      expected.set(key, entry);
    }
    const lines = changes.map(({ key, value }) => (value === null ? { _delete: key } : { id: key, n: value }));
    const body = lines.map((line) => JSON.stringify(line)).join('\n');
    const answer = await send<Accepted>('POST', `${url}/documents?key=id`, body).catch(() => undefined);
    if (answer?.status === 200 && answer.body.accepted === changes.length) {
      counts.acknowledged += changes.length;
      for (const { key, value } of changes) expected.set(key, { acknowledged: value, tried: [] });
    } else {
      counts.uncertain += changes.length;
      await sleep(20);
    }
  }
}

interface Accepted {
  readonly accepted: number;
  readonly token: string;
}

interface FoundHit {
  readonly _id: string;
  readonly _source: { readonly n: number };
}

/** Reads everything back once all shards are complete again and compares. */
async function check(url: string, expected: ReadonlyMap<string, Expected>): Promise<string[]> {
  // A marker to every shard: a search that includes it includes all that was written before.
  const marker = Array.from({ length: 64 }, (_, i) => JSON.stringify({ id: `marker-${i}`, n: 0 })).join('\n');
  const token = await untilAccepted(url, marker);
  const body = { size: 10_000, token, timeout: '30s', track_total_hits: true };
  const answer = await until(
    () => send<{ hits: { total: { value: number }; hits: FoundHit[] } }>('POST', `${url}/search`, body),
    ({ status }) => status === 200,
  );
  const { hits } = answer.body;
  const found = new Map<string, number>();
  const faults: string[] = [];
  for (const { _id, _source } of hits.hits) {
    if (_id.startsWith('marker-')) continue;
    if (found.has(_id)) faults.push(`${_id} is there twice`);
    found.set(_id, _source.n);
  }
  if (hits.total.value !== found.size + 64)
    faults.push(`total ${hits.total.value}, found ${found.size} and 64 markers`);
  for (const [key, { acknowledged, tried }] of expected) {
    const actual = found.get(key) ?? null;
    if (actual !== acknowledged && !tried.includes(actual)) {
      faults.push(`${key} holds ${actual}; acknowledged was ${acknowledged}, tried since ${JSON.stringify(tried)}`);
    }
  }
  for (const key of found.keys()) if (!expected.has(key)) faults.push(`${key} was never written`);
  return faults;
}

async function untilAccepted(url: string, lines: string): Promise<string> {
  const answer = await until(
    () => send<Accepted>('POST', `${url}/documents?key=id`, lines),
    ({ status }) => status === 200,
  );
  return answer.body.token;
}

async function until<T>(attempt: () => Promise<T>, isDone: (value: T) => boolean): Promise<T> {
  for (let i = 0; ; i++) {
    const value = await attempt().catch((error: unknown) => error as Error);
    if (!(value instanceof Error) && isDone(value)) return value;
    if (i === 100) throw new Error(`still not done: ${value instanceof Error ? value.message : JSON.stringify(value)}`);
    await sleep(100);
  }
}
