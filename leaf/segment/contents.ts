/**
 * What a segment consists of, as columns. Building and merging make it, writing lays it out in one buffer, opening
 * gives it back as views of that buffer.
 */
import type { NumberColumn, OrdinalColumn } from '../columns/columns.ts';
import type { DictionaryContents } from '../dictionary/dictionary.ts';
import type { KeyContents } from '../documents/key-table.ts';
import type { StoredDocuments } from '../documents/stored.ts';
import type { Postings } from '../postings/postings.ts';
import type { FieldKind, IndexedField } from '../../shared/schema/schema.ts';

export interface TextContents<D = DictionaryContents> {
  readonly kind: 'text';
  readonly dictionary: D;
  readonly postings: Postings;
  /** Terms in the field by docId, repeats included; 0 where there is none. */
  readonly lengths: Uint32Array;
  /** Bitset of the documents with a value; a value may be without terms. */
  readonly presence: Uint32Array;
}

export interface KeywordContents<D = DictionaryContents> {
  readonly kind: 'keyword';
  readonly dictionary: D;
  readonly postings: Postings;
  readonly column: OrdinalColumn;
}

export interface NumberContents {
  readonly kind: 'number';
  readonly column: NumberColumn;
}

export type FieldContents<D = DictionaryContents> = TextContents<D> | KeywordContents<D> | NumberContents;

export interface SegmentContents {
  readonly fields: readonly IndexedField[];
  /** Parallel to `fields`. */
  readonly fieldContents: readonly FieldContents[];
  /** Log offset of each document's put, ascending. */
  readonly offsets: Float64Array;
  readonly keys: KeyContents;
  readonly sources: StoredDocuments;
}

/** How values of a kind of field are laid out. */
export function contentsKind(kind: FieldKind): FieldContents['kind'] {
  return kind === 'text' || kind === 'keyword' ? kind : 'number';
}
