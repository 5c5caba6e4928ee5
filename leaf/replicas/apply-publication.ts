/** Turns what the indexing thread publishes into a snapshot for searches. */
import type { Publication, PublishedSegment } from '../indexing/messages.ts';
import { openSegment } from '../segment/open.ts';
import { makeSnapshot, type LiveSegment, type Snapshot } from '../snapshot/snapshot.ts';

/** A snapshot and the numbers its segments have in publications. */
export interface Published {
  readonly snapshot: Snapshot;
  readonly byId: ReadonlyMap<number, LiveSegment>;
}

/**
 * Opens only the segments that are new. One that has not changed stays the same object, because what is computed of a
 * segment is remembered by it. Deletions only grow, so the number of live documents says whether there are new ones.
 */
export function applyPublication(before: ReadonlyMap<number, LiveSegment>, publication: Publication): Published {
  const byId = new Map<number, LiveSegment>();
  for (const published of publication.segments)
    byId.set(published.id, takeSegment(before.get(published.id), published));
  return { snapshot: makeSnapshot([...byId.values()], publication.offset), byId };
}

function takeSegment(known: LiveSegment | undefined, published: PublishedSegment): LiveSegment {
  const { buffer, deleted, liveCount } = published;
  if (known?.liveCount === liveCount) return known;
  return { segment: known?.segment ?? openSegment(buffer), deleted, liveCount };
}
