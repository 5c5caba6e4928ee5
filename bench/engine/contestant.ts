/** What the benchmark of engines asks of each engine. */
import type { EngineQuery } from './queries.ts';

export interface RankedHit {
  /** Position in the corpus. */
  readonly document: number;
  /** Higher is better. Engines need not agree on it. */
  readonly score: number;
}

export interface Contestant {
  readonly name: string;
  /** Takes the whole corpus; called once. */
  build(texts: readonly string[]): void;
  /** The best `k`, best first; null where the engine has no such query. */
  search(query: EngineQuery, k: number): RankedHit[] | null;
  /** Bytes of its index, where it can say. */
  indexBytes?(): number;
  close?(): void;
}
