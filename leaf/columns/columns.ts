/**
 * Columns: given a document, its values. A row may be empty or hold many; all rows lie end to end and row `docId` is
 * `starts[docId]` up to `starts[docId + 1]`.
 */
export interface NumberColumn {
  /** One more than there are documents. */
  readonly starts: Uint32Array;
  /** Values as written, repeats kept. */
  readonly values: Float64Array;
}

export interface OrdinalColumn {
  /** One more than there are documents. */
  readonly starts: Uint32Array;
  /** Ordinals in the field's dictionary, as written, repeats kept. */
  readonly ordinals: Uint32Array;
}
