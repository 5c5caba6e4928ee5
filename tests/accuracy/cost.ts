/**
 * `npm run test:accuracy:cost -- [documents] [terms] [seed]`: of so many documents a shard, what lists of ten terms take at each accuracy: rounds, bytes, and the CPU of root
 * and leaves together, which are in one process. Each leaf has one shard. Prints a table, asserts nothing.
 */
import type { Accuracy } from '../../shared/aggregation/terms-listing.ts';
import { createRandom } from '../../shared/random/random.ts';
import { makeCollection } from './collections.ts';
import { aggregate, clusterOf } from './trials.ts';
import type { List } from './truth.ts';

const [documents = 20_000, terms = 100_000, seed = 1] = process.argv.slice(2).map(Number);
const size = 10;

interface Way {
  readonly accuracy: Accuracy;
  /** As by default where it is left out. */
  readonly shardSize?: number;
}

/** As many as are first on every shard where others are second. */
const few = 2 * size;
const ways: readonly Way[] = [
  { accuracy: 'fast' },
  { accuracy: 'bounded' },
  { accuracy: 'exact' },
  { accuracy: 'fast', shardSize: few },
  { accuracy: 'bounded', shardSize: few },
  { accuracy: 'exact', shardSize: few },
];

const both = [
  ['', {}],
  ['avg', { m: { avg: { field: 'value' } } }],
] as const;

async function measure(name: string, shards: number): Promise<void> {
  const random = createRandom(seed);
  const collection = makeCollection(random, name, { shards, documents, terms, common: few });
  const cluster = clusterOf(collection);
  for (const [below, aggs] of shards === 4 ? both : both.slice(0, 1)) {
    for (const { accuracy, shardSize } of ways) {
      const own = { field: 'term', size, accuracy, ...(shardSize === undefined ? {} : { shard_size: shardSize }) };
      const body = { aggs: { t: { terms: own, aggs } }, timeout: 600_000 };
      const list = async (): Promise<List> => {
        cluster.traffic.length = 0;
        return (await aggregate(cluster, shards, body))['t'] as List;
      };
      // Terms are numbered at the second search.
      await list();
      await list();
      const before = process.cpuUsage();
      await list();
      const last = await list();
      const { user, system } = process.cpuUsage(before);
      const { reached, rounds, bytes } = last.accuracy;
      const cells = [name, shards, below, accuracy, shardSize ?? '', reached, last.doc_count_error_upper_bound];
      row([...cells, rounds, Math.round(bytes / 1000), ((user + system) / 2000).toFixed(1)]);
    }
  }
}

function row(cells: readonly unknown[]): void {
  process.stdout.write(`| ${cells.join(' | ')} |\n`);
}

process.stdout.write(`${documents} documents and at most ${terms} terms a shard, seed ${seed}\n`);
row(['distribution', 'shards', 'below', 'asked', 'shard_size', 'reached', 'bound', 'rounds', 'kB', 'CPU ms']);
for (const name of ['zipf', 'uniform', 'second on every shard', 'flat'])
  for (const shards of [1, 4, 16]) await measure(name, shards);
