/**
 * What became of entries that replicas judge: asked of any replica that has passed them, because all come to the same. Whoever
 * says nothing is not waited for as long as there is time: it, and whoever else has come by then, is asked again. Where none says it
 * in time, where nobody is there to be asked, or where none knows any more, it is uncertain, and never guessed.
 */
import type { IndexDefinition } from '../../shared/catalog/catalog.ts';
import { isOfIndex, numberOfPartition } from '../../shared/index-kinds/partitions.ts';
import type { Outcome } from '../../shared/judge/judge.ts';
import type { OutcomesTask } from '../../shared/protocol/tasks/outcomes.ts';
import type { JudgedEntry } from '../route/write-job.ts';
import { planDeadlines } from './deadline.ts';
import { reserveMsMin } from './merge-reserve.ts';
import type { Answer } from '../scatter/drive.ts';
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

/** Replicas come and go: so long one is waited for at a time. */
const roundMsMax = 500;
/** Between two rounds of which the first has failed at once. */
const pauseMs = 50;

/** @returns one for each, in the order of their lines; of what is in another index it is uncertain */
export async function askOutcomes(
  root: RoundDependencies,
  { index, judged, timeoutMs }: OutcomesRequest,
): Promise<LineOutcome[]> {
  const { clock, directory } = root;
  const known = new Map<string, Outcome>();
  const wanted = offsetsByShard(judged.filter(({ partition }) => isOfIndex(partition, index)));
  const { scatterBy } = planDeadlines(clock.now(), timeoutMs, reserveMsMin);
  while (wanted.size > 0 && clock.now() < scatterBy) {
    const answers = await askRound(root, { index, wanted, deadline: Math.min(scatterBy, clock.now() + roundMsMax) });
    for (const { partial } of answers) {
      for (const shard of partial.shards) wanted.delete(shard);
      for (const [shard, found] of Object.entries(partial.found)) {
        for (const [offset, result, version, sequence] of found) {
          known.set(`${shard} ${offset}`, { result, version, sequence });
        }
      }
    }
    const owners = directory.readyOwners(index.id, index.shards);
    for (const shard of wanted.keys()) if (owners[shard]!.length === 0) wanted.delete(shard);
    if (wanted.size > 0) await pause(root, Math.min(scatterBy, clock.now() + pauseMs));
  }
  const outcomeOf = ({ partition, offset }: JudgedEntry): Outcome | null =>
    isOfIndex(partition, index) ? (known.get(`${numberOfPartition(partition)} ${offset}`) ?? null) : null;
  return judged.map((entry) => ({ ...entry, outcome: outcomeOf(entry) })).toSorted((a, b) => a.line - b.line);
}

/** By shard the log offsets of its entries. */
function offsetsByShard(judged: readonly JudgedEntry[]): Map<number, number[]> {
  const wanted = new Map<number, number[]>();
  for (const { partition, offset } of judged) {
    if (offset === null) continue;
    const shard = numberOfPartition(partition);
    const offsets = wanted.get(shard);
    if (offsets === undefined) wanted.set(shard, [offset]);
    else offsets.push(offset);
  }
  return wanted;
}

interface OutcomesRound {
  readonly index: IndexDefinition;
  readonly wanted: ReadonlyMap<number, readonly number[]>;
  readonly deadline: number;
}

async function askRound(
  root: RoundDependencies,
  { index, wanted, deadline }: OutcomesRound,
): Promise<readonly Answer<OutcomesTask>[]> {
  const { answers } = await askShards<OutcomesTask>(root, {
    index,
    shards: [...wanted.keys()],
    deadline,
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
  return answers;
}

function pause({ timers }: RoundDependencies, until: number): Promise<void> {
  return new Promise((resolve) => void timers.at(until, () => resolve()));
}
