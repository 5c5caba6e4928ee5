/** Writes of every kind at once, by key and without, increments and conditions, while roots, leaves and brokers are killed. */
import { addedDocuments } from '../scenarios/added-documents.ts';
import { conditionWrites } from '../scenarios/conditions-loop.ts';
import { documentWrites } from '../scenarios/kill-loop.ts';
import type { KillOptions } from '../scenarios/kill-processes.ts';
import { increments } from '../scenarios/rollup-kill-loop.ts';
import { underKills, type KilledResult } from '../scenarios/workload.ts';
import type { KafkaCluster } from './cluster.ts';

export interface MixedResult extends KilledResult {
  /** By kind of writes, what was done. */
  readonly done: Readonly<Record<'documents' | 'added' | 'increments' | 'conditions', object>>;
}

export async function mixedKillLoop(options: KillOptions & { readonly cluster: KafkaCluster }): Promise<MixedResult> {
  const { cluster, seed } = options;
  const documents = await documentWrites(cluster.url, seed);
  const added = await addedDocuments(cluster.url, seed + 100);
  const sums = await increments(cluster.url, seed + 200);
  const conditions = await conditionWrites(cluster.urls, seed + 300);
  const result = await underKills(options, [documents, added, sums, conditions]);
  const done = {
    documents: documents.counts,
    added: added.counts,
    increments: sums.counts,
    conditions: conditions.counts,
  };
  return { done, ...result, faults: [...result.faults, ...cluster.faults] };
}
