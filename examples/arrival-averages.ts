/**
 * Averages by the second of events as they arrive, asked for all the time while a root, a leaf and the log are killed one
 * after the other. The root stamps each event with the time it came; the millisecond of that time is what is averaged.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { settingsOfCluster } from './second-root.ts';
import type { Cluster } from '../tests/cluster/start.ts';

export interface ArrivalOptions {
  readonly senders: number;
  /** Before, between and after the kills. */
  readonly pauseMs: number;
  readonly kills: readonly string[];
}

export interface ArrivalResult {
  /** Events answered. */
  readonly events: number;
  readonly queries: number;
  /** Of queries, from the first attempt to an answer by either root. */
  readonly slowestMs: number;
  /** Queries without a complete answer, and what does not add up; empty when all is well. */
  readonly faults: readonly string[];
  /** The longest time without an event that came, in whole seconds. */
  readonly longestGapSeconds: number;
  /** One line a second: its average, and how many events. */
  readonly lines: readonly string[];
}

const index = 'arrivals';
const script = fileURLToPath(new URL('../sheaf.ts', import.meta.url));
/** A query that no root answers for so long is a gap, and so is a time without an event that came. */
const gapMs = 5000;

/** @param cluster of two leaves */
export async function arrivalAverages(
  cluster: Cluster,
  { senders, pauseMs, kills }: ArrivalOptions,
  say: (line: string) => void,
): Promise<ArrivalResult> {
  const schema = {
    dimensions: { second: { kind: 'date', interval: 'second', arrivedAt: true } },
    metrics: { millisecond: { keep: ['sum', 'count'], arrivedAt: 'millisecond' } },
  };
  const second = spawn(process.execPath, [script, 'root', ...settingsOfCluster(cluster)], { stdio: 'ignore' });
  const roots = [cluster.url, `http://127.0.0.1:${cluster.port + 2}`];
  const stop = new AbortController();
  try {
    await untilReady(roots[1]!, second);
    await post(roots[0]!, 'PUT', `/v1/indexes/${index}`, { kind: 'rollup', shards: 4, replicas: 2, schema });
    const counts = { events: 0, queries: 0, slowestMs: 0, faults: [] as string[] };
    const sending = Array.from({ length: senders }, (_, sender) =>
      send({ roots, sender, counts, signal: stop.signal }),
    );
    const watching = watch({ roots, counts, signal: stop.signal });
    for (const name of kills) {
      await sleep(pauseMs);
      say(`${counts.events} events; kill -9 of ${name}`);
      cluster.signal(name, 'SIGKILL');
    }
    await sleep(pauseMs);
    stop.abort();
    await Promise.all([...sending, watching]);
    return { ...counts, ...(await check(roots, counts)) };
  } finally {
    stop.abort();
    second.kill('SIGTERM');
  }
}

interface Counts {
  events: number;
  queries: number;
  slowestMs: number;
  readonly faults: string[];
}

interface Working {
  readonly roots: readonly string[];
  readonly counts: Counts;
  readonly signal: AbortSignal;
}

/** Sends one event after the other, each until it is answered, by whichever root answers. */
async function send({ roots, sender, counts, signal }: Working & { readonly sender: number }): Promise<void> {
  for (let n = 0; !signal.aborted; n++) {
    await byEither(roots, (root) => post(root, 'POST', `/v1/counters/${index}`, {}, `${sender}-${n}`), Infinity);
    counts.events++;
    await sleep(5);
  }
}

const averages = {
  seconds: { histogram: { field: 'second', interval: 1000 }, aggs: { mean: { avg: { field: 'millisecond' } } } },
  events: { value_count: { field: 'millisecond' } },
};

interface Found {
  readonly complete: boolean;
  readonly aggregations: {
    readonly events: { readonly value: number };
    readonly seconds: {
      readonly buckets: readonly {
        key: number;
        key_as_string: string;
        doc_count: number;
        mean: { value: number | null };
      }[];
    };
  };
}

/** Asks for the averages all the time. */
async function watch({ roots, counts, signal }: Working): Promise<void> {
  let before = 0;
  while (!signal.aborted) {
    const startedAt = performance.now();
    const found = await byEither(roots, searchAverages, gapMs).catch((error: Error) => error);
    counts.queries++;
    const tookMs = performance.now() - startedAt;
    counts.slowestMs = Math.max(counts.slowestMs, tookMs);
    if (tookMs > gapMs) counts.faults.push(`a query took ${Math.round(tookMs)} ms`);
    if (found instanceof Error) counts.faults.push(`a query was not answered in ${gapMs} ms: ${found.message}`);
    else {
      if (!found.complete) counts.faults.push('an answer was not complete');
      before = Math.max(before, found.aggregations.events.value);
    }
    await sleep(50);
  }
  if (before === 0) counts.faults.push('no query ever saw an event');
}

async function searchAverages(root: string): Promise<Found> {
  return (await post(root, 'POST', `/v1/indexes/${index}/search`, { aggs: averages })) as Found;
}

async function check(
  roots: readonly string[],
  { events, faults }: Counts,
): Promise<Pick<ArrivalResult, 'faults' | 'lines' | 'longestGapSeconds'>> {
  let found = await byEither(roots, searchAverages, gapMs);
  for (let i = 0; i < 100 && found.aggregations.events.value !== events; i++) {
    await sleep(100);
    found = await byEither(roots, searchAverages, gapMs);
  }
  const actual = found.aggregations.events.value;
  const { buckets } = found.aggregations.seconds;
  const longestGapSeconds = longestGap(buckets.filter(({ doc_count }) => doc_count > 0).map(({ key }) => key / 1000));
  const lines = buckets.map(({ key_as_string: at, doc_count: count, mean }) => {
    return `${at}  ${mean.value === null ? '  -  ' : mean.value.toFixed(1).padStart(5)} ms  ${count} events`;
  });
  const more: string[] = [];
  if (actual !== events) more.push(`${events} events were answered, ${actual} are counted`);
  if (longestGapSeconds * 1000 > gapMs) more.push(`no event came for ${longestGapSeconds} seconds`);
  return { lines, longestGapSeconds, faults: [...faults, ...more] };
}

/** Of seconds in which events came, ascending: the most that lie between one and the next. */
function longestGap(seconds: readonly number[]): number {
  return seconds.reduce((longest, second, i) => Math.max(longest, second - (seconds[i - 1] ?? second) - 1), 0);
}

/** Asks the roots in turn until one answers. @throws what the last said, after so many milliseconds */
async function byEither<T>(
  roots: readonly string[],
  attempt: (root: string) => Promise<T>,
  timeoutMs: number,
): Promise<T> {
  const startedAt = performance.now();
  for (let i = 0; ; i++) {
    try {
      return await attempt(roots[i % roots.length]!);
    } catch (error) {
      if (performance.now() - startedAt > timeoutMs) throw error;
      await sleep(10);
    }
  }
}

async function post(root: string, method: string, path: string, body: object, key?: string): Promise<unknown> {
  const headers = { 'content-type': 'application/json', ...(key === undefined ? {} : { 'idempotency-key': key }) };
  const answer = await fetch(root + path, {
    method,
    headers,
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(30_000),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return JSON.parse(text);
}

async function untilReady(root: string, child: ChildProcess): Promise<void> {
  for (let i = 0; i < 600; i++) {
    if (child.exitCode !== null) throw new Error('the second root ended');
    const answer = await fetch(`${root}/v1/health/ready`).catch(() => null);
    if (answer?.ok === true) return;
    await sleep(100);
  }
  throw new Error('the second root is not ready');
}
