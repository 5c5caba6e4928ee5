/**
 * What an append costs on each log: how long one takes, and how many are taken. The log over SQLite is a process of its own on this machine, Kafka one
 * broker, or several with copies; all take their turns. Touches the world: processes, sockets, files.
 */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BatchWriter } from '../../shared/log/batch.ts';
import { parseLogSource } from '../../shared/discovery/log-source.ts';
import type { AppendBatch } from '../../shared/log/append-batch.ts';
import { findLog } from '../../shared/log/connect.ts';
import { loadKafka } from '../../shared/log/kafka/library.ts';
import { placeOf } from '../../shared/log/kafka/names.ts';
import { writePiece } from '../../shared/log/kafka/records.ts';
import type { KeyedRequest } from '../../shared/log/keyed-requests.ts';
import type { Log } from '../../shared/log/log.ts';
import { brokerObstacle, fetchJars, killBrokers, prepareBrokers, startBrokers } from '../../tests/kafka/broker.ts';
import { freePort } from '../../tests/cluster/free-port.ts';
import type { BenchContext } from '../context.ts';
import { summarize } from '../report/percentiles.ts';
import type { Findings } from '../report/report.ts';

export interface LogOptions {
  readonly seconds: number;
  readonly rounds: number;
  readonly flights: number;
  /** How many of Kafka there are, for each time that it is measured. */
  readonly brokers: readonly number[];
}

/** One way to append, until it is acknowledged. */
type Append = (n: number) => Promise<unknown>;

interface Kind {
  readonly name: string;
  /** Entries of one append. */
  readonly entries: number;
  readonly flights: number;
  readonly make: (log: Log) => Append;
}

const script = fileURLToPath(new URL('../../sheaf.ts', import.meta.url));
const cache = fileURLToPath(new URL('../../node_modules/.cache/kafka', import.meta.url));
const host = '127.0.0.1';
const body = Buffer.alloc(300, 'a');
const partitions = 4;
const documents = 64;
const increments = 100;
const timeoutMs = 60_000;

export async function benchLog({ clock, progress }: BenchContext, options: LogOptions): Promise<Findings> {
  const { seconds, rounds, flights } = options;
  const obstacle = brokerObstacle();
  await using open = new AsyncDisposableStack();
  const folder = mkdtempSync(join(tmpdir(), 'sheaf-bench-'));
  open.defer(() => rmSync(folder, { recursive: true, force: true }));
  const logs: [name: string, log: Log][] = [['SQLite', await startSqlite(open, folder)]];
  let transaction: { readonly kafka: string; readonly append: Append } | null = null;
  for (const count of obstacle === null ? options.brokers : []) {
    const name = `Kafka, ${count === 1 ? '1 broker' : `${count} brokers`}`;
    progress(`${name}: starting`);
    const ports = await startKafka(open, join(folder, `kafka-${count}`), count);
    const log = await connect(`kafka:${ports.map((port) => `${host}:${port}`).join(',')}/bench`, count);
    open.defer(() => log.close());
    logs.push([name, log]);
    transaction ??= { kafka: name, append: await openTransactions(open, ports) };
  }
  const kinds = kindsOf(flights);
  const times = new Map<string, number[]>();
  const counts = new Map<string, number>();
  const measure = async (key: string, kind: Kind, append: Append): Promise<void> => {
    const took = times.get(key) ?? [];
    times.set(key, took);
    const end = clock.now() + seconds * 1000;
    const flight = async (): Promise<void> => {
      while (clock.now() < end) {
        const before = clock.now();
        await append(took.length);
        took.push(clock.now() - before);
        counts.set(key, (counts.get(key) ?? 0) + kind.entries);
      }
    };
    await Promise.all(Array.from({ length: kind.flights }, flight));
  };
  for (let round = 0; round <= rounds; round++) {
    for (const kind of kinds) {
      for (const [name, log] of logs) {
        progress(`round ${round} of ${rounds}: ${kind.name}, ${name}`);
        await measure(`${kind.name}\n${name}`, kind, kind.make(log));
      }
    }
    if (transaction !== null) {
      await measure(`${kinds[1]!.name}\n${transaction.kafka}, a transaction`, kinds[1]!, transaction.append);
    }
    // The first round warms up.
    if (round === 0) for (const map of [times, counts]) map.clear();
  }
  const rows = Array.from(times, ([key, took]) => {
    const { p50, p99 } = summarize(Float64Array.from(took));
    return [...key.split('\n'), p50, p99, Math.round(counts.get(key)! / (seconds * rounds))];
  });
  return {
    parameters: { seconds, rounds, flights, partitions, documents, increments },
    tables: [{ title: 'Appends', columns: ['append', 'log', 'p50 ms', 'p99 ms', 'entries/s'], rows }],
    notes: [
      `An entry has ${body.length} bytes, an increment 20. One at a time where nothing else is said; otherwise ${flights} on their way.`,
      'The log over SQLite syncs its disk before it acknowledges; brokers of Kafka do not, and promise nothing that a loss of power of all that have a copy does not take.',
      'Of three brokers and more each topic has three copies, of which two have a write before it is acknowledged. All processes share this machine, where each copy costs cores that three machines would have.',
      'A transaction is what the client library makes of it, for the same records: begin, send, commit, and 10 ms where the broker still writes the last commit.',
      ...(obstacle === null ? [] : [`Kafka was left out: ${obstacle}`]),
    ],
  };
}

