/**
 * What a segment consists of. Building and merging make it, writing lays it out in one buffer, opening gives readers
 * over views of that buffer.
 */
import type { NumberColumn, OrdinalColumn } from '../columns/columns.ts';
import type { KeyContents } from '../documents/key-table.ts';
import type { StoredContents } from '../documents/stored.ts';
import type { FieldKind, IndexedField } from '../../shared/schema/schema.ts';
import type { EncodedTerms } from './terms-writer.ts';

export interface TextContents {
  readonly kind: 'text';
  readonly terms: EncodedTerms;
  /** Terms in the field by docId, repeats included; 0 where there is none. */
  readonly lengths: Uint32Array;
  /** See length-code.ts. */
  readonly lengthCodes: Uint8Array;
  /** Bitset of the documents with a value; a value may be without terms. */
  readonly presence: Uint32Array;
}

export interface KeywordContents {
  readonly kind: 'keyword';
  readonly terms: EncodedTerms;
  readonly column: OrdinalColumn;
}

export interface NumberContents {
  readonly kind: 'number';
  readonly column: NumberColumn;
}

export type FieldContents = TextContents | KeywordContents | NumberContents;

export interface SegmentContents {
  readonly fields: readonly IndexedField[];
  /** Parallel to `fields`. */
  readonly fieldContents: readonly FieldContents[];
  /** Log offset of each document's put, ascending. */
  readonly offsets: Float64Array;
  readonly keys: KeyContents;
  readonly sources: StoredContents;
}

/** How values of a kind of field are laid out. */
export function contentsKind(kind: FieldKind): FieldContents['kind'] {
  return kind === 'text' || kind === 'keyword' ? kind : 'number';
}
