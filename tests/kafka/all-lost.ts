/** Loses everything of a cluster but Kafka and object storage, and asks the same before and after. Touches the world: processes, files, sockets. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openKafkaLog } from '../../shared/log/kafka/kafka.fixture.ts';
import { shardPartition, type Log } from '../../shared/log/log.ts';
import { createRandom } from '../../shared/random/random.ts';
import { readManifest } from '../../shared/snapshots/read-manifest.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';
import { openStore } from '../../shared/storage/open-store.ts';
import { readStorePlace } from '../../shared/storage/store-place.ts';
import { must, send } from '../service/client.ts';
import { startMoto } from '../storage/moto.ts';
import type { BrokerPlace } from './broker.ts';
import { startKafkaCluster } from './cluster.ts';

export interface LostOptions {
  readonly brokers: readonly BrokerPlace[];
  /** Of the log. */
  readonly name: string;
  readonly folder: string;
}

export interface LostResult {
  /** Answers, as JSON, without times. */
  readonly before: string;
  readonly after: string;
  /** Of each partition, when all was lost: from where on Kafka has it, how far, and up to where object storage has a shard that reads it at least. */
  readonly kept: readonly Kept[];
}

interface Kept {
  readonly partition: string;
  readonly earliest: number;
  readonly head: number;
  readonly stored: number;
}

const place = 's3://lost/tests';
const shards = 2;
const documents = 400;
const waitMsMax = 120_000;

/** Each index: how it is made, where it is written, what is written. */
const indexes: readonly (readonly [name: string, body: object, path: string, line: (n: number) => object])[] = [
  [
    'books',
    {
      shards,
      replicas: 2,
      schema: { fields: { id: { kind: 'keyword' }, title: { kind: 'text' }, n: { kind: 'integer' } } },
    },
    '/v1/indexes/books/documents?key=id',
    (n) => ({ id: `k${n % 350}`, title: `word${(n * 7) % 30} word${n % 11}`, n }),
  ],
  [
    'phrases',
    { kind: 'term', shards, replicas: 2, schema: { fields: { id: { kind: 'keyword' }, title: { kind: 'text' } } } },
    '/v1/indexes/phrases/documents?key=id',
    (n) => ({ id: `p${n}`, title: `word${(n * 3) % 20} word${n % 7}` }),
  ],
  [
    'sums',
    { kind: 'rollup', shards, replicas: 2, schema: { dimensions: { name: { kind: 'keyword' } }, metrics: { n: {} } } },
    '/v1/counters/sums',
    (n) => ({ name: `name${n % 50}`, n }),
  ],
];

const searches: readonly (readonly [index: string, body: object])[] = [
  ['books', { query: { match: { title: 'word7' } }, size: 50 }],
  ['books', { size: 50, sort: [{ n: 'desc' }], track_total_hits: true }],
  [
    'books',
    { size: 0, aggs: { byNumber: { histogram: { field: 'n', interval: 100 } }, sum: { sum: { field: 'n' } } } },
  ],
  ['phrases', { query: { match: { title: 'word6' } }, size: 50 }],
  ['sums', { size: 0, aggs: { names: { terms: { field: 'name', size: 100 }, aggs: { n: { sum: { field: 'n' } } } } } }],
];

export async function allLost({ brokers, name, folder }: LostOptions): Promise<LostResult> {
  const moto = await startMoto('lost');
  await using open = new AsyncDisposableStack();
  open.defer(() => moto.stop());
  const world = { sleep: async (ms: number) => await sleep(ms), random: createRandom(1) };
  const store = openStore(readStorePlace(place)!, { ...moto.environment }, world);
  const log = openKafkaLog({ name, writer: null });
  open.defer(() => log.close());
  const data = join(folder, 'data');
  const start = async () =>
    await startKafkaCluster({
      brokers,
      name,
      data,
      leafArgs: ['--snapshots', place, '--snapshot-ms', '1000', '--commit-ms', '100'],
      rootArgs: ['--log-kept-entries', '0'],
      env: moto.environment,
    });

  const first = await start();
  open.defer(() => first.stop());
  for (const [index, body] of indexes) await must('PUT', `${first.url}/v1/indexes/${index}`, body);
  await write(first.url, 0);
  const ids = await idsOf(first.url);
  await untilTrimmed(log, store, ids);
  // What is written now may be in Kafka alone.
  const tokens = await write(first.url, documents);
  const before = await answers(first.url, tokens);
  const kept = await keptOf(log, store, ids);
  await first.stop();
  rmSync(data, { recursive: true });

  const second = await start();
  open.defer(() => second.stop());
  return { before, after: await answers(second.url, tokens), kept };
}

/** @returns the token of each index */
async function write(url: string, from: number): Promise<ReadonlyMap<string, string>> {
  const tokens = new Map<string, string>();
  for (const [index, , path, line] of indexes) {
    const lines = Array.from({ length: documents }, (_, i) => line(from + i));
    const body = path.startsWith('/v1/counters') ? lines : lines.map((each) => JSON.stringify(each)).join('\n');
    tokens.set(index, (await must<{ readonly token: string }>('POST', url + path, body)).token);
  }
  return tokens;
}

async function idsOf(url: string): Promise<ReadonlyMap<string, string>> {
  const { indexes: found } = await must<{
    readonly indexes: readonly { readonly name: string; readonly id: string }[];
  }>('GET', `${url}/v1/cluster`);
  return new Map(found.map(({ name, id }) => [name, id]));
}

async function keptOf(log: Log, store: ObjectStore, ids: ReadonlyMap<string, string>): Promise<Kept[]> {
  const kept: Kept[] = [];
  for (const [index, indexId] of ids) {
    const manifests = Array.from({ length: shards }, (_, shard) => readManifest(store, { indexId, shard }));
    const stored = (await Promise.all(manifests)).map((found) => found?.manifest.offset ?? -1);
    for (const shard of index === 'phrases' ? [0] : [0, 1]) {
      const partition = shardPartition(indexId, shard);
      const [[earliest], [head]] = await Promise.all([log.earliest([partition]), log.heads([partition])]);
      const least = index === 'phrases' ? Math.min(...stored) : stored[shard]!;
      kept.push({ partition, earliest: earliest!, head: head!, stored: least });
    }
  }
  return kept;
}

async function untilTrimmed(log: Log, store: ObjectStore, ids: ReadonlyMap<string, string>): Promise<void> {
  const end = performance.now() + waitMsMax;
  for (;;) {
    const kept = await keptOf(log, store, ids);
    if (kept.every(({ earliest }) => earliest > 0)) return;
    if (performance.now() > end) throw new Error(`not trimmed: ${JSON.stringify(kept)}`);
    await sleep(500);
  }
}

/** Asked until it is answered: leaves that have lost their disks fetch them first. */
async function answers(url: string, tokens: ReadonlyMap<string, string>): Promise<string> {
  const found: string[] = [];
  for (const [index, search] of searches) {
    const body = { ...search, token: tokens.get(index), timeout: '30s' };
    for (const end = performance.now() + waitMsMax; ; await sleep(200)) {
      const answer = await send<{ readonly hits: object; readonly aggregations?: object }>(
        'POST',
        `${url}/v1/indexes/${index}/search`,
        body,
      ).catch((error: unknown) => error as Error);
      if (!(answer instanceof Error) && answer.status === 200) {
        found.push(JSON.stringify([answer.body.hits, answer.body.aggregations ?? null]));
        break;
      }
      if (performance.now() > end) throw new Error(`not answered: ${JSON.stringify(answer)}`);
    }
  }
  return found.join('\n');
}
