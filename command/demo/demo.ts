/** `sheaf up --demo`: WordNet in the index `wordnet`, loaded over the public API like any other data. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { FieldDefinition, IndexSchema } from '../../shared/schema/schema.ts';
import { AnswerError, UnreachableError } from '../client/answer-error.ts';
import { RootClient } from '../client/client.ts';
import { CommandFailure } from '../failure.ts';
import { batchBytes } from '../load/load.ts';
import type { LineBatch } from '../load/lines.ts';
import { Progress, type Output } from '../load/progress.ts';
import { sendBatches, type SendOptions } from '../load/send.ts';
import { LoadTotals } from '../load/totals.ts';
import { readWordnet, synsetCount, type Synset } from './wordnet.ts';

const demoIndex = 'wordnet';

const fields: Readonly<Record<keyof Synset, FieldDefinition>> = {
  id: { kind: 'keyword' },
  words: { kind: 'text', fields: { exact: { kind: 'keyword' } } },
  part_of_speech: { kind: 'keyword' },
  category: { kind: 'keyword' },
  definition: { kind: 'text' },
  examples: { kind: 'text' },
  word_count: { kind: 'integer' },
  pointer_count: { kind: 'integer' },
};

export const demoSchema: IndexSchema = { dynamic: 'strict', fields };

const concurrency = 4;
/** A batch that the cluster does not take for so long is given up, and the load with it. */
const retryMs = 60_000;

export interface DemoOptions extends Pick<SendOptions, 'clock' | 'random' | 'stop'> {
  readonly url: string;
  readonly output: Output;
}

/**
 * Loads what is not there. Synsets are put by key, so a load that was broken off is completed by loading again.
 * @throws CommandFailure when it cannot be completed
 */
export async function loadDemo(options: DemoOptions): Promise<void> {
  const client = new RootClient(options.url, concurrency);
  const say = (line: string): void => void options.output.write(`${line}\n`);
  try {
    await putIndex(client, options);
    if ((await countDocuments(client, options)) === synsetCount) {
      return say(`WordNet is loaded: ${synsetCount.toLocaleString('en-US')} documents.`);
    }
    say(`Loading WordNet: ${synsetCount.toLocaleString('en-US')} documents into the index ${demoIndex}`);
    await sendAll(client, options);
    await untilSearchable(client, options);
  } finally {
    await client.close();
  }
}

async function putIndex(client: RootClient, options: DemoOptions): Promise<void> {
  const body = JSON.stringify({ schema: demoSchema });
  const request = { method: 'PUT', path: `/v1/indexes/${demoIndex}`, body } as const;
  await patiently(() => client.ask(request), options);
}

/** Between two lines about the same wait. */
const stillWaitingMs = 15_000;

/**
 * Asks until the answer is one that will not change by waiting, however long: a cluster that was started on much data is
 * filling, and whoever started it wants it to.
 */
async function patiently<T>(ask: () => Promise<T>, { clock, stop, output }: DemoOptions): Promise<T> {
  let saidAt = clock.now();
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      const mayPass = error instanceof UnreachableError || (error instanceof AnswerError && error.mayPass);
      if (!mayPass || stop.aborted) throw error;
      if (clock.now() - saidAt > stillWaitingMs) {
        saidAt = clock.now();
        output.write(`Still waiting for the index ${demoIndex}: ${error.message}\n`);
      }
      await sleep(200);
    }
  }
}

async function countDocuments(client: RootClient, options: DemoOptions): Promise<number> {
  const body = JSON.stringify({ size: 0, track_total_hits: true, timeout: '10s' });
  const path = `/v1/indexes/${demoIndex}/search`;
  const answer = await patiently(() => client.ask({ method: 'POST', path, body }), options);
  return (answer as { hits: { total: { value: number } } }).hits.total.value;
}

/** What is looked at of `GET /v1/cluster`. */
interface ClusterPage {
  readonly indexes: readonly {
    readonly name: string;
    readonly replicasReported: readonly { readonly shard: number; readonly documents: number }[];
  }[];
}

/** Whether the replicas of each shard have as many documents as one another: which of them is asked makes no difference. */
async function areAlike(client: RootClient, options: DemoOptions): Promise<boolean> {
  const page = (await patiently(() => client.ask({ method: 'GET', path: '/v1/cluster' }), options)) as ClusterPage;
  const replicas = page.indexes.find(({ name }) => name === demoIndex)?.replicasReported ?? [];
  const counts = Map.groupBy(replicas, ({ shard }) => shard).values();
  return [...counts].every((ofShard) => ofShard.every(({ documents }) => documents === ofShard[0]!.documents));
}

/**
 * What was acknowledged is durable, and searchable a moment later, on one replica sooner than on another: the first answers
 * someone sees should be whole.
 */
async function untilSearchable(client: RootClient, options: DemoOptions): Promise<void> {
  let saidAt = options.clock.now();
  for (;;) {
    const count = await countDocuments(client, options);
    if (options.stop.aborted || (count >= synsetCount && (await areAlike(client, options)))) return;
    if (options.clock.now() - saidAt > stillWaitingMs) {
      saidAt = options.clock.now();
      options.output.write(
        `Still waiting for documents of WordNet to become searchable: ${count} of ${synsetCount} are\n`,
      );
    }
    await sleep(50);
  }
}

async function sendAll(client: RootClient, options: DemoOptions): Promise<void> {
  const totals = new LoadTotals('line');
  const state = () => ({
    documents: totals.accepted,
    share: totals.accepted / synsetCount,
    waitsFor: totals.waitsFor,
  });
  const progress = new Progress(options.output, options.clock, state);
  try {
    const { clock, random, stop } = options;
    const target = { client, index: demoIndex, key: 'id', concurrency, retryMs };
    await sendBatches(batches(), totals, { ...target, clock, random, stop });
  } finally {
    progress.close();
  }
  if (!totals.isClean) throw new CommandFailure(`WordNet could not be loaded: ${totals.report().join('\n')}`);
}

async function* batches(): AsyncGenerator<LineBatch> {
  let lines: string[] = [];
  let length = 0;
  let firstLine = 1;
  const take = (): LineBatch => {
    const batch = { kind: 'batch', body: Buffer.from(lines.join('')), firstLine, lines: lines.length } as const;
    firstLine += lines.length;
    lines = [];
    length = 0;
    return batch;
  };
  for await (const synset of readWordnet()) {
    const line = `${JSON.stringify(synset)}\n`;
    lines.push(line);
    length += line.length;
    if (length >= batchBytes / concurrency) yield take();
  }
  if (lines.length > 0) yield take();
}

/** Where to ask, as lines for a terminal; the curl lines work when pasted into a POSIX shell. */
export function demoInvitation(url: string): string[] {
  const search = `${url}/v1/indexes/${demoIndex}/search`;
  const range = {
    query: {
      bool: { must: [{ match: { definition: 'feline mammal' } }], filter: [{ range: { pointer_count: { gte: 5 } } }] },
    },
    size: 3,
  };
  const aggregation = { size: 0, aggs: { parts: { terms: { field: 'part_of_speech' } } } };
  const post = (body: unknown): string => {
    return `  curl -s '${search}' -H 'content-type: application/json' -d '${JSON.stringify(body)}'`;
  };
  return [
    'Search in a browser:',
    `  ${search}?q=feline+mammal`,
    'Or with curl:',
    `  curl -s '${search}?q=cat+AND+dog'`,
    post(range),
    post(aggregation),
  ];
}
