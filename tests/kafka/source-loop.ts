/**
 * A source under kills: a topic is filled, of which one message in a thousand is no document, and read into an index by two roots, while roots and
 * leaves are killed. In the end each document is in the index once, and each of the others in the topic of dead letters.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { loadKafka } from '../../shared/log/kafka/library.ts';
import { createRandom } from '../../shared/random/random.ts';
import type { Cluster } from '../cluster/start.ts';
import { killProcesses } from '../scenarios/kill-processes.ts';
import { reachAll } from '../scenarios/read-all.ts';
import { must, send } from '../service/client.ts';
import { createTopic, fillTopic, messageOf, readTopic, type TestTopic } from './source-topic.ts';

export interface SourceLoopOptions {
  readonly cluster: Pick<Cluster, 'url' | 'pids' | 'signal'>;
  /** `host:port` */
  readonly broker: string;
  readonly topic: string;
  readonly messages: number;
  readonly seed: number;
  readonly kills: number;
  readonly progress: (line: string) => void;
}

export interface SourceLoopResult {
  readonly documents: number;
  readonly poison: number;
  /** Dead letters that were written more than once. */
  readonly lettersTwice: number;
  readonly killed: Readonly<Record<string, number>>;
  /** Kills while there were messages left to be read. */
  readonly killsWhileReading: number;
  /** Messages in a second: from the definition of the source to its last step, under the kills. */
  readonly sourceRate: number;
  /** Of a loop that only reads and parses, before. */
  readonly plainRate: number;
  readonly faults: readonly string[];
}

interface Shown {
  readonly lag: number | null;
  readonly state: string;
  readonly error: unknown;
  readonly counts: Readonly<Record<string, number>>;
}

const partitions = 4;
const readMsMax = 1_800_000;
const name = 'stream';

export async function sourceLoop(options: SourceLoopOptions): Promise<SourceLoopResult> {
  const { cluster, broker, messages, seed, kills, progress } = options;
  const library = await loadKafka();
  const topic: TestTopic = { library, broker, topic: options.topic, partitions };
  await createTopic(topic);
  await fillTopic(topic, { seed, from: 0, to: messages });
  const plain = await readTopic(topic, ({ value }) => void parse(value.toString()));
  const plainRate = Math.round((plain.count / plain.ms) * 1000);
  progress(`${plain.count} messages, read and parsed by a plain loop at ${plainRate}/s`);
  const schema = { dynamic: 'strict', fields: { n: { kind: 'integer' }, text: { kind: 'text' } } };
  const url = `${cluster.url}/v1/indexes/${name}`;
  await must('PUT', url, { shards: 4, replicas: 2, schema });
  const source = `${cluster.url}/v1/sources/${name}`;
  await must('PUT', source, { brokers: [broker], topic: topic.topic, index: name, key: 'message' });
  const begunAt = performance.now();
  const reading = untilRead(source, messages, progress);
  await until(source, ({ counts }) => counts['documents']! > 0);
  let killsWhileReading = 0;
  let endedAt = Infinity;
  void reading.then(() => (endedAt = performance.now()));
  const killed = await killProcesses(
    {
      cluster: { ...cluster, pids: () => rootsAndLeaves(cluster.pids()) },
      seed,
      kills,
      pauseMsMax: 3000,
      restartMsMax: 120_000,
      progress,
      onKill: (process) => {
        if (performance.now() < endedAt) killsWhileReading++;
        progress(`killed ${process}`);
      },
    },
    createRandom(seed),
  );
  const shown = await reading;
  const sourceRate = Math.round((messages / (endedAt - begunAt)) * 1000);
  progress(`read at ${sourceRate}/s with ${killsWhileReading} kills; ${JSON.stringify(shown.counts)}; checking`);
  await reachAll(url);
  const expected = expectedOf(seed, messages);
  const faults = await compareDocuments(url, expected.good);
  const letters = await readLetters(
    { ...topic, topic: `${topic.topic}.dead-letters`, partitions: 1 },
    expected.bad,
    faults,
  );
  const { documents, deadLetters } = shown.counts;
  if (documents !== expected.good.size || deadLetters !== expected.bad.size) {
    faults.push(
      `counted ${documents} documents and ${deadLetters} dead letters of ${expected.good.size} and ${expected.bad.size}`,
    );
  }
  const lettersTwice = letters - expected.bad.size;
  return {
    documents: expected.good.size,
    poison: expected.bad.size,
    lettersTwice,
    killed,
    killsWhileReading,
    sourceRate,
    plainRate,
    faults,
  };
}

