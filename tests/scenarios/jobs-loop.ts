/**
 * Jobs go through many documents, through two roots, while roots, leaves and the log are killed and clients put, patch and delete. In the
 * end every index has what its writers know to be there, each document once, and the counts add up.
 */
import { isDeepStrictEqual } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom, type Random } from '../../shared/random/random.ts';
import { must, send } from '../service/client.ts';
import type { Cluster } from '../cluster/start.ts';
import { AcknowledgedWriters, fields, keyOf, parityOf, type Known } from './acknowledged-writers.ts';
import { killProcesses, type KillOptions } from './kill-processes.ts';
import { KillsInWork } from './kills-in-work.ts';
import { reachAll, readAll } from './read-all.ts';

export interface JobsOptions extends KillOptions {
  readonly cluster: Cluster;
  readonly documents: number;
  /** Holds the job back, so that the kills fall into it; null: as fast as it goes. */
  readonly docsPerSecond: number | null;
  /** What callers want of the job meanwhile: nothing; that it stands still and goes on, again and again; that it ends half-way. */
  readonly controls: 'none' | 'pause' | 'cancel';
}

export interface JobsResult {
  /** What became of the documents of all jobs that went on beside the kills, together. */
  readonly counts: Readonly<Record<string, number>>;
  /** Operations of the writers beside the job. */
  readonly operations: number;
  /** Words that the job took of those that it was given. */
  readonly controlled: number;
  readonly killed: Readonly<Record<string, number>>;
  /** Of the kills, those after which the job still went on; none is a fault where there were any. */
  readonly killsInJob: number;
  readonly seconds: number;
  /** What is wrong; empty when all is well. */
  readonly faults: readonly string[];
}

export interface Job {
  readonly id: string;
  readonly state: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly workedMs: number;
  readonly error: unknown;
}

const bulkLines = 5000;
const writers = 8;
const restMsMax = 30;
const faultsMax = 20;
const source = '/v1/indexes/source';
const target = '/v1/indexes/target';

/** Deletes half of the documents by query: what matches and is not written to meanwhile is gone, and nothing else. */
export async function deleteLoop(options: JobsOptions): Promise<JobsResult> {
  const { cluster, documents } = options;
  await fill(cluster.url, documents);
  const spec = { kind: 'deleteByQuery', index: 'source', query: { term: { parity: 'even' } } };
  const { jobs, beside, inJob, ...rest } = await runBeside(options, spec, documents);
  const told = { ...rest, killsInJob: inJob.count };
  const [job] = jobs;
  const faults = [
    ...inJob.faults(Math.min(options.kills, 1)),
    ...faultsOf(job!, options.controls === 'cancel' ? 'cancelled' : 'done'),
  ];
  if (options.controls === 'cancel') {
    // Nobody knows which it had come to: as many are gone as it says.
    const found = await documentsOf(`${cluster.url}${source}`);
    let gone = 0;
    for (let n = 0; n < documents; n++) {
      if (beside.written.has(n)) continue;
      if (!found.has(keyOf(n)) && n % 2 === 0) gone++;
      else if (!isDeepStrictEqual(found.get(keyOf(n)), documentOf(n))) faults.push(`${keyOf(n)} is not what it was`);
    }
    const { deleted = 0, uncertain = 0 } = job!.counts;
    if (gone > deleted + uncertain || deleted > gone + beside.written.size) {
      faults.push(`${gone} are gone, and ${deleted} were deleted, ${uncertain} perhaps`);
    }
    return { counts: job!.counts, ...told, faults: faults.slice(0, faultsMax) };
  }
  const expected = (n: number): Known => {
    return beside.written.get(n) ?? (beside.written.has(n) || n % 2 === 0 ? null : documentOf(n));
  };
  faults.push(...(await compare(`${cluster.url}${source}`, documents, expected)));
  // One that was put again after it was deleted is there, and was deleted once.
  const matched = Math.ceil(documents / 2);
  const untouched = matched - [...beside.written.keys()].filter((n) => n % 2 === 0).length;
  const { deleted = 0, uncertain = 0, read = 0 } = job!.counts;
  if (deleted + uncertain < untouched || deleted > matched || read !== matched) {
    faults.push(
      `${read} were read and ${deleted} deleted, of ${matched} that matched and ${untouched} only the job changed`,
    );
  }
  return { counts: job!.counts, ...told, faults };
}

