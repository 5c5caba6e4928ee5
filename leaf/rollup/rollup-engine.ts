/** The roll-up index: a segment holds rows, and an increment is added to the row of its key. */
import { rowLayout, type RowLayout } from '../../shared/rollup/row-layout.ts';
import { addRow } from '../../shared/rollup/row.ts';
import type { IndexedField } from '../../shared/schema/schema.ts';
import { wantedKey } from '../documents/key-table.ts';
import type { NumberedSegment } from '../indexing/replica-files.ts';
import type { MadeSearchable, SegmentEngine } from '../indexing/segment-engine.ts';
import { mergeSegments } from '../merge/merge.ts';
import { openSegment, type Segment } from '../segment/open.ts';
import { isDeleted, liveSegment, withDeleted } from '../snapshot/snapshot.ts';
import { PendingIncrements } from './pending-increments.ts';
import { buildRows, RowColumns } from './stored-rows.ts';

/** @param fields of the index, for good: a roll-up's never change */
export function rollupEngine(fields: readonly IndexedField[]): SegmentEngine<Segment, PendingIncrements> {
  const layout = rowLayout(fields);
  return {
    open: openSegment,
    newPending: () => new PendingIncrements(layout),
    makeSearchable: (_fields, segments, pending) => addToRows(fields, layout, segments, pending),
    merge: (_fields, inputs) => mergeSegments(fields, inputs).buffer,
  };
}

/**
 * Adds what is pending to the rows there are: the sums become documents of a new segment, the rows that were added to are
 * deleted. The segments that were published stay as they are.
 */
function addToRows(
  fields: readonly IndexedField[],
  layout: RowLayout,
  segments: readonly NumberedSegment<Segment>[],
  pending: PendingIncrements,
): MadeSearchable<Segment> {
  const rows = pending.rows();
  const replaced = segments.map((): number[] => []);
  const columns = segments.map((): RowColumns | null => null);
  for (const { key, row } of rows) {
    const found = findRow(segments, key);
    if (found === null) continue;
    const { at, docId } = found;
    columns[at] ??= new RowColumns(layout, segments[at]!.live.segment);
    addRow(layout, row, columns[at].read(docId));
    replaced[at]!.push(docId);
  }
  const kept = segments
    .map(({ id, live }, at) => ({ id, live: replaced[at]!.length === 0 ? live : withDeleted(live, replaced[at]!) }))
    .filter(({ live }) => live.liveCount > 0);
  if (rows.length === 0) return { kept, added: null, changes: null };
  return { kept, added: liveSegment(openSegment(buildRows(fields, layout, rows))), changes: null };
}

/** The one row of a key that is not deleted; changed rows are in the newest segments, so these are asked first. */
function findRow(segments: readonly NumberedSegment<Segment>[], key: string): { at: number; docId: number } | null {
  const wanted = wantedKey(key);
  for (let at = segments.length - 1; at >= 0; at--) {
    const { live } = segments[at]!;
    const docId = live.segment.keys.docIdOf(wanted);
    if (docId >= 0 && !isDeleted(live, docId)) return { at, docId };
  }
  return null;
}
