/** Numbers: a column of the values of each document. */
import { packStarts, PackedNumberColumn, type NumberColumn, type OpenedNumberColumn } from '../../columns/columns.ts';
import { GrowingFloat64 } from '../../columns/growing.ts';
import { packNumbers } from '../../columns/packed-numbers.ts';
import { mergeNumbers } from '../../merge/merge-rows.ts';
import type { FieldBuilder, LayoutDefinition } from './layout-definition.ts';

export interface NumberContents {
  readonly kind: 'number';
  readonly column: NumberColumn;
}

/** Its column is unpacked when it is first read. */
export interface NumberField extends NumberContents {
  readonly column: OpenedNumberColumn;
}

export const numberLayout: LayoutDefinition<NumberContents, NumberField> = {
  makeBuilder: (_field, documents) => new NumberBuilder(documents),
  sections: ({ column }) => [
    ['valueCounts', packStarts(column.starts)],
    ['numbers', packNumbers(column.values)],
  ],
  open(reader, documents) {
    const counts = reader.packed('valueCounts', documents);
    return { kind: 'number', column: new PackedNumberColumn(counts, reader.packed('numbers')) };
  },
  merge(order, inputs) {
    const columns = inputs.map((input) => input?.column ?? null);
    return { kind: 'number', column: mergeNumbers(order, columns) };
  },
};

class NumberBuilder implements FieldBuilder<NumberContents> {
  private readonly values = new GrowingFloat64();
  private readonly starts: Uint32Array;
  private document = 0;

  constructor(documents: number) {
    this.starts = new Uint32Array(documents + 1);
  }

  add(value: number): void {
    this.values.push(value);
  }

  endDocument(): void {
    this.starts[++this.document] = this.values.length;
  }

  finish(): NumberContents {
    return { kind: 'number', column: { starts: this.starts, values: this.values.view() } };
  }
}
