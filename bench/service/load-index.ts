/** Creates an index and fills it, and says when all of it can be found. */
import pLimit from 'p-limit';
import { demoSchema } from '../../command/demo/demo.ts';
import type { Clock } from '../../shared/clock/clock.ts';
import type { Body } from '../corpus/bodies.ts';
import type { BenchClient } from './bench-client.ts';

export interface PlannedIndex {
  readonly name: string;
  /** A document index when absent. */
  readonly kind?: 'document' | 'term';
  readonly shards: number;
  /** 1 when absent. */
  readonly replicas?: number;
}

export interface LoadOptions {
  readonly client: BenchClient;
  readonly index: string;
  readonly bodies: readonly Body[];
  /** Requests under way at once. */
  readonly concurrency: number;
  readonly clock: Clock;
  /** Told after every request how many documents are durable. */
  readonly onProgress: (documents: number) => void;
}

export interface LoadTimes {
  readonly documents: number;
  readonly sizeBytes: number;
  /** From the first byte sent until the last document was acknowledged as durable. */
  readonly acknowledgedMs: number;
  /** From the first byte sent until a search counted every document. */
  readonly searchableMs: number;
}

/** An index with the schema of WordNet; resolves when its shards are ready. */
export async function createIndex(
  client: BenchClient,
  { name, kind = 'document', shards, replicas = 1 }: PlannedIndex,
): Promise<void> {
  await client.ask('PUT', `/v1/indexes/${name}`, JSON.stringify({ kind, schema: demoSchema, shards, replicas }));
}

/** Sends all bodies to an index that is empty. @throws Error when a document was rejected or is not found */
export async function loadIndex(options: LoadOptions): Promise<LoadTimes> {
  const { bodies, clock } = options;
  const documents = bodies.reduce((sum, body) => sum + body.documents, 0);
  const sizeBytes = bodies.reduce((sum, body) => sum + body.bytes.length, 0);
  const startedAt = clock.now();
  const tokens = await sendAll(options);
  const acknowledgedMs = clock.now() - startedAt;
  await untilSearchable(options, tokens, documents);
  return { documents, sizeBytes, acknowledgedMs, searchableMs: clock.now() - startedAt };
}

/** @returns the tokens of the writes, in the order they were answered */
async function sendAll({ client, index, bodies, concurrency, onProgress }: LoadOptions): Promise<string[]> {
  const limit = pLimit(concurrency);
  const tokens: string[] = [];
  let durable = 0;
  const send = async ({ bytes, documents }: Body): Promise<void> => {
    const path = `/v1/indexes/${index}/documents?key=id`;
    const text = await client.ask('POST', path, bytes, 'application/x-ndjson');
    const answer = JSON.parse(text) as { accepted: number; token: string };
    if (answer.accepted !== documents) throw new Error(`of ${documents} documents not all were accepted: ${text}`);
    tokens.push(answer.token);
    onProgress((durable += documents));
  };
  await Promise.all(bodies.map((body) => limit(() => send(body))));
  return tokens;
}

/**
 * Each search waits until the writes of one token are searchable, the last ones first; the count, exact and over
 * documents with distinct keys, then says whether every write is.
 */
async function untilSearchable({ client, index }: LoadOptions, tokens: string[], documents: number): Promise<void> {
  let found = -1;
  for (const token of tokens.reverse()) {
    const body = JSON.stringify({ size: 0, track_total_hits: true, timeout: '60s', token });
    const text = await client.ask('POST', `/v1/indexes/${index}/search`, body);
    found = (JSON.parse(text) as { hits: { total: { value: number } } }).hits.total.value;
    if (found === documents) return;
  }
  throw new Error(`${found} of ${documents} documents were found after all were searchable`);
}
