/** Documents as they were sent: their JSON, byte for byte, end to end. */
export interface StoredDocuments {
  /** Where each source begins in `bytes`: one more than there are documents. */
  readonly starts: Uint32Array;
  readonly bytes: Uint8Array;
}

/** The source of a document: a view of the segment, not a copy. */
export function sourceAt(stored: StoredDocuments, docId: number): Uint8Array {
  return stored.bytes.subarray(stored.starts[docId], stored.starts[docId + 1]);
}