function kindsOf(flights: number): readonly Kind[] {
  const one = [batchOf('p0', 1, body)];
  const few = spread(1);
  const many = spread(documents);
  return [
    { name: 'one entry', entries: 1, flights: 1, make: (log) => () => log.append(one, { timeoutMs }) },
    {
      name: 'an entry to each of 4 partitions',
      entries: partitions,
      flights: 1,
      make: (log) => () => log.append(few, { timeoutMs }),
    },
    {
      name: `${documents} documents to each of 4 partitions`,
      entries: partitions * documents,
      flights,
      make: (log) => () => log.append(many, { timeoutMs }),
    },
    {
      name: `${increments} keyed increments`,
      entries: increments,
      flights,
      make: (log) => () => {
        const { batches, requests } = keyed();
        return log.appendOnce(batches, requests, { timeoutMs });
      },
    },
  ];
}

function spread(count: number): AppendBatch[] {
  return Array.from({ length: partitions }, (_, i) => batchOf(`p${i}`, count, body));
}

function batchOf(partition: string, count: number, bytes: Uint8Array): AppendBatch {
  const writer = new BatchWriter(-1);
  for (let i = 0; i < count; i++) writer.add('put', `key${i}`, bytes);
  return { partition, count, bytes: writer.finish() };
}

/** Each increment a request of its own, as clients that count send them. */
function keyed(): { batches: AppendBatch[]; requests: KeyedRequest[] } {
  const writers = Array.from({ length: partitions }, () => new BatchWriter(-1));
  const row = Buffer.alloc(20);
  const requests = Array.from({ length: increments }, (_, i): KeyedRequest => {
    const batch = i % partitions;
    const writer = writers[batch]!;
    const start = writer.sizeBytes;
    writer.add('increment', 'page', row);
    return { key: randomUUID(), digest: 'digest', ranges: [{ batch, count: 1, start, end: writer.sizeBytes }] };
  });
  const batches = writers.map((writer, i) => ({ partition: `p${i}`, count: writer.count, bytes: writer.finish() }));
  return { batches, requests };
}

async function startSqlite(open: AsyncDisposableStack, folder: string): Promise<Log> {
  const port = await freePort();
  const args = [
    script,
    'log',
    '--host',
    host,
    '--port',
    String(port),
    '--data',
    join(folder, 'log'),
    '--telemetry-level',
    'warn',
  ];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const ended = once(child, 'exit');
  open.defer(async () => {
    child.kill();
    await ended;
  });
  const log = await connect(`${host}:${port}`);
  open.defer(() => log.close());
  return log;
}

/** @returns the ports of brokers that are one cluster */
async function startKafka(open: AsyncDisposableStack, folder: string, count: number): Promise<number[]> {
  const folders = Array.from({ length: count }, (_, i) => join(folder, String(i)));
  const places = await prepareBrokers(fetchJars(cache), folders);
  open.defer(() => killBrokers(folders));
  await startBrokers(places);
  return places.map(({ port }) => port);
}

/** @param brokers of Kafka */
async function connect(text: string, brokers = 1): Promise<Log> {
  const copies = { replication: Math.min(3, brokers), minInSync: Math.min(2, brokers) };
  const kafkaWriter = { ...copies, idempotencyRetentionMs: 3_600_000, indexTopicsMax: 100 };
  const place = { source: parseLogSource(text)!, kafkaWriter, onFault: () => undefined };
  const serviceAccount = () => Promise.reject(new Error('no pod'));
  const log = (await findLog(place, { random: Math.random, serviceAccount }))({ producer: randomUUID() });
  await log.identity({ timeoutMs });
  return log;
}

/** The same records as a transaction of Kafka, to the same partitions. */
async function openTransactions(open: AsyncDisposableStack, ports: readonly number[]): Promise<Append> {
  const { Producer } = await loadKafka();
  const producer = new Producer({
    clientId: 'bench',
    bootstrapBrokers: ports.map((port) => `${host}:${port}`),
    transactionalId: 'bench',
    idempotent: true,
    retries: true,
    retryDelay: 10,
  });
  open.defer(() => producer.close(true));
  return async () => {
    const transaction = await producer.beginTransaction({});
    const messages = spread(1).flatMap((batch) => {
      const { topic, number } = placeOf('bench', batch.partition);
      return writePiece(batch, null).map(({ key, value }) => ({
        topic,
        partition: number,
        key: key as Buffer,
        value: value as Buffer,
      }));
    });
    await transaction.send({ messages });
    await transaction.commit();
  };
}
