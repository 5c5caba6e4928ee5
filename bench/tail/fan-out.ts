/**
 * Asks leaves by undici requests to POST /v1/tasks, as a root without a transport of its own would, and prints what CPU
 * that took. A process of its own: `node fan-out.ts ORDER`, where the order is JSON.
 */
import { Pool } from 'undici';
import type { SearchTask } from '../../shared/protocol/tasks.ts';
import { noStatistics } from '../../shared/ranking/statistics.ts';

export interface FanOutOrder {
  readonly queries: number;
  /** Queries under way at once. */
  readonly concurrency: number;
  /** Id of the index. */
  readonly index: string;
  /** One filter each, in turn. */
  readonly words: readonly string[];
  readonly leaves: readonly { readonly url: string; readonly shards: readonly number[] }[];
}

/** CPU of the process per query, in microseconds: asking the first leaf only, and asking all. */
export interface FanOutResult {
  readonly oneMicros: number;
  readonly allMicros: number;
}

const order = JSON.parse(process.argv[2]!) as FanOutOrder;
const pools = order.leaves.map(({ url }) => new Pool(url, { connections: order.concurrency }));

async function askLeaf(leaf: number, word: string): Promise<unknown> {
  const task: SearchTask = {
    kind: 'search',
    index: order.index,
    shards: order.leaves[leaf]!.shards,
    remainingMs: 1000,
    query: {
      kind: 'bool',
      must: [],
      should: [],
      mustNot: [],
      filter: [{ kind: 'term', field: 'definition', term: word }],
    },
    k: 10,
    statistics: noStatistics,
    sort: [{ by: 'score', descending: true }],
    source: true,
    aggregations: {},
  };
  const { statusCode, body } = await pools[leaf]!.request({
    method: 'POST',
    path: '/v1/tasks',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(task),
  });
  const text = await body.text();
  if (statusCode !== 200) throw new Error(text);
  return JSON.parse(text);
}

/** CPU in microseconds per query. */
async function measure(leaves: number): Promise<number> {
  const before = process.cpuUsage();
  let next = 0;
  const loop = async (): Promise<void> => {
    while (next < order.queries) {
      const word = order.words[next++ % order.words.length]!;
      await Promise.all(Array.from({ length: leaves }, (_, leaf) => askLeaf(leaf, word)));
    }
  };
  await Promise.all(Array.from({ length: order.concurrency }, loop));
  const { user, system } = process.cpuUsage(before);
  return (user + system) / order.queries;
}

await measure(pools.length);
const result: FanOutResult = { oneMicros: await measure(1), allMicros: await measure(pools.length) };
process.stdout.write(JSON.stringify(result));
await Promise.all(pools.map((pool) => pool.destroy()));
