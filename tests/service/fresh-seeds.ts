/**
 * Holds a real cluster to the oracle with seeds never used before: `npm run test:oracle -- [rounds] [seed]`. A seed that
 * finds a difference prints itself; give it as the second argument to see it again.
 */
import { startCluster } from '../cluster/start.ts';
import { holdToOracle } from '../oracle/hold.ts';

const rounds = Number(process.argv[2] ?? 5);
const firstSeed = Number(process.argv[3] ?? Date.now() % 1_000_000);

const cluster = await startCluster({ leaves: 3, replicas: 2 });
try {
  for (let round = 0; round < rounds; round++) {
    for (const shards of [1, 3, 16]) {
      const seed = firstSeed + round;
      for (const kind of ['document', 'term'] as const) {
        const options = { baseUrl: cluster.url, kind, seed, shards, documents: 400, rounds: 5, queriesPerRound: 60 };
        const { queries, matched } = await holdToOracle(options);
        console.log(
          `seed ${seed}, ${kind}, ${shards} shards: ${queries} queries agree, ${matched} of them matched something`,
        );
      }
    }
  }
} finally {
  await cluster.stop();
}
