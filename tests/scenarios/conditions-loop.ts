/**
 * Many clients change the same documents through two roots, under conditions, while processes are killed: one document is counted
 * up by reading, adding and `If-Match`; keys are created by many at once; fields of one document are patched by a client each.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom, type Random } from '../../shared/random/random.ts';
import { must } from '../service/client.ts';
import type { Cluster } from '../cluster/start.ts';
import { killProcesses, type KillOptions } from './kill-processes.ts';
import { KillsInWork } from './kills-in-work.ts';
import type { Workload } from './workload.ts';

export interface ConditionsOptions extends KillOptions {
  readonly cluster: Cluster;
  /** Of which each falls into the counting, and as many more into what comes after it, as far as that lasts. */
  readonly kills: number;
  /** How often the counter is counted up at least, by all clients together; it goes on until the kills are over. */
  readonly increments: number;
  /** Keys that are created. */
  readonly creates: number;
  /** Patches of each of the clients that patch. */
  readonly patches: number;
}

export interface ConditionsResult {
  readonly increments: number;
  /** Tries whose condition did not hold. */
  readonly conflicts: number;
  /** Tries without an answer, or with one that was uncertain. */
  readonly uncertain: number;
  readonly killed: Readonly<Record<string, number>>;
  readonly killsInCounting: number;
  /** What is wrong; empty when all is well. */
  readonly faults: readonly string[];
}

const counters = 16;
const creators = 64;
const patchers = 8;
const indexName = 'conditions';

interface World {
  /** Of the documents, by root. Each try goes to one of them. */
  readonly urls: readonly string[];
  readonly counts: { conflicts: number; uncertain: number };
  readonly faults: string[];
}

export async function conditionsLoop(options: ConditionsOptions): Promise<ConditionsResult> {
  const { cluster, seed, progress } = options;
  const random = createRandom(seed);
  const roots = [cluster.url, `http://127.0.0.1:${cluster.port + 2}`];
  const schema = { dynamic: 'false', fields: { n: { kind: 'integer' } } };
  await must('PUT', `${cluster.url}/v1/indexes/${indexName}`, { shards: 4, replicas: 2, schema });
  const urls = roots.map((root) => `${root}/v1/indexes/${indexName}/documents`);
  const world: World = { urls, counts: { conflicts: 0, uncertain: 0 }, faults: [] };
  await must('PUT', `${urls[0]}/counter?result=wait`, { n: 0, last: {} });
  const inCounting = new KillsInWork('the counting');
  let isKilling = true;
  const disturbing = killProcesses({ ...options, onKill: inCounting.onKill }, random).finally(
    () => (isKilling = false),
  );
  const goesOn = (counted: number): boolean => counted < options.increments || isKilling;
  const [increments, killed] = await Promise.all([countUp(world, goesOn, random), disturbing]);
  inCounting.end();
  world.faults.push(...inCounting.faults(options.kills));
  progress(`counted: ${JSON.stringify(world.counts)}`);
  const stop = new AbortController();
  const killing = killUntil(stop.signal, options, random);
  await createAll(world, options, random);
  progress(`created: ${JSON.stringify(world.counts)}`);
  await patchAll(world, options, random);
  stop.abort();
  for (const [name, count] of Object.entries(await killing)) killed[name] = (killed[name] ?? 0) + count;
  return { increments, ...world.counts, killed, killsInCounting: inCounting.count, faults: world.faults };
}

/**
 * One document counted up by reading, adding and `If-Match`, and one that each client patches a field of, until they are told to stop.
 * @param roots URLs of roots, or of what leads to them
 */
export async function conditionWrites(
  roots: readonly string[],
  seed: number,
): Promise<Workload<{ increments: number; patches: number; conflicts: number; uncertain: number }>> {
  const schema = { dynamic: 'false', fields: { n: { kind: 'integer' } } };
  await must('PUT', `${roots[0]}/v1/indexes/${indexName}`, { shards: 4, replicas: 2, schema });
  const urls = roots.map((root) => `${root}/v1/indexes/${indexName}/documents`);
  const counts = { increments: 0, patches: 0, conflicts: 0, uncertain: 0 };
  const world: World = { urls, counts, faults: [] };
  const random = createRandom(seed);
  await must('PUT', `${urls[0]}/counter?result=wait`, { n: 0, last: {} });
  const patched = new Map<string, number>();
  const count = async (name: string, signal: AbortSignal): Promise<void> => {
    for (let number = 1; !signal.aborted; number++) {
      await countOnce(world, name, number, random);
      counts.increments++;
    }
  };
  const patch = async (name: string, signal: AbortSignal): Promise<void> => {
    for (let number = 1; !signal.aborted; number++) {
      await patchOnce(world, name, number, random);
      patched.set(name, number);
      counts.patches++;
    }
  };
  return {
    counts,
    write: async (signal) => {
      const counting = Array.from({ length: 4 }, (_, i) => count(`c${i}`, signal));
      await Promise.all([...counting, ...Array.from({ length: 2 }, (_, i) => patch(`p${i}`, signal))]);
    },
    check: async () => {
      const { n } = (await read(world, 'counter', random)).source as Counter;
      if (n !== counts.increments) world.faults.push(`the counter says ${n} after ${counts.increments} increments`);
      await checkPatches(world, patched, random);
      return world.faults;
    },
  };
}

/** Spreads the kills over the work, as far as it lasts. */
async function killUntil(signal: AbortSignal, options: KillOptions, random: Random): Promise<Record<string, number>> {
  const killed: Record<string, number> = {};
  for (let i = 0; i < options.kills && !signal.aborted; i++) {
    for (const [name, count] of Object.entries(await killProcesses({ ...options, kills: 1 }, random))) {
      killed[name] = (killed[name] ?? 0) + count;
    }
  }
  return killed;
}

