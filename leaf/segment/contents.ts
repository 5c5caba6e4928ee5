/**
 * What a segment consists of. Building and merging make it, writing lays it out in one buffer, opening gives readers
 * over views of that buffer.
 */
import type { AnalysisVersion } from '../../shared/analysis/analysis-version.ts';
import type { KeyContents } from '../documents/key-table.ts';
import type { StoredContents } from '../documents/stored.ts';
import type { IndexedField } from '../../shared/schema/schema.ts';
import type { FieldContents } from './layouts/segment-layouts.ts';

export interface SegmentContents {
  readonly fields: readonly IndexedField[];
  /** Parallel to `fields`. */
  readonly fieldContents: readonly FieldContents[];
  /** Parallel to `fields`: what made the terms, undefined where values are not analysed. */
  readonly analyses: readonly (AnalysisVersion | undefined)[];
  /** Log offset of each document's put, ascending. */
  readonly offsets: Float64Array;
  /** Version of each document, from 1: see shared/judge/key-state.ts. */
  readonly versions: Float64Array;
  /** Of what each document is a copy: see shared/judge/key-state.ts. */
  readonly origins: Float64Array;
  readonly keys: KeyContents;
  readonly sources: StoredContents;
}

/** A row of the field table. */
export interface FieldEntry extends IndexedField {
  readonly analysis?: AnalysisVersion;
}
