/** The snapshots of one replica, one after the other, from what the indexing thread publishes. */
import { retention } from '../keys/key-history.ts';
import { Outcomes } from '../keys/outcomes.ts';
import type { Publication, PublishedSegment } from '../indexing/messages.ts';
import type { ReplicaSnapshot } from '../snapshot/replica-snapshot.ts';
import type { Live, StoredSegment } from '../snapshot/stored-segment.ts';

export interface PublishedSnapshots<T extends ReplicaSnapshot = ReplicaSnapshot> {
  /** What is searchable before anything was published. */
  readonly empty: T;
  /** The snapshot of a publication; publications are taken in the order they were made. */
  take(publication: Publication): T;
}

/**
 * Opens only the segments that are new. One that has not changed stays the same object, because what is computed of a
 * segment is remembered by it. Deletions only grow, so the number of live documents says whether there are new ones.
 * @param open a segment; nothing is copied
 * @param makeSnapshot of segments in the order of the log, up to a log offset, and what became of judged entries
 */
export function publishedSnapshots<S extends StoredSegment, T extends ReplicaSnapshot>(
  open: (buffer: SharedArrayBuffer) => S,
  makeSnapshot: (segments: readonly Live<S>[], offset: number, remembered: { readonly outcomes: Outcomes }) => T,
  outcomesMax = retention.outcomesMax,
): PublishedSnapshots<T> {
  let byId: ReadonlyMap<number, Live<S>> = new Map();
  const outcomes = new Outcomes(outcomesMax);
  return {
    empty: makeSnapshot([], -1, { outcomes }),
    take: ({ segments, offset, outcomes: added }) => {
      byId = new Map(segments.map((published) => [published.id, takeSegment(open, byId.get(published.id), published)]));
      if (added !== undefined) outcomes.append(added);
      return makeSnapshot([...byId.values()], offset, { outcomes });
    },
  };
}

function takeSegment<S extends StoredSegment>(
  open: (buffer: SharedArrayBuffer) => S,
  known: Live<S> | undefined,
  { buffer, deleted, liveCount }: PublishedSegment,
): Live<S> {
  if (known?.liveCount === liveCount) return known;
  return { segment: known?.segment ?? open(buffer), deleted, liveCount };
}
