/** How fast a leaf that is added gets the segments of another, over the leaves' ordinary ports. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { BenchContext } from '../context.ts';
import { BenchClient } from '../service/bench-client.ts';
import { withCluster } from '../service/with-cluster.ts';
import { loadBytes } from './load-bytes.ts';
import { toldCopies, type Copied } from './told-copies.ts';

export interface CopiedFromPeer extends Copied {
  /** From the command until it was ready. */
  readonly scaleMs: number;
}

export async function measureFromPeer(context: BenchContext, shards: number): Promise<CopiedFromPeer> {
  const { profile, progress, clock } = context;
  const measured = await withCluster({ leaves: 1, profile }, async (cluster, begin) => {
    const client = new BenchClient(cluster.url, 1);
    try {
      await loadBytes(client, context, shards);
      progress('copy: adding a leaf');
      begin();
      const startedAt = clock.now();
      await scale(cluster.data, 2);
      const scaleMs = clock.now() - startedAt;
      const path = join(cluster.data, 'telemetry', 'leaf-1.ndjson');
      const copied = toldCopies(path, 'a replica was copied', shards);
      if (copied === null) throw new Error(`not all of ${shards} replicas were copied; see ${path}`);
      return { scaleMs, ...copied };
    } finally {
      await client.close();
    }
  });
  return measured.result;
}

const script = fileURLToPath(new URL('../../sheaf.ts', import.meta.url));

async function scale(data: string, leaves: number): Promise<void> {
  await promisify(execFile)(process.execPath, [script, 'scale', '--data', data, '--leaves', String(leaves)]);
}
