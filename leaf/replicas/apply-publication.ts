/** Turns what the indexing thread publishes of a document index into a snapshot for searches. */
import type { Publication, PublishedSegment } from '../indexing/messages.ts';
import { openSegment } from '../segment/open.ts';
import { makeSnapshot, type LiveSegment, type Snapshot } from '../snapshot/snapshot.ts';
import type { Live, StoredSegment } from '../snapshot/stored-segment.ts';

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
  const byId = takeSegments(openSegment, before, publication);
  return { snapshot: makeSnapshot([...byId.values()], publication.offset), byId };
}

/** The segments of any kind, by id. */
export function takeSegments<S extends StoredSegment>(
  open: (buffer: SharedArrayBuffer) => S,
  before: ReadonlyMap<number, Live<S>>,
  { segments }: Publication,
): ReadonlyMap<number, Live<S>> {
  return new Map(segments.map((published) => [published.id, takeSegment(open, before.get(published.id), published)]));
}

function takeSegment<S extends StoredSegment>(
  open: (buffer: SharedArrayBuffer) => S,
  known: Live<S> | undefined,
  { buffer, deleted, liveCount }: PublishedSegment,
): Live<S> {
  if (known?.liveCount === liveCount) return known;
  return { segment: known?.segment ?? open(buffer), deleted, liveCount };
}
