/** The term index: a segment holds what one shard keeps of some entries of the one partition; nothing is ever replaced. */
import type { SegmentEngine } from '../indexing/segment-engine.ts';
import { undeleted } from '../snapshot/stored-segment.ts';
import { buildTermSegment } from './build.ts';
import type { ShardPlace } from './contents.ts';
import { mergeTermSegments } from './merge.ts';
import { PendingDocuments } from './pending-documents.ts';
import { TermSegment } from './term-segment.ts';

export function termEngine(place: ShardPlace): SegmentEngine<TermSegment, PendingDocuments> {
  return {
    open: (buffer) => new TermSegment(buffer),
    newPending: () => new PendingDocuments(),
    makeSearchable: (fields, segments, { documents }) => {
      if (documents.length === 0) return { kept: segments, added: null, changes: null };
      const buffer = buildTermSegment(fields, documents, place);
      return { kept: segments, added: undeleted(new TermSegment(buffer)), changes: null };
    },
    merge: mergeTermSegments,
  };
}
