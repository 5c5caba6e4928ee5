/**
 * What the indexing thread does next: a pure function of what waits and of the time, so that the order can be tested
 * as a table.
 *
 * Searches that wait for a write come first. Then what keeps the leaf within its limits, then what is due, then
 * merges, which only make searches cheaper and may wait for a quiet moment, unless segments pile up.
 */
export interface ShardWork {
  /** Log bytes that are not searchable yet. */
  readonly pendingBytes: number;
  /** When the first of them came, in milliseconds; null when there are none. */
  readonly pendingSince: number | null;
  /** Whether a search waits for some of them. */
  readonly wanted: boolean;
  readonly segments: number;
  readonly mergeDue: boolean;
  /** Since when nothing has changed although a merge would leave fewer segments, in milliseconds; null where none would. */
  readonly settlingSince: number | null;
  /** Since when the files are behind what is searchable, in milliseconds; null when they are not. */
  readonly dirtySince: number | null;
}

export interface WorkSettings {
  /** How long an entry may wait until it is made searchable. */
  readonly refreshMs: number;
  /** How long files may be behind. */
  readonly commitMs: number;
}

/** Whether anything is to be done for a shard, now or later. One where nothing is need not be offered to chooseWork. */
export function hasWork({ pendingSince, mergeDue, settlingSince, dirtySince }: ShardWork): boolean {
  return mergeDue || pendingSince !== null || settlingSince !== null || dirtySince !== null;
}

export type Work<S> =
  | { readonly kind: 'refresh' | 'merge' | 'commit' | 'settle'; readonly shard: S }
  /** Nothing is due for so many milliseconds; null: until a message comes. */
  | { readonly kind: 'wait'; readonly ms: number | null };

/** A shard with so many log bytes pending is refreshed without waiting: larger segments gain nothing. */
export const shardPendingBytesMax = 8 * 1024 * 1024;
/** Beyond this the shard with the most is refreshed, to bound memory. */
export const pendingBytesMax = 64 * 1024 * 1024;
/** With so many segments a merge comes before more of them are made. */
export const segmentsMax = 24;

/** A shard that has not changed for so long is merged into few segments. */
const settleMs = 10_000;

/** Cost: some steps for each shard. */
export function chooseWork<S extends ShardWork>(shards: Iterable<S>, now: number, settings: WorkSettings): Work<S> {
  const all = [...shards];
  const refreshDue = (shard: S): number | null => after(shard.pendingSince, settings.refreshMs);
  const commitDue = (shard: S): number | null => after(shard.dirtySince, settings.commitMs);
  const settlingDue = (shard: S): number | null => after(shard.settlingSince, settleMs);
  const overdueCommit = (shard: S): number | null => after(shard.dirtySince, 2 * settings.commitMs);

  const wanted = all.find((shard) => shard.wanted);
  if (wanted !== undefined) return { kind: 'refresh', shard: wanted };
  const crowded = all.find((shard) => shard.mergeDue && shard.segments >= segmentsMax);
  if (crowded !== undefined) return { kind: 'merge', shard: crowded };
  const full = fullest(all);
  if (full !== undefined) return { kind: 'refresh', shard: full };
  const late = earliest(all, overdueCommit, now);
  if (late !== undefined) return { kind: 'commit', shard: late };
  const stale = earliest(all, refreshDue, now);
  if (stale !== undefined) return { kind: 'refresh', shard: stale };
  const dirty = earliest(all, commitDue, now);
  if (dirty !== undefined) return { kind: 'commit', shard: dirty };
  const unmerged = all.find((shard) => shard.mergeDue);
  if (unmerged !== undefined) return { kind: 'merge', shard: unmerged };
  const settling = earliest(all, settlingDue, now);
  if (settling !== undefined) return { kind: 'settle', shard: settling };
  return {
    kind: 'wait',
    ms: waitMs(
      all.flatMap((shard) => [refreshDue(shard), commitDue(shard), settlingDue(shard)]),
      now,
    ),
  };
}

function after(since: number | null, ms: number): number | null {
  return since === null ? null : since + ms;
}

/** The shard with the most pending, if it or all together are over their limit. */
function fullest<S extends ShardWork>(shards: readonly S[]): S | undefined {
  let total = 0;
  let most: S | undefined;
  for (const shard of shards) {
    total += shard.pendingBytes;
    if (shard.pendingBytes > (most?.pendingBytes ?? 0)) most = shard;
  }
  return total > pendingBytesMax || (most?.pendingBytes ?? 0) > shardPendingBytesMax ? most : undefined;
}

/** The shard whose time came first, if any has come. */
function earliest<S>(shards: readonly S[], dueAt: (shard: S) => number | null, now: number): S | undefined {
  let best: S | undefined;
  let bestDue = now;
  for (const shard of shards) {
    const due = dueAt(shard);
    if (due === null || due > bestDue || (best !== undefined && due === bestDue)) continue;
    best = shard;
    bestDue = due;
  }
  return best;
}

function waitMs(dueTimes: readonly (number | null)[], now: number): number | null {
  const times = dueTimes.filter((due) => due !== null);
  return times.length === 0 ? null : Math.max(0, Math.min(...times) - now);
}
