/** The document index: a segment holds documents, the last put of a key is the document. */
import { makeSearchable } from '../ingest.ts';
import { analysedAnew } from '../merge/analysed-anew.ts';
import { mergeSegments } from '../merge/merge.ts';
import { columnsOfSegments } from '../segment/report-columns.ts';
import { openSegment, type Segment } from '../segment/open.ts';
import { Pending } from './pending.ts';
import type { SegmentEngine } from './segment-engine.ts';

export const documentEngine: SegmentEngine<Segment, Pending> = {
  open: openSegment,
  newPending: () => new Pending(),
  makeSearchable,
  merge: (fields, inputs) => mergeSegments(fields, inputs.map(analysedAnew)).buffer,
  columnsOf: columnsOfSegments,
};
