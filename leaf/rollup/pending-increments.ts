/** Increments of one shard that were read from the log and are not searchable yet, added up by row. */
import { SheafError } from '../../shared/errors.ts';
import { readEntries } from '../../shared/log/batch.ts';
import type { RowLayout } from '../../shared/rollup/row-layout.ts';
import { addRow, decodeRow, type Row } from '../../shared/rollup/row.ts';
import type { OffsetBatch } from '../indexing/pending.ts';
import type { PendingEntries } from '../indexing/segment-engine.ts';

/** What is to be added to one row. */
export interface PendingRow {
  readonly key: string;
  readonly row: Row;
  /** Of the last increment in it; every row has another. */
  offset: number;
}

export class PendingIncrements implements PendingEntries {
  sizeBytes = 0;
  private readonly layout: RowLayout;
  private readonly byKey = new Map<string, PendingRow>();

  constructor(layout: RowLayout) {
    this.layout = layout;
  }

  /** @returns how many increments were taken @throws SheafError LOG_CORRUPT */
  take(batch: OffsetBatch, after: number): number {
    let offset = batch.firstOffset;
    let taken = 0;
    for (const { kind, key, body } of readEntries(batch.bytes)) {
      if (offset > after) {
        if (kind !== 'increment') throw new SheafError('LOG_CORRUPT', { detail: { offset, reason: 'no increment' } });
        this.add(key, decodeRow(this.layout, body), offset);
        taken++;
      }
      offset++;
    }
    this.sizeBytes += batch.bytes.length;
    return taken;
  }

  /** Offsets ascending. */
  rows(): readonly PendingRow[] {
    return [...this.byKey.values()].sort((a, b) => a.offset - b.offset);
  }

  private add(key: string, row: Row, offset: number): void {
    const known = this.byKey.get(key);
    if (known === undefined) {
      this.byKey.set(key, { key, row, offset });
      return;
    }
    addRow(this.layout, known.row, row);
    known.offset = offset;
  }
}
