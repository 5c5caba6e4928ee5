/**
 * Holds aggregations to the oracle with seeds never used before, without processes: `npm run test:aggregations -- [requests] [seed]`. A seed
 * that finds a difference prints itself; give it as the second argument to see it again.
 */
import { holdAggregations } from './hold-aggregations.ts';

const requestsMin = Number(process.argv[2] ?? 1000);
const firstSeed = Number(process.argv[3] ?? Date.now() % 1_000_000);
const requestsOfSeed = 60;

let [asked, buckets] = [0, 0];
for (let seed = firstSeed; asked < requestsMin; seed++) {
  const shards = [1, 3, 16][(seed - firstSeed) % 3]!;
  buckets += holdAggregations({ seed, shards, documents: 120, requests: requestsOfSeed });
  asked += requestsOfSeed;
  if (asked % 600 === 0) console.log(`${asked} requests agree, to seed ${seed}: ${buckets} buckets at the top`);
}
console.log(`${asked} requests agree, from seed ${firstSeed}`);
