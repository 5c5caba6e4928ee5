/**
 * States of replicas that are kept for those who come back to them: a caller who pages through an answer asks for the
 * state that the first page was made of. A state is a snapshot at a log offset; snapshots of a shard at the same offset
 * hold the same documents on every replica, so one is as good as another.
 *
 * Bounded: each is kept for a time after it was last used, so many at once, and so many bytes of segments that nothing
 * else needs any more. Pure but for `now`.
 */
import type { ReplicaSnapshot } from './replica-snapshot.ts';

export interface PinPlace {
  readonly indexId: string;
  readonly shard: number;
  readonly offset: number;
}

export interface PinsOptions {
  /** Milliseconds after its last use for which a state is kept. */
  readonly keepMs: number;
  readonly countMax: number;
  /** Bytes of segments that only kept states hold. */
  readonly bytesMax: number;
  /** What searches see now, and so needs no room here. */
  readonly current: () => Iterable<ReplicaSnapshot>;
}

/** Why a state cannot be kept. */
export interface PinRefusal {
  readonly reason: 'states' | 'bytes';
  readonly limit: number;
  readonly actual: number;
}

export class Pins {
  private readonly options: PinsOptions;
  /** By name, the next to be dropped first. */
  private readonly kept = new Map<string, { readonly snapshot: ReplicaSnapshot; readonly until: number }>();

  constructor(options: PinsOptions) {
    this.options = options;
  }

  get count(): number {
    return this.kept.size;
  }

  /** The state, if it is kept. */
  find(place: PinPlace, now: number): ReplicaSnapshot | undefined {
    this.dropOld(now);
    return this.kept.get(nameOf(place))?.snapshot;
  }

  /**
   * Keeps a state from now on for the time set, or says why it cannot. One that is kept already only stays longer.
   * Cost: where it is new, a look at each segment of each state kept.
   */
  keep(place: PinPlace, snapshot: ReplicaSnapshot, now: number): PinRefusal | null {
    this.dropOld(now);
    const name = nameOf(place);
    const known = this.kept.get(name);
    const refusal = known === undefined ? this.refuse() : null;
    if (refusal !== null) return refusal;
    this.kept.delete(name);
    this.kept.set(name, { snapshot: known?.snapshot ?? snapshot, until: now + this.options.keepMs });
    return null;
  }

  /** Lets go of what has not been used for too long. Cost: what is dropped. */
  dropOld(now: number): void {
    for (const [name, { until }] of this.kept) {
      if (until > now) return;
      this.kept.delete(name);
    }
  }

  /** Bytes of segments that are here for the sake of kept states only. */
  heldBytes(): number {
    const current = segmentsOf(this.options.current());
    const held = segmentsOf(Array.from(this.kept.values(), ({ snapshot }) => snapshot));
    let bytes = 0;
    for (const segment of held) if (!current.has(segment)) bytes += segment.sizeBytes;
    return bytes;
  }

  private refuse(): PinRefusal | null {
    const { countMax, bytesMax } = this.options;
    if (this.kept.size >= countMax) return { reason: 'states', limit: countMax, actual: this.kept.size };
    const bytes = this.heldBytes();
    return bytes > bytesMax ? { reason: 'bytes', limit: bytesMax, actual: bytes } : null;
  }
}

function nameOf({ indexId, shard, offset }: PinPlace): string {
  return `${indexId}/${shard}@${offset}`;
}

type HeldSegment = ReplicaSnapshot['segments'][number]['segment'];

function segmentsOf(snapshots: Iterable<ReplicaSnapshot>): Set<HeldSegment> {
  const segments = new Set<HeldSegment>();
  for (const snapshot of snapshots) for (const { segment } of snapshot.segments) segments.add(segment);
  return segments;
}