/**
 * Copies an index into another while it is written to, by two jobs of different queries, one of which finds what the other finds too. The other index
 * has documents and deletions of its own, and gets more meanwhile. What came after the jobs had caught up, the same two copy again.
 */
export async function reindexLoop(options: JobsOptions): Promise<JobsResult> {
  const { cluster, documents, seed } = options;
  const numbers = Math.ceil(documents * 1.1);
  const url = `${cluster.url}${target}`;
  await fill(cluster.url, documents);
  await must('PUT', url, { shards: 6, replicas: 2, schema: { fields } });
  const random = createRandom(seed ^ 0x5eed);
  const own = new TargetsOwn(numbers, random);
  await own.fill(url);
  const all = { kind: 'reindex', index: 'source', into: 'target' };
  const some = { ...all, query: { term: { parity: 'even' } } };
  const { docsPerSecond } = options;
  const held = docsPerSecond === null ? {} : { docsPerSecond };
  const second = await must<Job>('POST', `${cluster.url}/v1/jobs`, { ...some, ...held });
  const roots = rootsOf(cluster);
  const { jobs, beside, inJob, ...rest } = await runBeside(options, all, numbers, () => own.change(roots));
  const told = { ...rest, killsInJob: inJob.count };
  jobs.push(await ended(roots, second.id, random));
  const faults = [...inJob.faults(Math.min(options.kills, 1)), ...own.faultsAmong(await documentsOf(url))];
  for (const spec of [all, some]) {
    const { id } = await must<Job>('POST', `${cluster.url}/v1/jobs`, spec);
    jobs.push(await ended([cluster.url], id, random));
  }
  faults.push(...jobs.flatMap((job) => faultsOf(job, 'done')));
  const known = (n: number): Known => beside.known(n);
  // What was deleted there before a job began is copied.
  const expected = (n: number): Known => own.of(n) ?? known(n);
  for (const [path, each] of [
    [source, known],
    [target, expected],
  ] as const) {
    const wrong = await compare(`${cluster.url}${path}`, numbers, each);
    faults.push(...wrong.map((fault) => `${path}: ${fault}`));
  }
  // Which of the two comes first to a document that both find is chance: together they create each once.
  return { counts: sumOf(jobs[0]!.counts, jobs[1]!.counts), ...told, faults };
}

function sumOf(counts: Job['counts'], others: Job['counts']): Job['counts'] {
  return Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, count + (others[name] ?? 0)]));
}

/** What the index that is copied into has under keys of the other: from before, or from the middle of the copying on. */
type Role = 'document' | 'deletion' | 'document later' | 'deletion later' | null;

const laterMax = 200;

/** Documents and deletions that no job has made, and none may change. */
class TargetsOwn {
  private readonly roles: readonly Role[];
  private readonly later: readonly number[];
  private readonly random: Random;

  constructor(numbers: number, random: Random) {
    this.random = random;
    const later: number[] = [];
    this.roles = Array.from({ length: numbers }, (_, n): Role => {
      const draw = random.integer(0, 99);
      if (draw < 5) return 'document';
      if (draw < 10) return 'deletion';
      if (draw >= 14 || later.length >= laterMax) return null;
      later.push(n);
      return draw < 12 ? 'document later' : 'deletion later';
    });
    this.later = random.shuffle(later);
  }

  /** The document of a number; null where there is none. */
  of(n: number): Known {
    return this.roles[n] === 'document' || this.roles[n] === 'document later' ? ownOf(n) : null;
  }

  /** What is there before any job: deletions of versions that no copy has. */
  async fill(url: string): Promise<void> {
    const lines = this.roles.flatMap((role, n) => {
      if (role === 'document') return [putOf(n)];
      const high = `{"_put":${JSON.stringify(ownOf(n))},"_key":"${keyOf(n)}","_version":${2 ** 40}}`;
      return role === 'deletion' ? [high, `{"_delete":"${keyOf(n)}"}`] : [];
    });
    for (let from = 0; from < lines.length; from += bulkLines) {
      const body = lines.slice(from, from + bulkLines).join('\n');
      while ((await send('POST', `${url}/documents`, body)).status !== 200) await sleep(500);
    }
  }

