/**
 * Jobs go through many documents, through two roots, while processes are killed and others write: of what matched at the start and was
 * not rewritten each is changed once, what was rewritten stays, and the counts add up.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom, type Random } from '../../shared/random/random.ts';
import { must, send } from '../service/client.ts';
import type { Cluster } from '../cluster/start.ts';
import { killProcesses, type KillOptions } from './kill-processes.ts';

export interface JobsOptions extends KillOptions {
  readonly cluster: Cluster;
  /** Of which half match. */
  readonly documents: number;
  readonly docsPerSecond: number | null;
}

export interface JobsResult {
  readonly counts: Readonly<Record<string, number>>;
  /** Documents that were rewritten so that they match no more, while the job went on. */
  readonly rewritten: number;
  readonly killed: Readonly<Record<string, number>>;
  readonly seconds: number;
  /** What is wrong; empty when all is well. */
  readonly faults: readonly string[];
}

interface Job {
  readonly id: string;
  readonly state: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly error: unknown;
}

const fields = { n: { kind: 'integer' }, parity: { kind: 'keyword' } };
const bulkLines = 2000;

/** Deletes by query. */
export async function jobsLoop(options: JobsOptions): Promise<JobsResult> {
  const { cluster, seed, documents, docsPerSecond, progress } = options;
  const random = createRandom(seed);
  const roots = [cluster.url, `http://127.0.0.1:${cluster.port + 2}`];
  const path = '/v1/indexes/many';
  await must('PUT', `${cluster.url}${path}`, { shards: 4, replicas: 2, schema: { fields } });
  await fill(`${cluster.url}${path}`, documents);
  const query = { term: { parity: 'even' } };
  const spec = { kind: 'deleteByQuery', index: 'many', query, docsPerSecond };
  const begunAt = performance.now();
  const { id } = await must<Job>('POST', `${cluster.url}/v1/jobs`, spec);
  const killing = killProcesses(options, createRandom(random.integer(1, 2 ** 30)));
  const stop = new AbortController();
  const writing = rewrite(roots, path, { documents, signal: stop.signal, random });
  const job = await ended(roots, id, random);
  const seconds = Math.round((performance.now() - begunAt) / 1000);
  progress(`job: ${JSON.stringify(job)}`);
  const killed = await killing;
  stop.abort();
  const rewritten = await writing;
  const faults = await look(cluster.url, path, { documents, job, rewritten });
  return { counts: job.counts, rewritten: rewritten.size, killed, seconds, faults };
}

async function fill(url: string, documents: number): Promise<void> {
  for (let from = 0; from < documents; from += bulkLines) {
    const lines = Array.from({ length: Math.min(bulkLines, documents - from) }, (_, i) => lineOf(from + i));
    await must('POST', `${url}/documents`, lines.join(''));
  }
}

function lineOf(n: number): string {
  return `{"_put":{"n":${n},"parity":"${n % 2 === 0 ? 'even' : 'odd'}"},"_key":"k${n}"}\n`;
}

interface Rewriting {
  readonly documents: number;
  readonly signal: AbortSignal;
  readonly random: Random;
}

/** Writes documents anew, so that they match no more. @returns the keys whose writes were acknowledged */
async function rewrite(
  roots: readonly string[],
  path: string,
  { documents, signal, random }: Rewriting,
): Promise<Set<string>> {
  const rewritten = new Set<string>();
  while (!signal.aborted) {
    const key = `k${2 * random.integer(0, documents / 2 - 1)}`;
    const url = `${random.pick(roots)}${path}/documents/${key}`;
    // Until it is acknowledged: else nobody knows whether it was.
    while (!(await attempt(() => send('PUT', url, { n: -1, parity: 'neither' })))) await sleep(50);
    rewritten.add(key);
    await sleep(random.integer(0, 20));
  }
  return rewritten;
}

async function attempt(ask: () => Promise<{ readonly status: number }>): Promise<boolean> {
  try {
    return (await ask()).status < 300;
  } catch {
    // The root was killed.
    return false;
  }
}

async function ended(roots: readonly string[], id: string, random: Random): Promise<Job> {
  for (let tries = 0; tries < 6000; tries++) {
    try {
      const { status, body } = await send<Job>('GET', `${random.pick(roots)}/v1/jobs/${id}`);
      if (status === 200 && body.state !== 'running') return body;
    } catch {
      // The root was killed.
    }
    await sleep(100);
  }
  throw new Error(`job ${id} does not end`);
}

interface Looked {
  readonly documents: number;
  readonly job: Job;
  readonly rewritten: ReadonlySet<string>;
}

/** Reads every document by its key, past every replica that is behind. */
async function look(root: string, path: string, { documents, job, rewritten }: Looked): Promise<string[]> {
  const faults: string[] = [];
  const { counts } = job;
  if (job.state !== 'done') faults.push(`the job is ${job.state}: ${JSON.stringify(job.error)}`);
  const sum = ['deleted', 'conflicts', 'uncertain', 'rejected', 'noop'].reduce(
    (total, name) => total + counts[name]!,
    0,
  );
  if (sum !== counts['read']) faults.push(`${counts['read']} were read, and something came of ${sum}`);
  if (counts['rejected'] !== 0 || counts['noop'] !== 0)
    faults.push(`counts of what cannot be: ${JSON.stringify(counts)}`);
  let gone = 0;
  for (let from = 0; from < documents; from += 50) {
    const keys = Array.from({ length: Math.min(50, documents - from) }, (_, i) => from + i);
    const there = await Promise.all(keys.map((n) => read(`${root}${path}/documents/k${n}`)));
    for (const [i, document] of there.entries()) {
      const n = keys[i]!;
      const isRewritten = rewritten.has(`k${n}`);
      const expected = n % 2 === 1 ? 'odd' : isRewritten ? 'neither' : undefined;
      if (document?.parity !== expected) faults.push(`k${n} is ${JSON.stringify(document)} instead of ${expected}`);
      if (n % 2 === 0 && !isRewritten) gone++;
    }
  }
  // What is rewritten after it was deleted is there, and was deleted once.
  const deletedMax = documents / 2;
  if (counts['deleted']! + counts['uncertain']! < gone || counts['deleted']! > deletedMax) {
    faults.push(`${counts['deleted']} were deleted, of ${gone} that are gone and ${deletedMax} that matched`);
  }
  return faults.slice(0, 20);
}

async function read(url: string): Promise<{ readonly parity: string } | undefined> {
  for (let tries = 0; ; tries++) {
    const { status, body } = await send<{ readonly _source: { readonly parity: string } }>('GET', url);
    if (status === 200) return body._source;
    if (status === 404) return undefined;
    if (tries > 200) throw new Error(`${url}: ${status}`);
    await sleep(50);
  }
}
