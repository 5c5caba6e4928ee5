/** What a log is when it is opened. */
export interface LogFacts {
  /** See Log.identity. */
  readonly identity: string;
  /** Every partition and its highest offset. */
  readonly heads: readonly (readonly [partition: string, head: number])[];
  /** Of every partition that was trimmed its earliest offset. */
  readonly earliest: readonly (readonly [partition: string, earliest: number])[];
}
