/** Where the live documents of keys are in the segments of a replica, and which of them are to be replaced. */
import { wantedKey } from '../documents/key-table.ts';
import type { Segment } from '../segment/open.ts';
import { isDeleted, withDeleted } from '../snapshot/snapshot.ts';
import type { NumberedSegment } from './replica-files.ts';

export class LiveKeys {
  private readonly segments: readonly NumberedSegment<Segment>[];
  /** By segment the documents that are no longer valid. */
  private readonly replaced: (number[] | null)[];
  private at = -1;
  /** The document that was found last. */
  docId = -1;

  constructor(segments: readonly NumberedSegment<Segment>[]) {
    this.segments = segments;
    this.replaced = segments.map(() => null);
  }

  /** The segment of the document that was found last. */
  get segment(): Segment {
    return this.segments[this.at]!.live.segment;
  }

  /**
   * Whether a document has the key, those replaced here not left out; `segment` and `docId` then say which.
   *
   * At most one live document of a key exists, so the newest segments are asked first and the first live one ends the
   * look-up. Cost: one hash look-up a segment, for a new key.
   */
  find(key: string): boolean {
    const wanted = wantedKey(key);
    for (let i = this.segments.length - 1; i >= 0; i--) {
      const { live } = this.segments[i]!;
      const docId = live.segment.keys.docIdOf(wanted);
      if (docId < 0 || isDeleted(live, docId)) continue;
      this.at = i;
      this.docId = docId;
      return true;
    }
    return false;
  }

  /** The document that was found last is no longer valid. */
  replace(): void {
    (this.replaced[this.at] ??= []).push(this.docId);
  }

  /** The segments without what was replaced; one that has no document left is dropped. */
  rest(): NumberedSegment<Segment>[] {
    return this.segments
      .map((kept, i) => {
        const docIds = this.replaced[i]!;
        return docIds === null ? kept : { id: kept.id, live: withDeleted(kept.live, docIds) };
      })
      .filter(({ live }) => live.liveCount > 0);
  }
}
