/**
 * Lists of terms at each accuracy, held to the truth: the real read path of a root over leaves that have one shard each, in one
 * process.
 */
import assert from 'node:assert/strict';
import { accuracies, type Accuracy } from '../../shared/aggregation/terms-listing.ts';
import { allAtOnce } from '../../shared/aggregation/steps.ts';
import { createRandom } from '../../shared/random/random.ts';
import { finishParts } from '../../root/gather/finish-answer.ts';
import { rootKinds } from '../../root/kinds/root-kinds.ts';
import { parseSearchBody } from '../../root/query/parse-search-body.ts';
import { search } from '../../root/search.ts';
import { DocumentCluster } from '../sources/document-cluster.ts';
import { distributions, makeCollection, schema, type Collection } from './collections.ts';
import { holdList, listings, trueTerms, type List } from './truth.ts';

export const indexOf = (shards: number) =>
  ({ id: 'x0', name: 'terms', kind: 'document', schema, shards, replicas: 1 }) as const;

/**
 * @param replicas of each shard
 * @param heldMax states that a leaf holds for later rounds
 */
export function clusterOf(collection: Collection, replicas = 1, heldMax = 1000): DocumentCluster {
  const shards = collection.length;
  const cluster = new DocumentCluster({ schema, shards, leaves: shards, replicas, heldMax });
  cluster.write(
    collection.flatMap((documents, shard) =>
      documents.map((document, i) => ({ shard, key: `${shard} ${i}`, document })),
    ),
  );
  return cluster;
}

/** The results of a body's aggregations. */
export async function aggregate(
  cluster: DocumentCluster,
  shards: number,
  body: object,
): Promise<Readonly<Record<string, unknown>>> {
  const request = parseSearchBody({ size: 0, ...body }, schema, { timeoutMsMax: 600_000 });
  const arrival = { arrivedAt: cluster.root.clock.now(), signal: new AbortController().signal, trace: null };
  const defaults = { timeoutMs: 60_000, coverageMin: 1 };
  const index = indexOf(shards);
  const answer = await search({ ...cluster.root, kinds: rootKinds }, defaults, index, request, arrival);
  const { parts, coverage, missing, rounds } = answer;
  const isComplete = coverage.shards.failed === 0;
  const { aggregations } = request;
  return allAtOnce(finishParts(rootKinds, { index, request, aggregations }, { parts, isComplete, missing, rounds }));
}

/** Of all lists of one distribution and accuracy. */
export interface Tally {
  lists: number;
  counts: number;
  rounds: number;
  roundsMost: number;
  bytes: number;
  readonly reached: Record<Accuracy, number>;
}

/** By distribution and accuracy. */
export type Tallies = Map<string, Tally>;

const below = { s: { sum: { field: 'value' } }, m: { max: { field: 'value' } } };

/** One collection of a random distribution, size and number of shards. @throws Error where an answer is not true */
export async function runTrial(seed: number, tallies: Tallies): Promise<void> {
  const random = createRandom(seed);
  const name = random.pick(Object.keys(distributions));
  const shards = random.pick([1, 2, 4, 7, 16]);
  const collection = makeCollection(random, name, {
    shards,
    documents: random.pick([60, 300]),
    terms: random.pick([20, 150, 600]),
  });
  const documents = collection.flat();
  const cluster = clusterOf(collection);
  for (const listing of listings) {
    const size = random.pick([1, 3, 10, 40]);
    const shardSize = size + random.integer(0, 20);
    const truth = trueTerms(documents, listing);
    for (const accuracy of accuracies) {
      const terms = { ...listing.terms, size, shard_size: shardSize, accuracy, show_term_doc_count_error: true };
      const results = await aggregate(cluster, shards, { aggs: { t: { [listing.kind]: terms, aggs: below } } });
      const list = JSON.parse(JSON.stringify(results['t'])) as List;
      const { asked, reached, rounds, bytes, failures } = list.accuracy;
      const where = `${name}, ${shards} shards, by ${listing.name}, size ${size} of ${shardSize}, ${accuracy}`;
      try {
        const counts = holdList(list, truth, size);
        assert.equal(asked, accuracy);
        assert.equal(failures, undefined);
        assert.ok(accuracy !== 'exact' || reached === 'exact', `reached ${reached} in ${rounds} rounds`);
        assert.ok(accuracy !== 'bounded' || !listing.isBounded || reached !== 'fast', `reached ${reached}`);
        add(tallies, `${name}, ${accuracy}`, { counts, rounds, bytes, reached });
      } catch (error) {
        throw new Error(`${where}: ${JSON.stringify(list.accuracy)}`, { cause: error });
      }
    }
  }
}

function add(
  tallies: Tallies,
  key: string,
  one: { counts: number; rounds: number; bytes: number; reached: Accuracy },
): void {
  let tally = tallies.get(key);
  if (tally === undefined) {
    const reached = { fast: 0, bounded: 0, exact: 0 };
    tallies.set(key, (tally = { lists: 0, counts: 0, rounds: 0, roundsMost: 0, bytes: 0, reached }));
  }
  tally.lists++;
  tally.counts += one.counts;
  tally.rounds += one.rounds;
  tally.roundsMost = Math.max(tally.roundsMost, one.rounds);
  tally.bytes += one.bytes;
  tally.reached[one.reached]++;
}
