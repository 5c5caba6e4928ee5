/** The long form of the reads: `npm run test:reads -- [reads] [seed]`. Exit code 1 where one goes back with the token. */
import { createRandom } from '../../shared/random/random.ts';
import { startReadsCluster } from './reads.ts';

const reads = Number(process.argv[2] ?? 10_000);
const seed = Number(process.argv[3] ?? Date.now() % 1_000_000);
console.log(`seed ${seed}`);

const cluster = await startReadsCluster();
try {
  const random = createRandom(seed);
  for (const givesToken of [false, true]) {
    const { wentBack, found } = await cluster.read({ reads, givesToken, random });
    console.log(`${givesToken ? 'with' : 'without'} the token: ${wentBack} of ${reads} went back; ${found} documents`);
    if (givesToken && wentBack > 0) process.exitCode = 1;
  }
} finally {
  await cluster.close();
}
