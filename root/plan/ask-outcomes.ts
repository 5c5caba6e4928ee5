/**
 * What became of entries that replicas judge: asked of any replica that has passed them, because all come to the same. Where
 * none says it in time, or none knows any more, it is uncertain, and never guessed.
 */
import type { IndexDefinition } from '../../shared/catalog/catalog.ts';
import { shardOfKey } from '../../shared/hashing/hash.ts';
import type { Outcome } from '../../shared/judge/judge.ts';
import type { OutcomesTask } from '../../shared/protocol/tasks/outcomes.ts';
import type { JudgedEntry } from '../route/write-job.ts';
import { planDeadlines } from './deadline.ts';
import { reserveMsMin } from './merge-reserve.ts';
import { askShards, type RoundDependencies } from './round.ts';

export interface LineOutcome extends JudgedEntry {
  /** Null where it is uncertain: the entry is in the log, and no replica told what came of it. */
  readonly outcome: Outcome | null;
}

export interface OutcomesRequest {
  readonly index: IndexDefinition;
  readonly judged: readonly JudgedEntry[];
  readonly timeoutMs: number;
}

/** @returns one for each, in the order of their lines */
export async function askOutcomes(
  root: RoundDependencies,
  { index, judged, timeoutMs }: OutcomesRequest,
): Promise<LineOutcome[]> {
  const wanted = new Map<number, number[]>();
  for (const { key, offset } of judged) {
    if (offset === null) continue;
    const shard = shardOfKey(key, index.shards);
    const offsets = wanted.get(shard);
    if (offsets === undefined) wanted.set(shard, [offset]);
    else offsets.push(offset);
  }
  if (wanted.size === 0) return judged.map((entry) => ({ ...entry, outcome: null }));
  const { scatterBy } = planDeadlines(root.clock.now(), timeoutMs, reserveMsMin);
  const { answers } = await askShards<OutcomesTask>(root, {
    index,
    shards: [...wanted.keys()],
    deadline: scatterBy,
    coverageMin: 1,
    taskClass: 'outcomes',
    at: Object.fromEntries([...wanted].map(([shard, offsets]) => [String(shard), Math.max(...offsets)])),
    signal: new AbortController().signal,
    makeTask: (base) => ({
      ...base,
      kind: 'outcomes',
      wanted: Object.fromEntries(base.shards.map((shard) => [String(shard), wanted.get(shard)!])),
    }),
  });
  const known = new Map<string, Outcome>();
  for (const { partial } of answers) {
    for (const [shard, found] of Object.entries(partial.found)) {
      for (const [offset, result, version, sequence] of found) {
        known.set(`${shard} ${offset}`, { result, version, sequence });
      }
    }
  }
  return judged
    .map((entry) => ({
      ...entry,
      outcome: known.get(`${shardOfKey(entry.key, index.shards)} ${entry.offset}`) ?? null,
    }))
    .toSorted((a, b) => a.line - b.line);
}
