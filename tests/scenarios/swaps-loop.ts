/**
 * Swaps of an alias under searches in an open loop: when each is sent is drawn beforehand and waits for no answer. Each answer has to be
 * wholly of one of the two indexes, whichever root it is of. Touches the world: a cluster and sockets.
 */
import { Pool } from 'undici';
import { createRandom } from '../../shared/random/random.ts';
import type { Cluster } from '../cluster/start.ts';
import { must, sendWith } from '../service/client.ts';
import { reachAll } from './read-all.ts';

export interface SwapsOptions {
  /** With two roots. */
  readonly cluster: Cluster;
  readonly seed: number;
  /** Searches a second. */
  readonly rate: number;
  readonly searches: number;
  /** Milliseconds from one swap to the next. */
  readonly swapEveryMs: number;
}

export interface SwapsResult {
  /** Searches that failed, or were not of one index; documents that are not there once. */
  readonly faults: readonly string[];
  readonly swaps: number;
  /** Answers by index. */
  readonly seen: Readonly<Record<string, number>>;
  /** Documents that were added meanwhile, each in a request that was sent again under its Idempotency-Key when the alias had been swapped. */
  readonly added: number;
  /** Searches sent and answered a second, from the first to the last answer. */
  readonly perSecond: number;
  readonly medianMs: number;
  readonly p99Ms: number;
}

interface Found {
  readonly complete: boolean;
  readonly coverage: { readonly shards: { readonly asked: number } };
  readonly hits: {
    readonly total: { readonly value: number };
    readonly hits: readonly { readonly _index: string; readonly _source: { readonly of: string } }[];
  };
}

/** Different in shards and documents, so that what is of both is seen in any part of an answer. */
const sides = { blue: { shards: 1, documents: 20 }, green: { shards: 2, documents: 30 } } as const;
type Side = keyof typeof sides;

/** Whether the machine is fast enough is not the question: what waits in line is answered late, and not refused. */
const path = '/v1/indexes/live/search?size=2&track_total_hits=true&timeout=50s';
const connections = 16;
const faultsListedMax = 20;

export async function swapsLoop(options: SwapsOptions): Promise<SwapsResult> {
  const { cluster, seed, rate, searches } = options;
  const roots = [cluster.url, `http://127.0.0.1:${cluster.port + 2}`];
  for (const [name, { shards, documents }] of Object.entries(sides)) {
    await must('PUT', `${cluster.url}/v1/indexes/${name}`, { shards, schema: { fields: { of: { kind: 'keyword' } } } });
    const lines = `${JSON.stringify({ of: name })}\n`.repeat(documents);
    await must('POST', `${cluster.url}/v1/indexes/${name}/documents?refresh=wait`, lines);
  }
  for (const [index, shards] of [
    ['red', 1],
    ['white', 2],
  ] as const) {
    await must('PUT', `${cluster.url}/v1/indexes/${index}`, { shards, schema: { fields: { n: { kind: 'integer' } } } });
  }
  const begun = [{ add: { alias: 'live', index: 'blue' } }, { add: { alias: 'written', index: 'red' } }];
  await must('POST', `${cluster.url}/v1/aliases`, { actions: begun });
  const pools = roots.map((url) => new Pool(url, { connections, headersTimeout: 0, bodyTimeout: 0 }));
  const faults: string[] = [];
  const seen: Record<string, number> = {};
  const tookMs: number[] = [];
  const search = async (number: number, intendedAt: number): Promise<void> => {
    try {
      const { statusCode, body } = await pools[number % pools.length]!.request({ method: 'GET', path });
      const found = (await body.json()) as Found;
      const fault = statusCode === 200 ? faultOf(found) : `${statusCode} ${JSON.stringify(found)}`;
      if (fault !== null && faults.length < faultsListedMax) faults.push(`search ${number}: ${fault}`);
      const side = found.hits?.hits[0]?._index ?? 'none';
      seen[side] = (seen[side] ?? 0) + 1;
    } catch (error) {
      faults.push(`search ${number}: ${String(error)}`);
    }
    tookMs.push(performance.now() - intendedAt);
  };
  const swapping = { isOver: false };
  const swapper = swapUntil(roots, options.swapEveryMs, swapping);
  const adder = addUntil(roots, options.swapEveryMs, swapping);
  const startedAt = performance.now();
  try {
    await sendAll(searches, rate, createRandom(seed), search);
  } finally {
    swapping.isOver = true;
  }
  const elapsedMs = performance.now() - startedAt;
  const [swaps, added] = await Promise.all([swapper, adder]);
  faults.push(...(await faultsOfAdded(cluster.url, added)));
  await Promise.all(pools.map((pool) => pool.destroy()));
  tookMs.sort((a, b) => a - b);
  const at = (share: number): number => Math.round(tookMs[Math.floor(share * (tookMs.length - 1))]! * 10) / 10;
  const perSecond = Math.round((searches * 1000) / elapsedMs);
  return { faults, swaps, seen, added, perSecond, medianMs: at(0.5), p99Ms: at(0.99) };
}

