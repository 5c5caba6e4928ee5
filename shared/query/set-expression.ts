/**
 * Which documents a query of a term index matches, as sets of documents: what the root plans, leaves evaluate as far as
 * they hold its terms, and the root evaluates from what they answer.
 */
interface Node {
  /** Its number in the expression. */
  readonly id: number;
}

export type SetExpression = Node &
  (
    | { readonly kind: 'none' }
    /** Every document of the index. Any shard knows them; this one is asked. */
    | { readonly kind: 'all'; readonly shard: number }
    /** The documents that hold a term, given by its place in the list of terms. */
    | { readonly kind: 'term'; readonly term: number }
    | { readonly kind: 'and' | 'or'; readonly of: readonly SetExpression[] }
    /** Documents of at least so many of the sets: 2 or more, and fewer than there are. */
    | { readonly kind: 'atLeast'; readonly of: readonly SetExpression[]; readonly minimum: number }
    | { readonly kind: 'minus'; readonly from: SetExpression; readonly without: SetExpression }
    /** The documents of the first; the others come along because scores depend on them. */
    | { readonly kind: 'with'; readonly of: SetExpression; readonly also: readonly SetExpression[] }
  );

/** A term and the shard that has its postings. */
export interface PlacedTerm {
  readonly field: string;
  readonly term: string;
  readonly shard: number;
}

/** The nodes a node is made of. */
export function partsOf(node: SetExpression): readonly SetExpression[] {
  switch (node.kind) {
    case 'none':
    case 'all':
    case 'term':
      return [];
    case 'and':
    case 'or':
    case 'atLeast':
      return node.of;
    case 'minus':
      return [node.from, node.without];
    case 'with':
      return [node.of, ...node.also];
  }
}
