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

/** Cost: one look at each shard, before each piece of work: with thousands that wait to be written, that is most of it. */
export function chooseWork<S extends ShardWork>(shards: Iterable<S>, now: number, settings: WorkSettings): Work<S> {
  const pending = new Longest<S>();
  const dirty = new Longest<S>();
  const settling = new Longest<S>();
  let crowded: S | null = null;
  let unmerged: S | null = null;
  let fullest: S | null = null;
  let fullestBytes = 0;
  let totalBytes = 0;
  for (const shard of shards) {
    if (shard.wanted) return { kind: 'refresh', shard };
    if (shard.mergeDue) {
      unmerged ??= shard;
      if (shard.segments >= segmentsMax) crowded ??= shard;
    }
    const { pendingBytes } = shard;
    totalBytes += pendingBytes;
    if (pendingBytes > fullestBytes) {
      fullest = shard;
      fullestBytes = pendingBytes;
    }
    pending.offer(shard, shard.pendingSince);
    dirty.offer(shard, shard.dirtySince);
    settling.offer(shard, shard.settlingSince);
  }
  const { refreshMs, commitMs } = settings;
  if (crowded !== null) return { kind: 'merge', shard: crowded };
  const isFull = totalBytes > pendingBytesMax || fullestBytes > shardPendingBytesMax;
  if (isFull && fullest !== null) return { kind: 'refresh', shard: fullest };
  const late = dirty.after(2 * commitMs, now);
  if (late !== null) return { kind: 'commit', shard: late };
  const stale = pending.after(refreshMs, now);
  if (stale !== null) return { kind: 'refresh', shard: stale };
  const unwritten = dirty.after(commitMs, now);
  if (unwritten !== null) return { kind: 'commit', shard: unwritten };
  if (unmerged !== null) return { kind: 'merge', shard: unmerged };
  const settled = settling.after(settleMs, now);
  if (settled !== null) return { kind: 'settle', shard: settled };
  const nextAt = Math.min(pending.since + refreshMs, dirty.since + commitMs, settling.since + settleMs);
  return { kind: 'wait', ms: nextAt === Infinity ? null : Math.max(0, nextAt - now) };
}

/** Of all that are offered the one that waits longest, the first of several. */
class Longest<S> {
  /** Infinity where none waits. */
  since = Infinity;
  private shard: S | null = null;

  offer(shard: S, since: number | null): void {
    if (since === null || since >= this.since) return;
    this.shard = shard;
    this.since = since;
  }

  /** It, if it waits for so long; null where none does. */
  after(ms: number, now: number): S | null {
    return this.since + ms <= now ? this.shard : null;
  }
}
