/** Pauses a broker while writes and searches go on. Touches the world: processes, sockets. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Brokers } from '../../shared/log/kafka/brokers.ts';
import { loadKafka } from '../../shared/log/kafka/library.ts';
import { must, send } from '../service/client.ts';
import type { BrokerPlace } from './broker.ts';
import type { KafkaCluster } from './cluster.ts';

export interface PauseOptions {
  readonly cluster: KafkaCluster;
  readonly brokers: readonly BrokerPlace[];
  /** Of the log. */
  readonly name: string;
  /** How long the broker is paused at least; longer where writes do not go on before. */
  readonly pauseMs: number;
}

export interface PauseResult {
  /** The one that led the decisions, which every append over several partitions needs. */
  readonly broker: string;
  readonly pausedMs: number;
  /** By kind of write, after how many milliseconds one was acknowledged that began when the broker stood still. */
  readonly wentOnAfterMs: Readonly<Record<string, number>>;
  readonly writes: { readonly acknowledged: number; readonly refused: number };
  readonly searches: { readonly answered: number; readonly slowestMs: number; readonly failed: readonly string[] };
  /** What was acknowledged and is not there. */
  readonly missing: readonly string[];
}

const searchTimeoutMs = 2000;
const searchEveryMs = 100;
const writeEveryMs = 30;
const bulkSize = 6;

export async function pausedBroker({ cluster, brokers, name, pauseMs }: PauseOptions): Promise<PauseResult> {
  const url = `${cluster.url}/v1/indexes/paused`;
  const schema = { fields: { id: { kind: 'keyword' }, n: { kind: 'integer' } } };
  await must('PUT', url, { shards: 4, replicas: 2, schema });
  await must('POST', `${url}/documents?key=id&refresh=wait`, documents('first', bulkSize).body);
  const broker = `broker-${(await leaderOfDecisions(brokers, name)) - 1}`;

  const stop = new AbortController();
  const searches = searchOn(url, stop.signal);
  const bulk = new Writer((n) => bulkOf(url, n));
  const single = new Writer((n) => singleOf(url, n));
  const writing = [bulk.write(stop.signal), single.write(stop.signal)];
  await sleep(1000);
  const since = performance.now();
  cluster.signal(broker, 'SIGSTOP');
  let wentOnAfterMs: Record<string, number>;
  try {
    const [bulkMs, singleMs] = await Promise.all([bulk.begunAndDone(), single.begunAndDone()]);
    wentOnAfterMs = { 'of all shards': Math.round(bulkMs - since), 'of one shard': Math.round(singleMs - since) };
    await sleep(Math.max(0, since + pauseMs - performance.now()));
  } finally {
    cluster.signal(broker, 'SIGCONT');
  }
  const pausedMs = Math.round(performance.now() - since);
  await sleep(2000);
  stop.abort();
  const [found] = await Promise.all([searches, ...writing]);
  const acknowledged = ['first-0', ...bulk.acknowledged, ...single.acknowledged];
  const writes = { acknowledged: acknowledged.length, refused: bulk.refused + single.refused };
  return { broker, pausedMs, wentOnAfterMs, writes, searches: found, missing: await missingOf(url, acknowledged) };
}

async function leaderOfDecisions(brokers: readonly BrokerPlace[], name: string): Promise<number> {
  const bootstrap = brokers.map(({ port }) => ({ host: '127.0.0.1', port }));
  const now = (): number => performance.now();
  const asked = new Brokers({ library: await loadKafka(), bootstrap, clientId: 'test', now });
  try {
    const topic = `${name}.decisions`;
    await asked.find([topic]);
    return asked.leaderOf({ topic, number: 0 })!;
  } finally {
    await asked.close();
  }
}

interface Documents {
  readonly ids: readonly string[];
  readonly body: string;
}

function documents(prefix: string, count: number): Documents {
  const ids = Array.from({ length: count }, (_, i) => `${prefix}-${i}`);
  return { ids, body: ids.map((id, n) => JSON.stringify({ id, n })).join('\n') };
}

/** @returns what was acknowledged, or null */
async function bulkOf(url: string, n: number): Promise<readonly string[] | null> {
  const { ids, body } = documents(`bulk-${n}`, bulkSize);
  const answer = await send('POST', `${url}/documents?key=id`, body).catch(() => null);
  return answer?.status === 200 ? ids : null;
}

async function singleOf(url: string, n: number): Promise<readonly string[] | null> {
  const id = `single-${n}`;
  const answer = await send('PUT', `${url}/documents/${id}`, { id, n }).catch(() => null);
  return answer !== null && answer.status < 300 ? [id] : null;
}

/** Writes one after the other, each until it is acknowledged. */
class Writer {
  readonly acknowledged: string[] = [];
  refused = 0;
  private readonly attempt: (n: number) => Promise<readonly string[] | null>;
  private readonly waiting = new Set<{ readonly since: number; readonly resolve: (atMs: number) => void }>();

  constructor(attempt: (n: number) => Promise<readonly string[] | null>) {
    this.attempt = attempt;
  }

  async write(signal: AbortSignal): Promise<void> {
    for (let n = 0; !signal.aborted; n++) {
      const begunAt = performance.now();
      let written = await this.attempt(n);
      while (written === null) {
        this.refused++;
        await sleep(writeEveryMs);
        written = await this.attempt(n);
      }
      this.acknowledged.push(...written);
      for (const wish of this.waiting) {
        if (wish.since > begunAt) continue;
        this.waiting.delete(wish);
        wish.resolve(performance.now());
      }
      await sleep(writeEveryMs);
    }
  }

  /** When a write is acknowledged that begins from now on. */
  async begunAndDone(): Promise<number> {
    const since = performance.now();
    return await new Promise((resolve) => void this.waiting.add({ since, resolve }));
  }
}

interface Found {
  readonly took: number;
  readonly timed_out: boolean;
  readonly complete: boolean;
  readonly hits: { readonly total: { readonly value: number }; readonly hits: readonly { readonly _id: string }[] };
}

/** Searches in an open loop. */
async function searchOn(url: string, signal: AbortSignal): Promise<PauseResult['searches']> {
  const failed: string[] = [];
  const all: Promise<void>[] = [];
  let slowestMs = 0;
  let answered = 0;
  const search = async (): Promise<void> => {
    const body = { query: { term: { id: 'first-0' } }, timeout: `${searchTimeoutMs}ms` };
    const answer = await send<Found>('POST', `${url}/search`, body).catch((error: unknown) => error as Error);
    if (answer instanceof Error) return void failed.push(String(answer));
    const { took, timed_out: isLate, complete, hits } = answer.body;
    if (answer.status !== 200 || !complete || isLate || took > searchTimeoutMs || hits.total.value !== 1)
      return void failed.push(JSON.stringify(answer));
    slowestMs = Math.max(slowestMs, took);
    answered++;
  };
  while (!signal.aborted) {
    all.push(search());
    await sleep(searchEveryMs);
  }
  await Promise.all(all);
  return { answered, slowestMs, failed };
}

async function missingOf(url: string, acknowledged: readonly string[]): Promise<string[]> {
  const last = documents('last', 64).body;
  const { token } = await must<{ readonly token: string }>('POST', `${url}/documents?key=id`, last);
  const body = { size: 10_000, token, timeout: '30s' };
  const { hits } = await must<Found>('POST', `${url}/search`, body);
  const found = new Set(hits.hits.map(({ _id }) => _id));
  return acknowledged.filter((id) => !found.has(id));
}
