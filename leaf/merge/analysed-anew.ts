import { sourceAt } from '../documents/stored.ts';
import { hasBit } from '../columns/bitset.ts';
import { buildSegment, type SegmentDocument } from '../segment/build.ts';
import { openSegment } from '../segment/open.ts';
import { liveSegment, type LiveSegment } from '../snapshot/snapshot.ts';

/**
 * A segment whose texts would become other terms today, built from its documents that are not deleted; any other as it is.
 * Its fields are those it had. Cost: that of indexing them.
 */
export function analysedAnew(live: LiveSegment): LiveSegment {
  const { segment, deleted } = live;
  if (!segment.isOutdated) return live;
  const documents: SegmentDocument[] = [];
  for (let docId = 0; docId < segment.documents; docId++) {
    if (deleted !== null && hasBit(deleted, docId)) continue;
    documents.push({
      key: segment.keys.keyAt(docId),
      offset: segment.offsets[docId]!,
      source: sourceAt(segment.sources, docId),
      version: segment.versions.at(docId),
      origin: segment.origins.at(docId),
    });
  }
  return liveSegment(openSegment(buildSegment(segment.fields, documents)));
}
