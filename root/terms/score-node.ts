/** How a document that matches is scored; `id` is the node of the expression whose documents the score is of. */
export type ScoreNode =
  | { readonly kind: 'text'; readonly id: number; readonly term: number }
  | { readonly kind: 'keyword'; readonly id: number; readonly term: number }
  | { readonly kind: 'constant'; readonly id: number; readonly score: number }
  | { readonly kind: 'sum'; readonly id: number; readonly of: readonly ScoreNode[] }
  | { readonly kind: 'best'; readonly id: number; readonly of: readonly ScoreNode[]; readonly tieBreaker: number }
  | { readonly kind: 'boosted'; readonly id: number; readonly of: ScoreNode; readonly boost: number };
