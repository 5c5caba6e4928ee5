/** One of two checkouts that are measured beside one another, started and warm. */
export interface Side {
  /** Names of what can be measured, the same for both sides. */
  readonly classes: readonly string[];
  /** Of what it answered while it got warm: sides that differ do not do the same work. Absent where that is not comparable. */
  readonly digest?: number;
  /** Asks the queries of a class once more. Returns microseconds of CPU a query, of all processes of the side. */
  measure(name: string): Promise<number>;
  stop(): Promise<void>;
}

/** Starts one side: the checkout in this folder. */
export type StartSide = (checkout: string) => Promise<Side>;
