/** A collection of questions whose answers are known. */
export interface Judged {
  readonly documents: readonly Text[];
  readonly queries: readonly Text[];
  /** Documents that answer it, by query. */
  readonly relevant: ReadonlyMap<string, ReadonlySet<string>>;
}

export interface Text {
  readonly id: string;
  readonly text: string;
}
