/** Cuts pairs of processes, watches what clients are answered meanwhile, and measures when all is whole again. */
import { setTimeout as sleep } from 'node:timers/promises';
import { must, send } from '../../service/client.ts';
import type { CutCluster, Host } from './cluster.ts';

export type Way = 'both' | 'there' | 'back';

export interface Cut {
  readonly pair: readonly [Host, Host];
  /** Which packets are dropped: those of both, those of the first of the pair, those of the second. */
  readonly way: Way;
  readonly cutMs: number;
}

export interface CutResult extends Cut {
  /** From the end of the cut until a write was acknowledged, and found by a search that was complete. */
  readonly wholeAfterMs: number;
  /** How late a bare timer of this process was at most in that time. */
  readonly bareLatenessMs: number;
  /** Searches during the cut. */
  readonly answers: number;
  /** Longest of them beyond its timeout, less what a bare timer of the same time was late. */
  readonly lateMs: number;
  /** What was untrue. */
  readonly faults: readonly string[];
}

export const pairs: readonly (readonly [Host, Host])[] = [
  ['root', 'leaf-0'],
  ['root', 'log'],
  ['leaf-0', 'log'],
];

const indexName = 'cut';
const shards = 4;
const documents = 200;
const timeoutMs = 300;
const wholeMsMax = 120_000;

interface Answer {
  readonly complete: boolean;
  readonly hits: { readonly total: { readonly value: number; readonly relation: string } };
  readonly coverage: {
    readonly shards: { readonly asked: number; readonly answered: number; readonly failed: number };
    readonly failures: readonly { readonly shards: readonly number[] }[];
  };
}

export async function fill({ url }: CutCluster): Promise<void> {
  const schema = { fields: { id: { kind: 'keyword' }, n: { kind: 'integer' } } };
  await must('PUT', `${url}/v1/indexes/${indexName}`, { shards, replicas: 1, schema });
  const lines = Array.from({ length: documents }, (_, n) => JSON.stringify({ id: `k${n}`, n })).join('\n');
  await must('POST', `${url}/v1/indexes/${indexName}/documents?key=id&refresh=wait`, lines);
}

export async function runCut(cluster: CutCluster, cut: Cut): Promise<CutResult> {
  const { network } = cluster;
  const ways = waysOf(cut);
  for (const [from, to] of ways) network.cut(from, to);
  const until = performance.now() + cut.cutMs;
  const told = { answers: 0, lateMs: -Infinity, faults: [] as string[] };
  try {
    while (performance.now() < until) await ask(cluster, told);
  } finally {
    for (const [from, to] of ways) network.heal(from, to);
  }
  const healedAt = performance.now();
  const watch = watchTimers();
  const isWhole = await untilWhole(cluster, healedAt + wholeMsMax);
  const wholeAfterMs = performance.now() - healedAt;
  const faults = isWhole ? told.faults : [...told.faults, `not whole ${wholeMsMax} ms after the cut`];
  return { ...cut, ...told, faults, wholeAfterMs, bareLatenessMs: watch() };
}

export function describeResult({ pair, way, cutMs, wholeAfterMs, answers, lateMs, faults }: CutResult): string {
  const arrow = { both: '↮', there: '↛', back: '↚' }[way];
  const what = `${pair[0]} ${arrow} ${pair[1]} ${cutMs / 1000} s`;
  const seen = `whole after ${(wholeAfterMs / 1000).toFixed(2)} s, ${answers} answers, late by ${lateMs.toFixed(0)} ms`;
  return `${what}: ${seen}${faults.length === 0 ? '' : `, FAULTS: ${faults.slice(0, 3).join('; ')}`}`;
}

function waysOf({ pair: [first, second], way }: Cut): [Host, Host][] {
  const there: [Host, Host][] = way === 'back' ? [] : [[first, second]];
  return way === 'there' ? there : [...there, [second, first]];
}

/** One search: it keeps its deadline, and what it says of its coverage is so. */
async function ask({ url }: CutCluster, told: { answers: number; lateMs: number; faults: string[] }): Promise<void> {
  const timer = bareTimer(timeoutMs);
  const startedAt = performance.now();
  const body = { query: { match_all: {} }, timeout: timeoutMs, size: 0, coverage: { min: 0 } };
  const { status, body: answer } = await send<Answer>('POST', `${url}/v1/indexes/${indexName}/search`, body);
  const tookMs = performance.now() - startedAt;
  told.answers++;
  told.lateMs = Math.max(told.lateMs, tookMs - timeoutMs - (await timer));
  if (status !== 200) return void told.faults.push(`status ${status}: ${JSON.stringify(answer)}`);
  const { asked, answered, failed } = answer.coverage.shards;
  const named = answer.coverage.failures.flatMap((failure) => failure.shards);
  if (asked !== shards || answered + failed !== asked || named.length !== failed) {
    told.faults.push(`coverage ${JSON.stringify(answer.coverage)}`);
  }
  const { value } = answer.hits.total;
  const isComplete = failed === 0;
  if (answer.complete !== isComplete || (isComplete ? value < documents : value > 0 && answered === 0)) {
    told.faults.push(`${value} hits, complete: ${answer.complete}, ${failed} shards failed`);
  }
}

/** A write, and a search that must see it: the second needs all that the first needs, and all leaves. */
async function untilWhole(cluster: CutCluster, giveUpAt: number): Promise<boolean> {
  const url = `${cluster.url}/v1/indexes/${indexName}`;
  for (let n = 0; performance.now() < giveUpAt; n++) {
    const line = Array.from({ length: 20 }, (_, i) => JSON.stringify({ id: `k${i}`, n })).join('\n');
    const written = await send<{ token?: string }>('POST', `${url}/documents?key=id`, line);
    const token = written.body.token;
    if (written.status === 200 && token !== undefined) {
      const body = { query: { match_all: {} }, timeout: 1000, size: 0, token, coverage: { min: 0 } };
      const answer = await send<Answer>('POST', `${url}/search`, body);
      if (answer.status === 200 && answer.body.complete) return true;
    }
    await sleep(20);
  }
  return false;
}

/** Resolves to the milliseconds by which a timer of so long is late. */
async function bareTimer(ms: number): Promise<number> {
  const startedAt = performance.now();
  await sleep(ms);
  return performance.now() - startedAt - ms;
}

/** @returns ends the watch, and gives the worst lateness of a timer of 100 ms in it */
function watchTimers(): () => number {
  const tickMs = 100;
  let worst = 0;
  let dueAt = performance.now() + tickMs;
  const ticking = setInterval(() => {
    worst = Math.max(worst, performance.now() - dueAt);
    dueAt = performance.now() + tickMs;
  }, tickMs);
  return () => {
    clearInterval(ticking);
    return worst;
  };
}