/** Why an answer is not wholly of one side; null where it is. */
function faultOf({ complete, coverage, hits }: Found): string | null {
  const [first] = hits.hits;
  const side = sides[first?._index as Side] as (typeof sides)[Side] | undefined;
  if (side === undefined) return `hits of ${first?._index}`;
  const isOne = hits.hits.every(({ _index, _source }) => _index === first!._index && _source.of === _index);
  const isWhole = complete && hits.hits.length === 2;
  if (isOne && isWhole && hits.total.value === side.documents && coverage.shards.asked === side.shards) return null;
  return JSON.stringify({ complete, coverage, hits });
}

/** By both roots in turns. @returns how many swaps there were */
async function swapUntil(
  roots: readonly string[],
  everyMs: number,
  state: { readonly isOver: boolean },
): Promise<number> {
  let swaps = 0;
  for (; !state.isOver; swaps++) {
    const [from, to] = swaps % 2 === 0 ? ['blue', 'green'] : ['green', 'blue'];
    const [left, written] = swaps % 2 === 0 ? ['red', 'white'] : ['white', 'red'];
    const actions = [
      { remove: { alias: 'live', index: from } },
      { add: { alias: 'live', index: to } },
      { remove: { alias: 'written', index: left } },
      { add: { alias: 'written', index: written } },
    ];
    await must('POST', `${roots[swaps % roots.length]}/v1/aliases`, { actions });
    await new Promise((resolve) => void setTimeout(resolve, everyMs));
  }
  return swaps;
}

/** Adds documents one by one, and each again once the alias stands for the other index. @returns how many there were */
async function addUntil(
  roots: readonly string[],
  everyMs: number,
  state: { readonly isOver: boolean },
): Promise<number> {
  let n = 0;
  for (; !state.isOver; n++) {
    const headers = { 'idempotency-key': `added-${n}` };
    for (const root of roots) {
      const { status, body } = await sendWith(headers, 'POST', `${root}/v1/indexes/written/documents`, `{"n":${n}}\n`);
      if (status !== 200) throw new Error(`document ${n}: ${status} ${JSON.stringify(body)}`);
      await new Promise((resolve) => void setTimeout(resolve, everyMs));
    }
  }
  return n;
}

/** Swapped by hand, nothing is copied: each document is in one of the two. */
async function faultsOfAdded(url: string, added: number): Promise<string[]> {
  for (const index of ['red', 'white']) await reachAll(`${url}/v1/indexes/${index}`);
  const { hits } = await must<{ hits: { total: { value: number } } }>('POST', `${url}/v1/indexes/red,white/search`, {
    size: 0,
    track_total_hits: true,
    timeout: '50s',
  });
  return hits.total.value === added ? [] : [`${hits.total.value} documents are there of ${added} that were added`];
}

/** Sends each when its time has come, all that are due at once; resolves when all have been answered. */
function sendAll(
  count: number,
  rate: number,
  random: { next(): number },
  send: (number: number, intendedAt: number) => Promise<void>,
): Promise<void> {
  const gapMs = (): number => (-Math.log(1 - random.next()) * 1000) / rate;
  const { promise, resolve } = Promise.withResolvers<void>();
  let intendedAt = performance.now() + gapMs();
  let [next, open] = [0, 0];
  const tick = (): void => {
    for (; next < count && intendedAt <= performance.now(); intendedAt += gapMs()) {
      open++;
      void send(next++, intendedAt).then(() => {
        if (--open === 0 && next === count) resolve();
      });
    }
    if (next < count) setTimeout(tick, Math.max(0, intendedAt - performance.now()));
  };
  tick();
  return promise;
}
