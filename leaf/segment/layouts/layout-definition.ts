/** What a layout of fields is: one object of this shape in one file, listed in segment-layouts.ts. README.md in the folder above specifies its bytes. */
import type { AnalysisVersion } from '../../../shared/analysis/analysis-version.ts';
import type { StoredValue } from '../../../shared/schema/layouts.ts';
import type { IndexedField } from '../../../shared/schema/schema.ts';
import type { DocumentOrder } from '../../merge/document-order.ts';
import type { SectionName } from '../layout.ts';
import type { SectionReader } from '../section-reader.ts';

/** Takes the values of one field, document by document. */
export interface FieldBuilder<Contents> {
  /** One more value of the current document. */
  add(value: StoredValue): void;
  endDocument(): void;
  finish(): Contents;
  /** What made the terms; left out where values are not analysed. */
  readonly analysis?: AnalysisVersion;
}

/** One section of a field. */
export type NamedSection = readonly [name: SectionName, column: Uint8Array | Uint32Array];

/**
 * Contents are what a field consists of before they are written, fields what readers see of them. What one layout made is
 * given back to that layout alone, so its functions can stand for those of any.
 */
export interface LayoutDefinition<Contents, Field> {
  /** @param documents how many there will be */
  makeBuilder(field: IndexedField, documents: number): FieldBuilder<Contents>;
  /** In the order in which `open` takes them. */
  sections(contents: Contents): NamedSection[];
  /** @throws SheafError SEGMENT_CORRUPT */
  open(reader: SectionReader, documents: number): Field;
  /** @param inputs parallel to those of `order`; null for one without the field, which has no values there */
  merge(order: DocumentOrder, inputs: readonly (Field | null)[]): Contents;
}
