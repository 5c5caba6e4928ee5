/** One append to one partition: a record batch (see batch.ts for its bytes). */
export interface AppendBatch {
  readonly partition: string;
  readonly count: number;
  readonly bytes: Uint8Array;
}

export interface Appended {
  readonly partition: string;
  /** Offset of the first entry of the batch; the others follow by one each. */
  readonly firstOffset: number;
  readonly lastOffset: number;
}