function rootsAndLeaves(pids: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(pids).filter(([process]) => /^(root|leaf)/.test(process)));
}

function expectedOf(seed: number, messages: number) {
  const good = new Set<number>();
  const bad = new Map<number, string>();
  for (let n = 0; n < messages; n++) {
    const { isPoison, value } = messageOf(seed, n);
    if (isPoison) bad.set(n, value);
    else good.add(n);
  }
  return { good, bad };
}

async function untilRead(source: string, messages: number, progress: (line: string) => void): Promise<Shown> {
  let told = 0;
  return await until(source, ({ lag, counts }) => {
    const read = counts['documents']! + counts['deadLetters']!;
    if (read - told > messages / 10) progress(`${(told = read)} read`);
    return lag === 0 && read >= messages;
  });
}

async function until(source: string, isDone: (shown: Shown) => boolean): Promise<Shown> {
  let last: unknown;
  for (const end = performance.now() + readMsMax; performance.now() < end; await sleep(100)) {
    const answer = await send<Shown>('GET', source).catch(() => undefined);
    last = answer?.body ?? last;
    if (answer?.status === 200 && isDone(answer.body)) return answer.body;
  }
  throw new Error(`the source does not come to that: ${JSON.stringify(last)}`);
}

interface Page {
  readonly complete: boolean;
  readonly hits: {
    readonly total: { readonly value: number };
    readonly hits: readonly { readonly _id: string; readonly sort: readonly number[] }[];
  };
}

/** Goes through all documents in the order of n. */
async function compareDocuments(url: string, good: ReadonlySet<number>): Promise<string[]> {
  const faults: string[] = [];
  const left = new Set(good);
  for (let after: readonly number[] | null = null; ;) {
    const body: object = {
      sort: ['n'],
      size: 5000,
      _source: false,
      track_total_hits: true,
      timeout: '30s',
      ...(after === null ? {} : { search_after: after }),
    };
    const page: Page = await wholePage(url, body);
    if (after === null && page.hits.total.value !== good.size)
      faults.push(`${page.hits.total.value} documents of ${good.size}`);
    for (const { _id, sort } of page.hits.hits) {
      const n = sort[0]!;
      if (_id !== `k${n}`) faults.push(`${_id} has ${n}`);
      else if (!left.delete(n)) faults.push(`${_id} is there twice, or is no document`);
    }
    const last = page.hits.hits.at(-1);
    if (last === undefined) break;
    after = last.sort;
  }
  if (left.size > 0) faults.push(`${left.size} are lost, the first is ${[...left][0]}`);
  return faults.slice(0, 20);
}

async function wholePage(url: string, body: object): Promise<Page> {
  for (let tries = 1; ; tries++) {
    const answer = await send<Page>('POST', `${url}/search`, body).catch(() => undefined);
    if (answer?.status === 200 && answer.body.complete) return answer.body;
    if (tries >= 100) throw new Error(`no whole page: ${JSON.stringify(answer).slice(0, 500)}`);
    await sleep(200);
  }
}

/** @returns how many letters there are */
async function readLetters(topic: TestTopic, bad: ReadonlyMap<number, string>, faults: string[]): Promise<number> {
  const left = new Map(bad);
  if (bad.size === 0) return 0;
  const { count } = await readTopic(topic, ({ key, value, headers }) => {
    const n = Number(key.toString().slice(1));
    const offset = (n - (n % partitions)) / partitions;
    const [toldPartition, toldOffset] = [headers.get('sheaf.partition'), headers.get('sheaf.offset')];
    if (bad.get(n) !== value.toString()) faults.push(`the dead letter ${n} has ${value.toString()}`);
    if (toldPartition !== String(n % partitions) || toldOffset !== String(offset))
      faults.push(`the dead letter ${n} says another place`);
    if (!headers.has('sheaf.error.code') || !headers.has('sheaf.error.reason'))
      faults.push(`the dead letter ${n} says no reason`);
    left.delete(n);
  });
  if (left.size > 0) faults.push(`${left.size} dead letters are lost, the first is ${[...left.keys()][0]}`);
  return count;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
