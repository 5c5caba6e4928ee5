/** All rows of one shard as lines of JSON, in steps: what an export reads. */
import { SheafError } from '../../shared/errors.ts';
import { limits } from '../../shared/limits.ts';
import { rowLayout } from '../../shared/rollup/row-layout.ts';
import { showRow } from '../../shared/rollup/show-row.ts';
import { isDeleted, type Snapshot } from '../snapshot/snapshot.ts';
import { RowColumns } from './stored-rows.ts';

export class RowsRun {
  private readonly snapshot: Snapshot;
  private readonly pieces: Buffer[] = [];
  private sizeBytes = 0;
  private segment = 0;
  private docId = 0;

  /** @param snapshot does not change while it is read */
  constructor(snapshot: Snapshot) {
    this.snapshot = snapshot;
  }

  get isDone(): boolean {
    return this.segment >= this.snapshot.segments.length;
  }

  /** Lines, one a row. */
  get body(): readonly Uint8Array[] {
    return this.pieces;
  }

  /** Goes on for about so many rows. Returns whether all is done. @throws SheafError ROWS_TOO_LARGE */
  step(documentsMax: number): boolean {
    const live = this.snapshot.segments[this.segment];
    if (live === undefined) return true;
    const { segment } = live;
    const layout = rowLayout(segment.fields);
    const columns = new RowColumns(layout, segment);
    const end = Math.min(segment.documents, this.docId + documentsMax);
    let lines = '';
    for (; this.docId < end; this.docId++) {
      if (isDeleted(live, this.docId)) continue;
      lines += `${JSON.stringify(showRow(layout, segment.keys.keyAt(this.docId), columns.read(this.docId)))}\n`;
    }
    this.add(Buffer.from(lines));
    if (this.docId === segment.documents) {
      this.segment++;
      this.docId = 0;
    }
    return this.isDone;
  }

  private add(piece: Buffer): void {
    this.pieces.push(piece);
    this.sizeBytes += piece.length;
    if (this.sizeBytes <= limits.rowsBytesMax) return;
    const detail = { limitBytes: limits.rowsBytesMax, actualBytes: this.sizeBytes, rows: this.snapshot.documents };
    throw new SheafError('ROWS_TOO_LARGE', { detail });
  }
}
