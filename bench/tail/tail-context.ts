/** What the scenarios of this benchmark share: the service they start, the queries they ask, what they give back. */
import type { Synset } from '../../command/demo/wordnet.ts';
import { createRandom } from '../../shared/random/random.ts';
import type { Cluster } from '../../tests/cluster/start.ts';
import type { BenchContext } from '../context.ts';
import { createWordSource } from '../corpus/words.ts';
import type { Plot } from '../report/report.ts';
import type { Table } from '../report/table.ts';
import type { PlannedIndex } from '../service/load-index.ts';
import { prepareIndexes } from '../service/prepare-indexes.ts';
import { withCluster } from '../service/with-cluster.ts';

export interface TailContext extends BenchContext {
  readonly corpus: readonly Synset[];
  /** Of the scenario that asks most; the others ask a fixed part of it. */
  readonly queries: number;
  /** Queries a second. */
  readonly rate: number;
}

export interface ScenarioFindings {
  readonly tables: readonly Table[];
  readonly notes: readonly string[];
  readonly plots?: readonly Plot[];
}

export interface ServicePlan {
  readonly leaves: number;
  readonly indexes: readonly PlannedIndex[];
  readonly args?: readonly string[];
}

/** A service with its indexes loaded and at rest, ended whatever happens. */
export async function withService<T>(
  context: TailContext,
  { leaves, indexes, args = [] }: ServicePlan,
  measure: (cluster: Cluster) => Promise<T>,
): Promise<T> {
  context.progress(`starting ${leaves} ${leaves === 1 ? 'leaf' : 'leaves'} ${args.join(' ')}`);
  const quiet = ['--telemetry-level', 'warn', ...args];
  const { result } = await withCluster({ leaves, profile: false, args: quiet }, async (cluster) => {
    await prepareIndexes(context, { cluster, corpus: context.corpus, indexes });
    return await measure(cluster);
  });
  return result;
}

export function searchPath(index: string): string {
  return `/v1/indexes/${index}/search`;
}

/**
 * Bodies of queries that all cost about the same and take one round: a filter on one word, ten hits with their
 * documents. Drawn from a set made beforehand, so that asking costs the generator next to nothing.
 */
export function makeBodies(
  { corpus, seed }: Pick<TailContext, 'corpus' | 'seed'>,
  more: Readonly<Record<string, unknown>> = {},
): (at: number) => string {
  const words = createWordSource(
    corpus.map(({ definition }) => definition),
    createRandom(seed),
  );
  const bodies = Array.from({ length: 256 }, () =>
    JSON.stringify({ query: { bool: { filter: [{ match: { definition: words.draw() } }] } }, ...more }),
  );
  return (at) => bodies[at % bodies.length]!;
}
