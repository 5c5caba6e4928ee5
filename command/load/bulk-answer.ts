/** The part of the answer to a bulk that is counted here. */
export interface BulkAnswer {
  readonly accepted: number;
  readonly rejected: { readonly count: number; readonly listed: readonly RejectedLine[] };
  /** Of the accepted lines that had a condition. */
  readonly outcomes?: readonly { readonly line: number; readonly _id: string; readonly result: string }[];
  /** Null where nothing was accepted. */
  readonly token?: string | null;
}

export interface RejectedLine {
  /** From 1, in the request. */
  readonly line: number;
  readonly code: string;
  readonly message: string;
  readonly at?: string;
  readonly detail?: unknown;
}
