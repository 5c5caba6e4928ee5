import type { DocumentPlace } from '../../shared/schema/extract.ts';
import type { FieldReading } from '../../shared/schema/kinds/definition.ts';
import { definitionOf } from '../../shared/schema/kinds/field-kinds.ts';
import type { IndexedField } from '../../shared/schema/schema.ts';
import { valueReader } from '../../shared/schema/values.ts';
import type { FieldBuilder } from './layouts/layout-definition.ts';
import { segmentLayout, type FieldContents } from './layouts/segment-layouts.ts';

/** Reads the JSON values of one field and has them laid out. Kind and layout are looked up once, here. */
export class FieldInput {
  readonly field: IndexedField;
  private readonly read: (value: unknown) => FieldReading;
  private readonly builder: FieldBuilder<FieldContents>;

  constructor(field: IndexedField, documents: number) {
    this.field = field;
    this.read = valueReader(field);
    this.builder = segmentLayout(definitionOf(field.kind).layout).makeBuilder(field, documents);
  }

  /**
   * One more value of the current document, kept where the field takes such values.
   * @throws Error when it is of another kind: documents were checked before they were accepted
   */
  add(value: unknown, place: Pick<DocumentPlace, 'pointer'>): void {
    const reading = this.read(value);
    if (reading.kind === 'value') this.builder.add(reading.value);
    else if (reading.kind === 'wrong') throw new Error(`the value at ${place.pointer()} is not ${reading.expected}`);
  }

  /** The same of a value that nobody checked against this field: it has no place here where it does not fit. */
  addIfFit(value: unknown): void {
    const reading = this.read(value);
    if (reading.kind === 'value') this.builder.add(reading.value);
  }

  endDocument(): void {
    this.builder.endDocument();
  }

  finish(): FieldContents {
    return this.builder.finish();
  }
}
