/** The partition of leases as the simulation has it: offsets with gaps, trims, and older copies that are put back. */
import { readLeaseEntry, writeLeaseEntry, type LeaseEntry } from '../../../shared/lease/lease-entry.ts';
import type { PlacedEntry } from '../../../shared/lease/holder.ts';
import type { Random } from '../../../shared/random/random.ts';

export interface SimBatch {
  readonly firstOffset: number;
  readonly lastOffset: number;
  readonly bodies: readonly Uint8Array[];
  /** The earliest offset when it was appended: what a copy of that time has. */
  readonly earliest: number;
}

export class SimLog {
  earliest = 0;
  head = -1;
  /** How often an older copy was put in its place. */
  copiesPutBack = 0;
  /** All there ever were, trimmed or not. */
  private batches: SimBatch[] = [];
  private readonly random: Random;

  constructor(random: Random) {
    this.random = random;
  }

  append(entries: readonly LeaseEntry[]): void {
    const firstOffset = this.head + 1 + (this.random.chance(0.2) ? this.random.integer(1, 3) : 0);
    this.head = firstOffset + entries.length - 1;
    this.batches.push({
      firstOffset,
      lastOffset: this.head,
      bodies: entries.map(writeLeaseEntry),
      earliest: this.earliest,
    });
  }

  /** The first batch with an offset at `from` or after. */
  next(from: number): SimBatch | undefined {
    let at = this.batches.length;
    while (at > 0 && this.batches[at - 1]!.lastOffset >= from) at--;
    return this.batches[at];
  }

  trim(before: number): void {
    const last = this.batches.findLast(({ lastOffset }) => lastOffset < before);
    if (last !== undefined) this.earliest = Math.max(this.earliest, last.lastOffset + 1);
  }

  /** An older copy is put back: its last batches are not in it. */
  putCopyBack(lost: number): void {
    this.batches = this.batches.slice(0, Math.max(0, this.batches.length - lost));
    this.head = this.batches.at(-1)?.lastOffset ?? -1;
    this.earliest = this.batches.at(-1)?.earliest ?? 0;
    this.copiesPutBack++;
  }
}

/** The entries of a batch, read as a process reads them. */
export function entriesOf({ firstOffset, bodies }: SimBatch): PlacedEntry[] {
  return bodies.map((body, i) => ({ offset: firstOffset + i, entry: readLeaseEntry('put', body) }));
}
