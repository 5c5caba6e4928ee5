import type { AnalysisVersion } from '../../shared/analysis/analysis-version.ts';
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

  get analysis(): AnalysisVersion | undefined {
    return this.builder.analysis;
  }

  /**
   * One more value of the current document, kept where the field takes such values. A document that was accepted before the
   * field was there may have any: it is stored, and not found by the field.
   */
  add(value: unknown): void {
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
