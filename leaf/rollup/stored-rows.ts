/** Rows as documents of segments: found by key, read from columns, built without JSON. */
import { noOrigin } from '../../shared/judge/key-state.ts';
import type { RowLayout } from '../../shared/rollup/row-layout.ts';
import { decodeRowKey, emptyRow, type Row } from '../../shared/rollup/row.ts';
import type { IndexedField } from '../../shared/schema/schema.ts';
import { numberColumnOf } from '../segment/columns-of.ts';
import type { NumberColumn } from '../columns/columns.ts';
import { hashKeys } from '../documents/key-table.ts';
import { StoredWriter } from '../documents/stored.ts';
import { encodeTerms } from '../dictionary/term-numbering.ts';
import { FieldInput } from '../segment/field-input.ts';
import type { Segment } from '../segment/open.ts';
import { writeSegment } from '../segment/write.ts';
import type { PendingRow } from './pending-increments.ts';

/** The columns of the parts of rows in one segment. */
export class RowColumns {
  private readonly layout: RowLayout;
  private readonly columns: readonly (NumberColumn | null)[];

  constructor(layout: RowLayout, segment: Segment) {
    this.layout = layout;
    this.columns = layout.parts.map((part) => numberColumnOf(segment, part));
  }

  /** The row of a document. Cost: one number a part. */
  read(docId: number): Row {
    const row = emptyRow(this.layout);
    for (let i = 0; i < row.length; i++) {
      const column = this.columns[i]!;
      if (column === null) continue;
      const start = column.starts[docId]!;
      if (start < column.starts[docId + 1]!) row[i] = column.values[start]!;
    }
    return row;
  }
}

const noSource = new Uint8Array(0);

/**
 * A segment of rows. Their sources are empty: what a row holds is in its columns.
 * @param fields of storedFields
 * @param rows with distinct keys and ascending offsets
 */
export function buildRows(
  fields: readonly IndexedField[],
  layout: RowLayout,
  rows: readonly PendingRow[],
): SharedArrayBuffer {
  const inputs = fields.map((field) => new FieldInput(field, rows.length));
  const byName = new Map(inputs.map((input) => [input.field.name, input]));
  const dimensions = layout.dimensions.map(({ name }) => byName.get(name)!);
  const parts = layout.parts.map((name) => byName.get(name)!);
  const sources = new StoredWriter();
  for (const { key, row } of rows) {
    const values = decodeRowKey(layout, key);
    for (let i = 0; i < dimensions.length; i++) {
      if (values[i] !== null) dimensions[i]!.add(values[i]);
    }
    for (let i = 0; i < parts.length; i++) {
      // The least of no values is no value.
      if (Number.isFinite(row[i]!)) parts[i]!.add(row[i]);
    }
    for (const input of inputs) input.endDocument();
    sources.add(noSource);
  }
  const { starts, bytes } = encodeTerms(rows.map(({ key }) => key));
  return writeSegment({
    fields,
    analyses: [],
    fieldContents: inputs.map((input) => input.finish()),
    offsets: Float64Array.from(rows, ({ offset }) => offset),
    versions: new Float64Array(rows.length).fill(1),
    origins: new Float64Array(rows.length).fill(noOrigin),
    keys: { starts, bytes, slots: hashKeys(starts, bytes) },
    sources: sources.finish(),
  });
}
