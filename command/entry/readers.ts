/** Whether a batch may be left out of the log, by what a root tells of those who read its partition. Pure. */
import { SheafError } from '../../shared/errors.ts';
import { partitionOf } from '../../shared/index-kinds/partitions.ts';
import type { IndexKind } from '../../shared/index-kinds/index-kinds.ts';
import { catalogPartition } from '../../shared/log/log.ts';

/** What is looked at of GET /v1/cluster. */
export interface Readers {
  readonly stopped: readonly { readonly partition: string; readonly offset: number; readonly by: readonly string[] }[];
  readonly leaves: readonly { readonly name: string | null; readonly state: string }[];
  readonly indexes: readonly {
    readonly id: string;
    readonly kind: IndexKind;
    readonly replicasReported: readonly {
      readonly shard: number;
      readonly leaf: string | null;
      /** Highest log offset that is searchable. */
      readonly offset: number;
      /** Up to where object storage has the shard. */
      readonly stored?: number;
    }[];
  }[];
}

export interface BatchPlace {
  readonly partition: string;
  readonly firstOffset: number;
}

/**
 * Why the batch may not be left out; null where nobody has read it and somebody cannot.
 *
 * @returns SheafError ENTRY_NOT_STOPPED where no reader stands still before it: it would lose writes that can be read, or have
 *   been. ENTRY_READ_BY_SOME where a reader has it already: that one would differ from the others for good, and nothing would say so
 */
export function refusalToSkip(readers: Readers, place: BatchPlace): SheafError | null {
  const { partition, firstOffset } = place;
  const stops = readers.stopped.filter((stop) => stop.partition === partition);
  const standing = stops.filter(({ offset }) => offset === firstOffset).flatMap(({ by }) => by);
  if (standing.length === 0) {
    const stopped = readers.stopped.map((stop) => `${stop.partition} ${stop.offset}`);
    return new SheafError('ENTRY_NOT_STOPPED', { detail: { partition, offset: firstOffset, stopped } });
  }
  const stopsBefore = new Set(stops.filter(({ offset }) => offset <= firstOffset).flatMap(({ by }) => by));
  const readBy = [...new Set(readersBeyond(readers, place, stopsBefore))].sort();
  if (readBy.length === 0) return null;
  return new SheafError('ENTRY_READ_BY_SOME', { detail: { partition, offset: firstOffset, readBy, standing } });
}

function readersBeyond(
  readers: Readers,
  { partition, firstOffset }: BatchPlace,
  stopped: ReadonlySet<string>,
): string[] {
  if (partition === catalogPartition) {
    // All read all of it, and tell no offset: who does not stand still has read on.
    const names = readers.leaves.filter(({ state }) => state === 'up' || state === 'suspect').map(nameOf);
    return ['root', ...names].filter((name) => !stopped.has(name));
  }
  return readers.indexes.flatMap((index) =>
    index.replicasReported
      .filter(({ shard }) => partitionOf(index, shard) === partition)
      .flatMap(({ leaf, offset, stored = -1 }) => [
        ...(offset >= firstOffset ? [nameOf({ name: leaf })] : []),
        ...(stored >= firstOffset ? ['object storage'] : []),
      ]),
  );
}

function nameOf({ name }: { readonly name: string | null }): string {
  return name ?? '?';
}
