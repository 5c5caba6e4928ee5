/** Deletes older versions: an upsert leaves the version before it in some segment. */
import { wantedKey } from '../documents/key-table.ts';
import type { Segment } from '../segment/open.ts';
import { isDeleted, withDeleted } from '../snapshot/snapshot.ts';
import type { NumberedSegment } from './replica-files.ts';

/**
 * The segments without the documents of these keys; a segment that has no document left is dropped.
 *
 * At most one live version of a key exists, so the newest segments are asked first and the first live one ends the
 * look-up. Cost: one hash look-up for each key and segment, for new keys.
 */
export function withoutKeys(
  segments: readonly NumberedSegment<Segment>[],
  keys: Iterable<string>,
): NumberedSegment<Segment>[] {
  const docIds = segments.map((): number[] => []);
  for (const key of keys) {
    const wanted = wantedKey(key);
    for (let i = segments.length - 1; i >= 0; i--) {
      const { live } = segments[i]!;
      const docId = live.segment.keys.docIdOf(wanted);
      if (docId < 0 || isDeleted(live, docId)) continue;
      docIds[i]!.push(docId);
      break;
    }
  }
  return segments
    .map((numbered, i) =>
      docIds[i]!.length === 0 ? numbered : { id: numbered.id, live: withDeleted(numbered.live, docIds[i]!) },
    )
    .filter(({ live }) => live.liveCount > 0);
}
