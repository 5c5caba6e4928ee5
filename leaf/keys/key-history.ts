/**
 * What a replica remembers of the keys of its partition beside its documents: tombstones of those that were deleted lately, and
 * what became of the entries that were judged lately. What is forgotten follows from the log alone, so that replicas that
 * have read as far remember the same, however they came there.
 */
import type { KeyState } from '../../shared/judge/key-state.ts';
import { limits } from '../../shared/limits.ts';
import { Outcomes } from './outcomes.ts';

/** How much is remembered. All replicas must have the same: what they judge depends on it. */
export interface Retention {
  /** A tombstone is forgotten once so many were left after it. */
  readonly deletionsMax: number;
  /** And once the log is so many offsets further. */
  readonly offsetsMax: number;
  readonly outcomesMax: number;
  /** Where the offsets of the partition begin: between what was restored and there none was ever given, and none is counted. */
  readonly base?: number;
}

export const retention: Retention = {
  deletionsMax: limits.tombstonesMax,
  offsetsMax: limits.tombstoneOffsetsMax,
  outcomesMax: limits.outcomesMax,
};

/** Of a key that has no document, but had one or was deleted with a version of its sender's. */
export interface Tombstone {
  readonly version: number;
  /** Log offset of the entry that left it. */
  readonly sequence: number;
  /** See KeyState. */
  readonly origin: number;
  /** Which of the deletions that left a tombstone in the partition it was, from 1. */
  readonly deletion: number;
}

/** A place in the log between two entries. */
export interface LogPlace {
  /** Log offset of the entry that comes next. */
  readonly offset: number;
  /** How many of the entries before it have left a tombstone. */
  readonly deletions: number;
}

/** What entries that follow on what is remembered add to it. */
export interface KeyChanges {
  /** In the order of the log. */
  readonly buried: readonly (readonly [key: string, tombstone: Tombstone])[];
  /** As `Outcomes` has them. */
  readonly outcomes: Float64Array;
  /** The place after the entries. */
  readonly after: LogPlace;
}

export class KeyHistory {
  readonly retention: Retention;
  readonly outcomes: Outcomes;
  /** Entries that have left a tombstone since the partition began. */
  deletions = 0;
  /** Changes with everything that a file of this would say otherwise. */
  revision = 0;
  /** In the order of their deletions. A key that has a document again may still be here: its document is asked first. */
  private readonly tombstones = new Map<string, Tombstone>();

  constructor(kept: Retention = retention) {
    this.retention = kept;
    this.outcomes = new Outcomes(kept.outcomesMax);
  }

  /** Whether nothing was ever deleted or judged. */
  get isEmpty(): boolean {
    return this.deletions === 0 && this.outcomes.count === 0;
  }

  get hasTombstones(): boolean {
    return this.tombstones.size > 0;
  }

  /** Some may be forgotten at the place where they are asked for. */
  tombstoneOf(key: string): Tombstone | undefined {
    return this.tombstones.get(key);
  }

  /** The same as rows, in the order of the log. */
  entries(): IterableIterator<[key: string, tombstone: Tombstone]> {
    return this.tombstones.entries();
  }

  /** Whether replicas still know of a tombstone at a place after it. */
  isRemembered({ sequence, deletion }: Tombstone, { offset, deletions }: LogPlace): boolean {
    const { offsetsMax, deletionsMax, base = 0 } = this.retention;
    return offset - Math.max(sequence, base - 1) <= offsetsMax && deletions - deletion < deletionsMax;
  }

  /** The state of a key without a document. */
  stateOf(key: string, place: LogPlace): KeyState & { readonly kind: 'absent' | 'deleted' } {
    const tombstone = this.tombstones.get(key);
    if (tombstone === undefined || !this.isRemembered(tombstone, place)) return { kind: 'absent' };
    const { version, sequence, origin } = tombstone;
    return { kind: 'deleted', version, sequence, origin };
  }

  /** Cost: a step a change, and one for each tombstone that is forgotten. */
  take({ buried, outcomes, after }: KeyChanges): void {
    if (buried.length > 0 || outcomes.length > 0) this.revision++;
    this.deletions = after.deletions;
    for (const [key, tombstone] of buried) {
      // Deleted first, because a Map keeps the place of a key that is set again.
      this.tombstones.delete(key);
      this.tombstones.set(key, tombstone);
    }
    this.outcomes.append(outcomes);
    for (const [key, tombstone] of this.tombstones) {
      if (this.isRemembered(tombstone, after)) break;
      this.tombstones.delete(key);
    }
  }
}
