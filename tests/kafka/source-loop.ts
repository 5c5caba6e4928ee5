/**
 * A source under kills: a topic is filled, of which one message in a thousand is no document, and read into an index by two roots meanwhile, while roots and
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
  /** Whether the topic is read twice more, to be measured. */
  readonly measures: boolean;
  readonly progress: (line: string) => void;
}

export interface SourceLoopResult {
  readonly documents: number;
  readonly poison: number;
  /** Dead letters that were written more than once. */
  readonly lettersTwice: number;
  readonly killed: Readonly<Record<string, number>>;
  /** Messages in a second, of a fresh source from its definition to its last step; null where it was not measured, as the next. */
  readonly sourceRate: number | null;
  /** Of a loop that only reads and parses. */
  readonly plainRate: number | null;
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
const again = 'again';

export async function sourceLoop(options: SourceLoopOptions): Promise<SourceLoopResult> {
  const { cluster, broker, messages, seed, progress } = options;
  const library = await loadKafka();
  const topic: TestTopic = { library, broker, topic: options.topic, partitions };
  await createTopic(topic);
  const url = await defineSource(topic, cluster.url, name);
  const source = `${cluster.url}/v1/sources/${name}`;
  const killed = await fillUnderKills(topic, source, options);
  const { counts } = await untilRead(source, messages);
  progress(`all is read, ${JSON.stringify(counts)}; checking`);
  await reachAll(url);
  const expected = expectedOf(seed, messages);
  const faults = await compareDocuments(url, expected.good);
  const letterTopic = { ...topic, topic: `${topic.topic}.dead-letters`, partitions: 1 };
  const letters = await readLetters(letterTopic, expected.bad, faults);
  const { documents, deadLetters } = counts;
  if (documents !== expected.good.size || deadLetters !== expected.bad.size) {
    faults.push(
      `counted ${documents} documents and ${deadLetters} dead letters of ${expected.good.size} and ${expected.bad.size}`,
    );
  }
  return {
    documents: expected.good.size,
    poison: expected.bad.size,
    lettersTwice: letters - expected.bad.size,
    killed,
    ...(options.measures
      ? await measure(topic, cluster.url, messages, progress)
      : { sourceRate: null, plainRate: null }),
    faults,
  };
}

/** @returns the URL of its index */
async function defineSource({ broker, topic }: TestTopic, root: string, index: string): Promise<string> {
  const schema = { dynamic: 'strict', fields: { n: { kind: 'integer' }, text: { kind: 'text' } } };
  const url = `${root}/v1/indexes/${index}`;
  await must('PUT', url, { shards: 4, replicas: 2, schema });
  await must('PUT', `${root}/v1/sources/${index}`, { brokers: [broker], topic, index, key: 'message' });
  return url;
}

/** Part after part, in the midst of each of which a root or a leaf is killed. @returns how often each was killed */
async function fillUnderKills(
  topic: TestTopic,
  source: string,
  { cluster, messages, seed, kills, progress }: SourceLoopOptions,
): Promise<Record<string, number>> {
  const random = createRandom(seed);
  const killed: Record<string, number> = {};
  const partEnd = (part: number): number => Math.floor((messages * (part + 1)) / (kills + 1));
  for (let part = 0; part <= kills; part++) {
    const [from, to] = [part === 0 ? 0 : partEnd(part - 1), partEnd(part)];
    const filling = fillTopic(topic, { seed, from, to });
    if (part < kills) {
      // Something of this part is read before the kill.
      await until(source, ({ counts }) => countOf(counts) > from + (to - from) / 10);
      const pids = (): Record<string, number> => rootsAndLeaves(cluster.pids());
      const one = { cluster: { ...cluster, pids }, seed, kills: 1, pauseMsMax: 300, restartMsMax: 300_000, progress };
      const [process = ''] = Object.keys(await killProcesses(one, random));
      killed[process] = (killed[process] ?? 0) + 1;
      progress(`killed ${process}, ${to} of ${messages} messages are there`);
    }
    await filling;
  }
  return killed;
}

/** The whole topic once more, without kills: by a fresh source into a fresh index, and by a loop of the client library that parses and does no more. */
async function measure(topic: TestTopic, root: string, messages: number, progress: (line: string) => void) {
  const begunAt = performance.now();
  await defineSource({ ...topic }, root, again);
  await untilRead(`${root}/v1/sources/${again}`, messages);
  const sourceRate = Math.round((messages / (performance.now() - begunAt)) * 1000);
  progress(`a fresh source reads all of it at ${sourceRate}/s`);
  const plain = await readTopic(topic, ({ value }) => void parse(value.toString()));
  const plainRate = Math.round((plain.count / plain.ms) * 1000);
  progress(`a plain loop reads and parses it at ${plainRate}/s`);
  return { sourceRate, plainRate };
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

async function untilRead(source: string, messages: number): Promise<Shown> {
  return await until(source, ({ lag, counts }) => lag === 0 && countOf(counts) >= messages);
}

function countOf(counts: Shown['counts']): number {
  return counts['documents']! + counts['deadLetters']!;
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