  /** What comes meanwhile, each until it is acknowledged. */
  async change(roots: readonly string[]): Promise<void> {
    for (const n of this.later) {
      const lines = this.roles[n] === 'document later' ? [putOf(n)] : [putOf(n), `{"_delete":"${keyOf(n)}"}`];
      for (;;) {
        const url = `${this.random.pick(roots)}${target}/documents`;
        // A root that is killed says nothing: the same again does the same.
        const answer = await send('POST', url, lines.join('\n')).catch(() => null);
        if (answer?.status === 200) break;
        await sleep(50);
      }
      await sleep(this.random.integer(0, 50));
    }
  }

  /** Of what the jobs left that began before the changes. */
  faultsAmong(found: ReadonlyMap<string, Known>): string[] {
    const faults = this.roles.flatMap((role, n) => {
      if (role === null || role === 'deletion') return [];
      const there = found.get(keyOf(n)) ?? null;
      return isDeepStrictEqual(there, this.of(n)) ? [] : [`${role} of ${keyOf(n)}: ${JSON.stringify(there)} is there`];
    });
    return faults.slice(0, faultsMax);
  }
}

function ownOf(n: number): Readonly<Record<string, unknown>> {
  return { n, parity: 'own', v: -1 };
}

function putOf(n: number): string {
  return `{"_put":${JSON.stringify(ownOf(n))},"_key":"${keyOf(n)}"}`;
}

function rootsOf({ url, port }: Cluster): string[] {
  return [url, `http://127.0.0.1:${port + 2}`];
}

async function fill(root: string, documents: number): Promise<void> {
  await must('PUT', `${root}${source}`, { shards: 4, replicas: 2, schema: { fields } });
  for (let from = 0; from < documents; from += bulkLines) {
    const lines = Array.from({ length: Math.min(bulkLines, documents - from) }, (_, i) => {
      return `{"_put":${JSON.stringify(documentOf(from + i))},"_key":"${keyOf(from + i)}"}\n`;
    });
    // Refused while the leaves do not keep up.
    while ((await send('POST', `${root}${source}/documents`, lines.join(''))).status !== 200) await sleep(500);
  }
  await reachAll(`${root}${source}`);
}

function documentOf(n: number): Readonly<Record<string, unknown>> {
  return { n, parity: parityOf(n), v: n };
}

/**
 * Runs a job beside kills and writers, all three to their ends; the writers end with the kills, and the job then has them all.
 * @param meanwhile what else is done once there is the job
 */
async function runBeside(
  options: JobsOptions,
  spec: object,
  numbers: number,
  meanwhile: () => Promise<unknown> = () => Promise.resolve(),
) {
  const { cluster, seed, documents, docsPerSecond, progress } = options;
  const random = createRandom(seed);
  const roots = rootsOf(cluster);
  const begunAt = performance.now();
  const { id } = await must<Job>('POST', `${cluster.url}/v1/jobs`, {
    ...spec,
    ...(docsPerSecond === null ? {} : { docsPerSecond }),
  });
  progress(`job ${id} begins`);
  const beside = new AcknowledgedWriters({
    roots,
    path: source,
    writers,
    numbers,
    random,
    initial: (n) => (n < documents ? documentOf(n) : null),
    restMsMax,
  });
  const doing = meanwhile();
  const inJob = new KillsInWork('the job');
  let hasEnded = false;
  const job = ended(roots, id, createRandom(random.integer(1, 2 ** 30))).finally(() => {
    hasEnded = true;
    inJob.end();
  });
  const controlling = control(options, roots, {
    id,
    isOver: () => hasEnded,
    random: createRandom(random.integer(1, 2 ** 30)),
  });
  const killed = await killProcesses({ ...options, onKill: inJob.onKill }, createRandom(random.integer(1, 2 ** 30)));
  await beside.stop();
  await doing;
  const jobs = [await job];
  const controlled = await controlling;
  const seconds = Math.round((performance.now() - begunAt) / 1000);
  progress(`job: ${JSON.stringify(jobs[0])}`);
  return { jobs, beside, operations: beside.operations, controlled, killed, inJob, seconds };
}

