/**
 * `sheaf reindex` replaces an index by a copy of another shape, under one name, while clients write and search under that name and, where
 * asked, processes are killed: no write that was acknowledged is lost, and no search fails that would not have failed without.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { isDeepStrictEqual } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createRandom, type Random } from '../../shared/random/random.ts';
import { must, send } from '../service/client.ts';
import { AcknowledgedWriters, addedFrom, fields, keyOf, parityOf, type Known } from './acknowledged-writers.ts';
import type { Cluster } from '../cluster/start.ts';
import { killProcesses, type KillOptions } from './kill-processes.ts';
import { KillsInWork } from './kills-in-work.ts';
import { reachAll, readAll } from './read-all.ts';

export interface ReplaceOptions extends KillOptions {
  readonly cluster: Cluster;
  readonly documents: number;
  /** Of the copies, one after the other. */
  readonly shards: readonly number[];
  /** Whoever writes or searches rests so long at most in between, in milliseconds; 10 where it is left out. */
  readonly restMsMax?: number;
}

export interface ReplaceResult {
  /** What the commands said, one after the other. */
  readonly said: readonly string[];
  readonly operations: number;
  /** Of the operations: documents that were added without keys of their own. */
  readonly added: number;
  readonly searches: number;
  readonly killed: Readonly<Record<string, number>>;
  /** What is wrong; empty when all is well. */
  readonly faults: readonly string[];
}

const script = fileURLToPath(new URL('../../sheaf.ts', import.meta.url));
const path = '/v1/indexes/films';
const bulkLines = 5000;
const faultsMax = 20;
/** Of searches none of which may fail: a machine that is busy with something else is not what is looked for. */
const patientTimeout = '20s';
const triesMax = 20;
/** What a command says whose root, or the log behind it, is not there for a moment. */
const passing = ['no answer from', 'LOG_UNAVAILABLE'];

function documentOf(n: number): Readonly<Record<string, unknown>> {
  return { n, parity: parityOf(n), v: n };
}

export async function replaceLoop(options: ReplaceOptions): Promise<ReplaceResult> {
  const { cluster, documents, seed, kills, restMsMax = 10 } = options;
  const random = createRandom(seed);
  const roots = [cluster.url, `http://127.0.0.1:${cluster.port + 2}`];
  await must('PUT', `${cluster.url}${path}`, { shards: 3, replicas: 2, schema: { fields } });
  for (let from = 0; from < documents; from += bulkLines) {
    const lines = Array.from({ length: Math.min(bulkLines, documents - from) }, (_, i) => {
      return `{"_put":${JSON.stringify(documentOf(from + i))},"_key":"${keyOf(from + i)}"}\n`;
    });
    await must('POST', `${cluster.url}${path}/documents`, lines.join(''));
  }
  await reachAll(`${cluster.url}${path}`);
  const numbers = Math.ceil(documents * 1.1);
  const initial = (n: number): Known => (n < documents ? documentOf(n) : null);
  const writers = new AcknowledgedWriters({ roots, path, writers: 8, numbers, random, initial, restMsMax, adds: true });
  const searching = new Searchers(roots, random, { mayFail: kills > 0, restMsMax });
  const inCopying = new KillsInWork('the copying');
  const killing = killProcesses({ ...options, onKill: inCopying.onKill }, createRandom(random.integer(1, 2 ** 30)));
  const faults: string[] = [];
  const said: string[] = [];
  for (const shards of options.shards) said.push(await replace(cluster.url, shards, faults));
  inCopying.end();
  faults.push(...inCopying.faults(Math.min(kills, 1)));
  const killed = await killing;
  await sleep(1000);
  await writers.stop();
  faults.push(...(await searching.stop()));
  await reachAll(`${cluster.url}${path}`);
  const found = await readAll(`${cluster.url}${path}`, 'n');
  let count = 0;
  for (let n = 0; n < numbers && faults.length < faultsMax; n++) {
    const wanted = writers.known(n) ?? undefined;
    if (wanted !== undefined) count++;
    const there = found.get(keyOf(n));
    if (!isDeepStrictEqual(there, wanted)) {
      faults.push(`${keyOf(n)} is ${JSON.stringify(there)} instead of ${JSON.stringify(wanted)}`);
    }
  }
  const times = new Map<unknown, number>();
  for (const { n } of found.values()) times.set(n, (times.get(n) ?? 0) + 1);
  for (let n = addedFrom; n < addedFrom + writers.added && faults.length < faultsMax; n++) {
    if (times.get(n) !== 1) faults.push(`document ${n} was added once and is there ${times.get(n) ?? 0} times`);
  }
  count += writers.added;
  if (faults.length === 0 && found.size !== count) faults.push(`${found.size} documents instead of ${count}`);
  return { said, operations: writers.operations, added: writers.added, searches: searching.searches, killed, faults };
}

