/** `sheaf cluster`: the log, the leaves, and where each shard is, as tables. */
import type { ClusterConfig } from '../../shared/config/read.ts';
import { RootClient } from '../client/client.ts';
import { textTable } from './table.ts';

/** Answer of GET /v1/cluster. */
export interface ClusterAnswer {
  readonly log: { readonly address: string; readonly reachable: boolean };
  readonly leaves: readonly {
    readonly name: string | null;
    readonly address: string;
    readonly state: string;
    readonly draining: boolean;
    readonly problem: { readonly code: string; readonly message: string; readonly detail?: unknown } | null;
    readonly incarnation: number | null;
    readonly queued: number | null;
  }[];
  readonly stopped: readonly {
    readonly partition: string;
    readonly offset: number;
    readonly code: string;
    readonly reason: string;
    readonly fix: string;
    readonly by: readonly string[];
  }[];
  readonly indexes: readonly {
    readonly name: string;
    readonly shards: number;
    readonly replicas: number;
    readonly documents: number;
    /** Null where it is not known, as below. */
    readonly behind: number | null;
    readonly replicasMissing: { readonly notReady: number; readonly noLeaf: number };
    readonly replicasReported: readonly {
      readonly shard: number;
      readonly leaf: string;
      readonly state: string;
      readonly offset: number;
      readonly documents: number;
      readonly behind: number | null;
    }[];
  }[];
}

/** @returns exit code 0 */
export async function cluster(config: ClusterConfig, say: (line: string) => void): Promise<number> {
  const client = new RootClient(config.url);
  try {
    const answer = (await client.ask({ method: 'GET', path: '/v1/cluster' })) as ClusterAnswer;
    const lines = config.json ? [JSON.stringify(answer, null, 2)] : clusterLines(answer);
    for (const line of lines) say(line);
    return 0;
  } finally {
    await client.close();
  }
}

/** Pure. */
export function clusterLines(answer: ClusterAnswer): string[] {
  const lines = [`log ${answer.log.address} ${answer.log.reachable ? 'reachable' : 'NOT REACHABLE'}`, ''];
  const leaves = answer.leaves.map(({ name, address, state, draining }) => {
    const isUsed = state === 'up' || state === 'suspect';
    const reported = isUsed ? answer.indexes.flatMap((index) => index.replicasReported) : [];
    const held = reported.filter((replica) => replica.leaf === name);
    const documents = held.reduce((sum, replica) => sum + replica.documents, 0);
    return [name ?? '?', address, draining ? 'draining' : state, held.length, documents];
  });
  lines.push(...textTable([['leaf', 'address', 'state', 'shards', 'documents'], ...leaves]));
  for (const { address, problem } of answer.leaves) {
    if (problem !== null)
      lines.push(`${address} is not used: ${problem.code}: ${problem.message} ${JSON.stringify(problem.detail)}`);
  }
  for (const { partition, offset, code, reason, fix, by } of answer.stopped) {
    lines.push('', `${partition} stands still before ${offset} on ${by.join(', ')}: ${code}: ${reason}`, fix);
  }
  for (const index of answer.indexes) {
    const { name, shards, replicas, documents, behind } = index;
    const { notReady, noLeaf } = index.replicasMissing;
    lines.push('', `index ${name}: ${documents} documents, ${shards} shards, ${replicas} replicas of each`);
    if (behind === null) lines.push('whether all that was written can be found is not known: the log is not reachable');
    else if (behind > 0) lines.push(`${behind} entries of the log cannot be found yet`);
    if (notReady > 0) lines.push(`${notReady} replicas are not ready yet`);
    if (noLeaf > 0) lines.push(`${noLeaf} replicas have no leaf to be on: there are fewer leaves than replicas`);
    const rows = index.replicasReported
      .toSorted((a, b) => a.shard - b.shard || (a.leaf < b.leaf ? -1 : 1))
      .map(({ shard, leaf, state, offset, behind: lacks, documents: held }) => {
        return [name, shard, leaf, state, offset, lacks ?? '?', held];
      });
    lines.push(...textTable([['index', 'shard', 'leaf', 'state', 'offset', 'behind', 'documents'], ...rows]));
  }
  return lines;
}
