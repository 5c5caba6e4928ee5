/**
 * `npm run test:accuracy:cost -- [documents] [terms] [seed]`: what lists of ten terms take at each accuracy: rounds, bytes, and the CPU of root
 * and leaves together, which are in one process. Each leaf has one shard. Prints a table, asserts nothing.
 */
import type { Accuracy } from '../../shared/aggregation/terms-listing.ts';
import { createRandom } from '../../shared/random/random.ts';
import { distributions, makeCollection } from './collections.ts';
import { aggregate, clusterOf } from './trials.ts';
import type { List } from './truth.ts';

const [documents = 400_000, terms = 100_000, seed = 1] = process.argv.slice(2).map(Number);
const size = 10;

interface Way {
  readonly accuracy: Accuracy;
  /** As by default where it is left out. */
  readonly shardSize?: number;
}

const few = 3 * size;
const ways: readonly Way[] = [
  { accuracy: 'fast' },
  { accuracy: 'bounded' },
  { accuracy: 'exact' },
  { accuracy: 'fast', shardSize: few },
  { accuracy: 'bounded', shardSize: few },
  { accuracy: 'exact', shardSize: few },
];

const nothing = {};
const mean = { m: { avg: { field: 'value' } } };

async function measure(name: string, shards: number): Promise<void> {
  const random = createRandom(seed);
  const collection = makeCollection(random, name, { shards, documents: Math.ceil(documents / shards), terms });
  const cluster = clusterOf(collection);
  for (const [below, aggs] of [
    ['', nothing],
    ['avg', mean],
  ] as const) {
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
      const turns = 3;
      const before = process.cpuUsage();
      for (let turn = 1; turn < turns; turn++) await list();
      const last = await list();
      const { user, system } = process.cpuUsage(before);
      const { reached, rounds, bytes } = last.accuracy;
      const cells = [name, shards, below, accuracy, shardSize ?? '', reached, last.doc_count_error_upper_bound];
      row([...cells, rounds, Math.round(bytes / 1000), ((user + system) / 1000 / turns).toFixed(1)]);
    }
  }
}

function row(cells: readonly unknown[]): void {
  process.stdout.write(`| ${cells.join(' | ')} |\n`);
}

process.stdout.write(`${documents} documents, ${terms} terms a shard at most, seed ${seed}\n`);
row(['distribution', 'shards', 'below', 'asked', 'shard_size', 'reached', 'bound', 'rounds', 'kB', 'CPU ms']);
for (const name of Object.keys(distributions)) for (const shards of [1, 4, 16]) await measure(name, shards);