interface Controlling {
  readonly id: string;
  readonly isOver: () => boolean;
  readonly random: Random;
}

/** Says what is wanted of the job through any root, each until it is acknowledged. @returns how often the job took it */
async function control(
  { controls, documents }: JobsOptions,
  roots: readonly string[],
  controlling: Controlling,
): Promise<number> {
  switch (controls) {
    case 'none':
      return 0;
    case 'cancel':
      return await cancel(roots, controlling, documents / 8);
    case 'pause':
      return await pauseAgainAndAgain(roots, controlling);
  }
}

async function cancel(roots: readonly string[], controlling: Controlling, readMin: number): Promise<number> {
  const { id, isOver, random } = controlling;
  while (!isOver()) {
    const answer = await send<Job>('GET', `${random.pick(roots)}/v1/jobs/${id}`).catch(() => null);
    if ((answer?.body?.counts?.['read'] ?? 0) > readMin) return await say(roots, controlling, 'cancel');
    await sleep(50);
  }
  return 0;
}

async function pauseAgainAndAgain(roots: readonly string[], controlling: Controlling): Promise<number> {
  const { isOver, random } = controlling;
  let taken = 0;
  while (!isOver()) {
    await sleep(random.integer(0, 1500));
    taken += await say(roots, controlling, 'pause');
    await sleep(random.integer(0, 500));
    taken += await say(roots, controlling, 'resume');
  }
  return taken;
}

/** @returns 1 where the job took it; 0 where it had ended */
async function say(roots: readonly string[], { id, isOver, random }: Controlling, wanted: string): Promise<number> {
  while (!isOver()) {
    try {
      const { status } = await send('POST', `${random.pick(roots)}/v1/jobs/${id}/${wanted}`);
      if (status === 409) return 0;
      if (status < 300) return 1;
    } catch {
      // The root was killed.
    }
    await sleep(50);
  }
  return 0;
}

async function ended(roots: readonly string[], id: string, random: Random): Promise<Job> {
  for (let tries = 0; tries < 18_000; tries++) {
    try {
      const { status, body } = await send<Job>('GET', `${random.pick(roots)}/v1/jobs/${id}`);
      if (status === 200 && ['done', 'failed', 'cancelled'].includes(body.state)) return body;
    } catch {
      // The root was killed.
    }
    await sleep(100);
  }
  throw new Error(`job ${id} does not end`);
}

/** Every document that was read became one of what documents become. */
function faultsOf({ id, state, counts, error }: Job, expected: 'done' | 'cancelled'): string[] {
  const faults: string[] = [];
  if (state !== expected) faults.push(`job ${id} is ${state}: ${JSON.stringify(error)}`);
  const { read, ...outcomes } = counts;
  const sum = Object.values(outcomes).reduce((total, count) => total + count, 0);
  if (sum !== read) faults.push(`job ${id}: ${read} were read, and something came of ${sum}`);
  if (counts['rejected'] !== 0) faults.push(`job ${id}: ${counts['rejected']} were rejected`);
  return faults;
}

async function documentsOf(url: string): Promise<Map<string, Known>> {
  await reachAll(url);
  return await readAll(url, 'n');
}

/** Reads all there is: keys, values and how many. */
async function compare(url: string, numbers: number, expected: (n: number) => Known): Promise<string[]> {
  const found = await documentsOf(url);
  const faults: string[] = [];
  let count = 0;
  for (let n = 0; n < numbers && faults.length < faultsMax; n++) {
    const wanted = expected(n) ?? undefined;
    if (wanted !== undefined) count++;
    const there = found.get(keyOf(n));
    if (!isDeepStrictEqual(there, wanted)) {
      faults.push(`${keyOf(n)} is ${JSON.stringify(there)} instead of ${JSON.stringify(wanted)}`);
    }
  }
  if (faults.length === 0 && found.size !== count) faults.push(`${found.size} documents instead of ${count}`);
  return faults;
}