/** Begins the command, ends its watching once, and watches again to its end: where its root is killed, once more. @returns what was said */
async function replace(url: string, shards: number, faults: string[]): Promise<string> {
  const args = ['films', '--shards', String(shards)];
  const first = command(url, args);
  await printed(first, 'Ctrl-C');
  await sleep(300);
  first.child.kill('SIGINT');
  await first.ended;
  let said = first.output();
  for (let tries = 1; ; tries++) {
    const again = command(url, args);
    const status = await again.ended;
    said += again.output();
    if (status === 0) return said;
    const mayPass = passing.some((text) => again.output().includes(text));
    if (tries < triesMax && mayPass) continue;
    faults.push(`sheaf reindex --shards ${shards} ended with ${status}: ${said}`);
    return said;
  }
}

export interface Running {
  readonly child: ChildProcess;
  /** Of both streams. */
  readonly output: () => string;
  /** Exit code, null after a signal. */
  readonly ended: Promise<number | null>;
}

/** `sheaf reindex` with these arguments. */
export function command(url: string, args: readonly string[]): Running {
  const child = spawn(process.execPath, [script, 'reindex', ...args, '--url', url], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return { child, output: () => output, ended: once(child, 'close').then(([status]) => status as number | null) };
}

async function printed({ output, child }: Running, text: string): Promise<void> {
  while (!output().includes(text) && child.exitCode === null) await sleep(20);
}

interface Found {
  readonly complete: boolean;
  readonly hits: { readonly hits: readonly { readonly _index: string }[] };
}

interface Searching {
  /** Whether processes are killed: then only a root's word that the name is of nothing is a fault. */
  readonly mayFail: boolean;
  readonly restMsMax: number;
}

/** Search under the name all the time. */
class Searchers {
  searches = 0;
  private readonly working: Promise<unknown>;
  private readonly faults: string[] = [];
  private isStopped = false;

  constructor(roots: readonly string[], random: Random, how: Searching) {
    const each = Array.from({ length: 4 }, () => this.search(roots, createRandom(random.integer(1, 2 ** 30)), how));
    this.working = Promise.all(each);
  }

  async stop(): Promise<string[]> {
    this.isStopped = true;
    await this.working;
    return this.faults.slice(0, faultsMax);
  }

  private async search(roots: readonly string[], random: Random, { mayFail, restMsMax }: Searching): Promise<void> {
    while (!this.isStopped) {
      try {
        const patience = mayFail ? {} : { timeout: patientTimeout };
        const body = { query: { term: { parity: 'odd' } }, size: 20, ...patience };
        const { status, body: answer } = await send<Found>('POST', `${random.pick(roots)}${path}/search`, body);
        this.searches++;
        const isAnswered = status === 200 && answer.complete;
        const isFault = status >= 400 && status < 500 && status !== 429;
        if (mayFail ? isFault : !isAnswered)
          this.faults.push(`a search: ${status} ${JSON.stringify(answer).slice(0, 300)}`);
        if (isAnswered && new Set(answer.hits.hits.map(({ _index }) => _index)).size > 1)
          this.faults.push('a search mixes two indexes');
      } catch (error) {
        if (!mayFail) this.faults.push(`a search: ${String(error)}`);
      }
      await sleep(random.integer(0, restMsMax));
    }
  }
}
