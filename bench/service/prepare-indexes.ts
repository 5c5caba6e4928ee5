/** Indexes that hold the same corpus, loaded and at rest, ready to be asked. */
import type { Synset } from '../../command/demo/wordnet.ts';
import type { Cluster } from '../../tests/cluster/start.ts';
import type { BenchContext } from '../context.ts';
import { makeBodies } from '../corpus/bodies.ts';
import { BenchClient } from './bench-client.ts';
import { createIndex, loadIndex, type PlannedIndex } from './load-index.ts';
import { untilQuiet } from './until-quiet.ts';

const concurrency = 4;
const bodyBytes = 1_000_000;

/** Of a core, for each process: heartbeats go on, and the kernel counts in ticks. One that is profiled takes more. */
const quietShare = 0.015;
const profilingShare = 0.1;

/** @throws Error when the service does not come to rest: what is measured beside its work would be noise */
export async function prepareIndexes(
  { clock, progress, profile }: BenchContext,
  { cluster, corpus, indexes }: { cluster: Cluster; corpus: readonly Synset[]; indexes: readonly PlannedIndex[] },
): Promise<void> {
  const bodies = makeBodies(corpus, bodyBytes);
  const client = new BenchClient(cluster.url, concurrency);
  try {
    for (const index of indexes) {
      const { name, shards } = index;
      await createIndex(client, index);
      const onProgress = (documents: number): void => {
        progress(`loading ${name}, shards ${shards}: ${documents.toLocaleString('en-US')} documents`);
      };
      await loadIndex({ client, index: name, bodies, concurrency, clock, onProgress });
    }
  } finally {
    await client.close();
  }
  progress('waiting until the leaves have merged what they had to');
  if (!(await untilQuiet(cluster, profile ? profilingShare : quietShare)))
    throw new Error('the service is still busy three minutes after the load');
}
