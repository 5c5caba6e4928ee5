/** Rows as documents of segments: found by key, read from columns, built without JSON. */
import type { RowLayout } from '../../shared/rollup/row-layout.ts';
import { decodeRowKey, emptyRow, type Row } from '../../shared/rollup/row.ts';
import type { IndexedField } from '../../shared/schema/schema.ts';
import { numberColumnOf } from '../aggregate/columns-of.ts';
import type { NumberColumn } from '../columns/columns.ts';
import { hashKeys } from '../documents/key-table.ts';
import { StoredWriter } from '../documents/stored.ts';
import { encodeTerms } from '../dictionary/term-numbering.ts';
import { addValue, makeFieldBuilder } from '../segment/field-builder.ts';
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
  const builders = fields.map((field) => makeFieldBuilder(field, rows.length));
  const byName = new Map(builders.map((builder) => [builder.field.name, builder]));
  const dimensions = layout.dimensions.map(({ name }) => byName.get(name)!);
  const parts = layout.parts.map((name) => byName.get(name)!);
  const sources = new StoredWriter();
  for (const { key, row } of rows) {
    const values = decodeRowKey(layout, key);
    for (let i = 0; i < dimensions.length; i++) {
      if (values[i] !== null) addValue(dimensions[i]!, values[i], () => `/${layout.dimensions[i]!.name}`);
    }
    for (let i = 0; i < parts.length; i++) {
      // The least of no values is no value.
      if (Number.isFinite(row[i]!)) addValue(parts[i]!, row[i]!, () => `/${layout.parts[i]!}`);
    }
    for (const builder of builders) builder.endDocument();
    sources.add(noSource);
  }
  const { starts, bytes } = encodeTerms(rows.map(({ key }) => key));
  return writeSegment({
    fields,
    fieldContents: builders.map((builder) => builder.finish()),
    offsets: Float64Array.from(rows, ({ offset }) => offset),
    keys: { starts, bytes, slots: hashKeys(starts, bytes) },
    sources: sources.finish(),
  });
}
