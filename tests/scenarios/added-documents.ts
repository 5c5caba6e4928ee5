/** Documents added without keys of their own, each request sent again under its idempotency key until it is answered: each has to be there once. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom, type Random } from '../../shared/random/random.ts';
import { must, send } from '../service/client.ts';
import type { Workload } from './workload.ts';

interface Counts {
  /** Documents acknowledged. */
  added: number;
  /** Times a request was sent again. */
  repeated: number;
}

interface Found {
  readonly hits: { readonly hits: readonly { readonly _source: { readonly n: number } }[] };
}

const writers = 3;
const indexName = 'added';
/** Documents that are looked at together; twice as many would be found. */
const pageSize = 4000;

export async function addedDocuments(cluster: string, seed: number): Promise<Workload<Counts>> {
  const url = `${cluster}/v1/indexes/${indexName}`;
  await must('PUT', url, { shards: 4, replicas: 2, schema: { fields: { n: { kind: 'integer' } } } });
  const counts: Counts = { added: 0, repeated: 0 };
  let next = 0;
  const write = async (writer: number, random: Random, signal: AbortSignal): Promise<void> => {
    for (let request = 1; !signal.aborted; request++) {
      const numbers = Array.from({ length: random.integer(1, 5) }, () => next++);
      const body = numbers.map((n) => JSON.stringify({ n })).join('\n');
      const headers = { 'content-type': 'application/x-ndjson', 'idempotency-key': `added-${writer}-${request}` };
      while (!(await isAdded(`${url}/documents`, body, headers, random))) {
        counts.repeated++;
        await sleep(20);
      }
      counts.added += numbers.length;
      await sleep(random.integer(0, 20));
    }
  };
  return {
    counts,
    write: async (signal) => {
      await Promise.all(
        Array.from({ length: writers }, (_, writer) => write(writer, createRandom(seed + writer), signal)),
      );
    },
    check: async () => await check(url, next),
  };
}

async function isAdded(
  url: string,
  body: string,
  headers: Readonly<Record<string, string>>,
  random: Random,
): Promise<boolean> {
  const signal = AbortSignal.timeout(random.integer(50, 3000));
  try {
    const answer = await fetch(url, { method: 'POST', headers, body, signal });
    await answer.text();
    return answer.status === 200;
  } catch {
    return false;
  }
}

async function check(url: string, count: number): Promise<string[]> {
  // To every shard: a search that includes it includes all that was added before.
  const markers = Array.from({ length: 64 }, () => JSON.stringify({ n: -1 })).join('\n');
  const { token } = await untilDone(() => send<{ readonly token: string }>('POST', `${url}/documents`, markers));
  const faults: string[] = [];
  for (let from = 0; from < count; from += pageSize) {
    const query = { range: { n: { gte: from, lt: from + pageSize } } };
    const { hits } = await untilDone(() =>
      send<Found>('POST', `${url}/search`, { query, size: 2 * pageSize, token, timeout: '30s' }),
    );
    const found = new Map<number, number>();
    for (const { _source } of hits.hits) found.set(_source.n, (found.get(_source.n) ?? 0) + 1);
    for (let n = from; n < Math.min(count, from + pageSize); n++)
      if (found.get(n) !== 1) faults.push(`document ${n} is there ${found.get(n) ?? 0} times`);
  }
  return faults;
}

async function untilDone<T>(attempt: () => Promise<{ readonly status: number; readonly body: T }>): Promise<T> {
  for (let i = 0; ; i++) {
    const answer = await attempt().catch((error: unknown) => error as Error);
    if (!(answer instanceof Error) && answer.status === 200) return answer.body;
    if (i === 100) throw new Error(`still not done: ${JSON.stringify(answer)}`);
    await sleep(100);
  }
}