interface Counter {
  readonly n: number;
  /** The last increment of each client that is in it. */
  readonly last: Readonly<Record<string, number>>;
}

/** @param goesOn whether another increment is begun after so many @returns how many were made */
async function countUp(world: World, goesOn: (counted: number) => boolean, random: Random): Promise<number> {
  let counted = 0;
  const own = createRandom(random.integer(1, 2 ** 30));
  const client = async (name: string): Promise<void> => {
    for (let number = 1; goesOn(counted); number++) {
      counted++;
      await countOnce(world, name, number, own);
    }
  };
  await Promise.all(Array.from({ length: counters }, (_, i) => client(`c${i}`)));
  const { source } = await read(world, 'counter', own);
  const { n } = source as Counter;
  if (n !== counted) world.faults.push(`the counter says ${n} after ${counted} increments`);
  return counted;
}

/** Tries until the increment is in the document, and never twice. */
async function countOnce(world: World, name: string, number: number, random: Random): Promise<void> {
  for (;;) {
    const { etag, source } = await read(world, 'counter', random);
    const { n, last } = source as Counter;
    if (last[name] === number) return;
    const next: Counter = { n: n + 1, last: { ...last, [name]: number } };
    const status = await write(world, 'counter', { method: 'PUT', body: next, headers: { 'if-match': etag } }, random);
    if (status === 200) return;
    if (status === 412) await sleep(random.integer(0, 20));
  }
}

async function createAll(world: World, { creates }: ConditionsOptions, random: Random): Promise<void> {
  for (let i = 0; i < creates; i++) {
    const key = `key-${i}`;
    const tries = Array.from({ length: creators }, async (_, client) => {
      const headers = { 'if-none-match': '*' };
      return { client, status: await write(world, key, { method: 'PUT', body: { n: client }, headers }, random) };
    });
    const answers = await Promise.all(tries);
    const won = answers.filter(({ status }) => status === 201).map(({ client }) => client);
    const unsure = answers.filter(({ status }) => status === null).map(({ client }) => client);
    if (won.length === 0 && unsure.length === creators) continue;
    const { n } = (await read(world, key, random)).source as { readonly n: number };
    const isRight = won.length === 1 ? won[0] === n : won.length === 0 && unsure.includes(n);
    if (!isRight) world.faults.push(`${key} is ${n}'s; created by ${won.join(', ')}, uncertain ${unsure.join(', ')}`);
  }
}

async function patchAll(world: World, { patches }: ConditionsOptions, random: Random): Promise<void> {
  const client = async (name: string): Promise<void> => {
    for (let number = 1; number <= patches; number++) await patchOnce(world, name, number, random);
  };
  const names = Array.from({ length: patchers }, (_, i) => `p${i}`);
  await Promise.all(names.map(client));
  await checkPatches(world, new Map(names.map((name) => [name, patches])), random);
}

/** Of the document that is patched, by client: so that it does not grow for ever. */
const membersMax = 500;

function memberOf(name: string, number: number): string {
  return `${name}-${number % membersMax}`;
}

/** Patches until it is acknowledged: said again it changes nothing. */
async function patchOnce(world: World, name: string, number: number, random: Random): Promise<void> {
  const body = { patched: { [name]: number, [memberOf(name, number)]: number } };
  const request = { method: 'PATCH', body, query: '?upsert=true' } as const;
  let status = await write(world, 'patched', request, random);
  while (status !== 200 && status !== 201) status = await write(world, 'patched', request, random);
}

/** Each of the last patches has a member of its own, beside that of its client. @param expected the last patch of each client */
async function checkPatches(world: World, expected: ReadonlyMap<string, number>, random: Random): Promise<void> {
  const { patched } = (await read(world, 'patched', random)).source as { patched: Record<string, number> };
  for (const [name, last] of expected) {
    if (patched[name] !== last) world.faults.push(`${name} patched ${last} times, and ${patched[name]} is there`);
    for (let number = Math.max(1, last - membersMax + 1); number <= last; number++) {
      if (patched[memberOf(name, number)] !== number) world.faults.push(`patch ${number} of ${name} is lost`);
    }
  }
}

interface Write {
  readonly method: 'PUT' | 'PATCH';
  readonly body: unknown;
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** @returns the status; null where nobody knows what came of it */
async function write(world: World, key: string, request: Write, random: Random): Promise<number | null> {
  const { method, body, query = '', headers = {} } = request;
  const url = `${random.pick(world.urls)}/${key}${query}`;
  try {
    const answer = await fetch(url, {
      method,
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', ...headers },
    });
    await answer.text();
    if (answer.status === 412) world.counts.conflicts++;
    if (answer.status < 300 || answer.status === 412) return answer.status;
    if (answer.status < 500 && answer.status !== 429) world.faults.push(`${method} ${key}: ${answer.status}`);
  } catch {
    // The root was killed.
  }
  world.counts.uncertain++;
  await sleep(50);
  return null;
}

async function read(world: World, key: string, random: Random): Promise<{ etag: string; source: unknown }> {
  for (let attempt = 0; ; attempt++) {
    try {
      const answer = await fetch(`${random.pick(world.urls)}/${key}`);
      const body = (await answer.json()) as { readonly _source: unknown };
      if (answer.status === 200) return { etag: answer.headers.get('etag')!, source: body._source };
      if (attempt > 1000) throw new Error(`${key} cannot be read: ${answer.status}`);
    } catch (error) {
      if (attempt > 1000) throw error;
    }
    await sleep(50);
  }
}
