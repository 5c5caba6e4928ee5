/** What stands in a map of docIds for a document that was dropped. */
export const dropped = 0xffffffff;

/** The documents of a merged segment, in its order. */
export interface DocumentOrder {
  readonly documents: number;
  /** By new docId: which input the document comes from, and its docId there. */
  readonly inputs: Uint32Array;
  readonly docIds: Uint32Array;
  /** By input: new docId by old one, `dropped` where the document is deleted. Ascending but for those. */
  readonly maps: Uint32Array[];
  /** Whether all documents of each input come before all of the next. */
  readonly sequential: boolean;
}
