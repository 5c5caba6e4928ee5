/** `sheaf cluster`: the log, the leaves, and where each shard is, as tables. */
import type { ClusterConfig } from '../../shared/config/read.ts';
import { RootClient } from '../client/client.ts';
import { textTable } from './table.ts';

interface Problem {
  readonly code: string;
  readonly message: string;
  readonly detail?: unknown;
}

/** Answer of GET /v1/cluster. */
export interface ClusterAnswer {
  readonly log: { readonly address: string; readonly reachable: boolean; readonly problem: Problem | null };
  readonly leaves: readonly {
    readonly name: string | null;
    readonly address: string;
    /** Null where it is in none. */
    readonly zone: string | null;
    readonly state: string;
    readonly draining: boolean;
    readonly problem: Problem | null;
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
  /** Of which the log could not let go of what it may. */
  readonly untrimmed: readonly {
    readonly partition: string;
    readonly code: string;
    readonly reason: string;
    readonly fix: string;
  }[];
  readonly rollovers: readonly {
    readonly alias: string;
    /** That it is written to; null before there is one. */
    readonly index: string | null;
    readonly conditions: readonly {
      readonly condition: string;
      readonly limit: number;
      readonly actual: number | null;
    }[];
    /** The condition that is nearest. */
    readonly next: string | null;
    readonly lastRolledAt: string | null;
    readonly problem: Problem | null;
  }[];
  readonly indexes: readonly {
    readonly name: string;
    readonly shards: number;
    readonly replicas: number;
    readonly documents: number;
    /** Null where it is not known, as below. */
    readonly behind: number | null;
    readonly replicasMissing: { readonly notReady: number; readonly noLeaf: number };
    /** Shards of which all replicas that are ready lie in one zone. */
    readonly inOneZone: readonly number[];
    readonly replicasReported: readonly {
      readonly shard: number;
      readonly leaf: string;
      readonly state: string;
      readonly offset: number;
      readonly documents: number;
      readonly behind: number | null;
    }[];
    /** Replicas of which some have the entries of a batch that was skipped, and some have not. */
    readonly differing: readonly {
      readonly shard: number;
      readonly entry: number;
      readonly readBy: readonly string[];
      readonly skippedBy: readonly string[];
    }[];
  }[];
}

/** @returns exit code 0 */
export async function cluster(config: ClusterConfig, say: (line: string) => void): Promise<number> {
  const client = new RootClient(config.url);
  try {
    const answer = (await client.ask({ method: 'GET', path: '/v1/cluster' })) as ClusterAnswer;
    const lines = config.json ? [JSON.stringify(answer, null, 2)] : clusterLines(answer, config.eachShard);
    for (const line of lines) say(line);
    return 0;
  } finally {
    await client.close();
  }
}

/** Pure. */
export function clusterLines(answer: ClusterAnswer, eachShard = false): string[] {
  const { log } = answer;
  const refused = log.problem === null ? '' : ` ${log.problem.code}: ${log.problem.message}`;
  const lines = [`log ${log.address} ${log.reachable ? 'reachable' : 'NOT REACHABLE'}${refused}`, ''];
  const hasZones = answer.leaves.some(({ zone }) => zone !== null);
  const leaves = answer.leaves.map(({ name, address, zone, state, draining }) => {
    const isUsed = state === 'up' || state === 'suspect';
    const reported = isUsed ? answer.indexes.flatMap((index) => index.replicasReported) : [];
    const held = reported.filter((replica) => replica.leaf === name);
    const documents = held.reduce((sum, replica) => sum + replica.documents, 0);
    return [
      name ?? '?',
      address,
      ...(hasZones ? [zone ?? '-'] : []),
      draining ? 'draining' : state,
      held.length,
      documents,
    ];
  });
  const columns = ['leaf', 'address', ...(hasZones ? ['zone'] : []), 'state', 'shards', 'documents'];
  lines.push(...textTable([columns, ...leaves]));
  for (const { address, problem } of answer.leaves) {
    if (problem !== null)
      lines.push(`${address} is not used: ${problem.code}: ${problem.message} ${JSON.stringify(problem.detail)}`);
  }
  for (const { partition, offset, code, reason, fix, by } of answer.stopped) {
    lines.push('', `${partition} stands still before ${offset} on ${by.join(', ')}: ${code}: ${reason}`, fix);
  }
  for (const { partition, code, reason, fix } of answer.untrimmed) {
    lines.push('', `${partition} cannot be trimmed: ${code}: ${reason}`, fix);
  }
  if (answer.indexes.length > 0) lines.push('', ...indexTable(answer.indexes));
  for (const { name, inOneZone } of answer.indexes) {
    const [first] = inOneZone;
    if (first === undefined) continue;
    const others = inOneZone.length === 1 ? '' : ` and ${inOneZone.length - 1} more`;
    lines.push(`${name}: all replicas of shard ${first}${others} lie in one zone`);
  }
  for (const { name, differing } of answer.indexes) {
    for (const { shard, entry, readBy, skippedBy } of differing) {
      lines.push(
        '',
        `${name}, shard ${shard}: its replicas differ: ${readBy.join(', ')} read entry ${entry} before it was skipped, ${skippedBy.join(', ')} did not.`,
        `To end that, end ${readBy.join(', ')}, delete indexes/ID/${shard} in its data folder, and start it: it copies the others.`,
      );
    }
  }
  if (answer.rollovers.length > 0) lines.push('', ...rolloverTable(answer.rollovers));
  for (const index of eachShard ? answer.indexes : []) lines.push('', ...shardTable(index));
  return lines;
}

type Index = ClusterAnswer['indexes'][number];

/** A line an index. What is behind is entries of the log that cannot be found yet; `?` where the log is not reachable. */
function indexTable(indexes: readonly Index[]): string[] {
  const rows = indexes.map(({ name, documents, behind, shards, replicas, replicasMissing: { notReady, noLeaf } }) => {
    const missing = [
      ...(notReady > 0 ? [`${notReady} not ready`] : []),
      ...(noLeaf > 0 ? [`${noLeaf} without a leaf: fewer leaves than replicas`] : []),
    ];
    return [name, documents, behind ?? '?', shards, replicas, missing.length === 0 ? 'all there' : missing.join(', ')];
  });
  return textTable([['index', 'documents', 'behind', 'shards', 'replicas', 'replicas missing'], ...rows]);
}

/** A line an alias that rolls, with the condition that is nearest, in documents, bytes or milliseconds. */
function rolloverTable(rollovers: ClusterAnswer['rollovers']): string[] {
  const rows = rollovers.map(({ alias, index, conditions, next, lastRolledAt, problem }) => {
    const nearest = conditions.find(({ condition }) => condition === next);
    const how = nearest === undefined ? '?' : `${nearest.condition} ${nearest.actual} of ${nearest.limit}`;
    return [alias, index ?? 'nothing yet', how, lastRolledAt ?? 'never', problem?.code ?? ''];
  });
  return textTable([['alias', 'written to by', 'rolls next by', 'last rolled', 'problem'], ...rows]);
}

function shardTable({ name, replicasReported }: Index): string[] {
  const rows = replicasReported
    .toSorted((a, b) => a.shard - b.shard || (a.leaf < b.leaf ? -1 : 1))
    .map(({ shard, leaf, state, offset, behind, documents }) => {
      return [name, shard, leaf, state, offset, behind ?? '?', documents];
    });
  return textTable([['index', 'shard', 'leaf', 'state', 'offset', 'behind', 'documents'], ...rows]);
}
