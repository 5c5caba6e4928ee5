/** A parsed query string, before names are resolved and values read. Positions are indexes into the text. */
export type Node =
  | { readonly kind: 'word'; readonly text: string; readonly position: number }
  /** `name:child`; the words of the child are values of the field. */
  | { readonly kind: 'field'; readonly name: string; readonly position: number; readonly child: Node }
  /** Only as the child of a field: `name:*`. */
  | { readonly kind: 'exists'; readonly position: number }
  /** Only as the child of a field. */
  | {
      readonly kind: 'range';
      readonly low: Bound | null;
      readonly lowInclusive: boolean;
      readonly high: Bound | null;
      readonly highInclusive: boolean;
      readonly position: number;
    }
  | { readonly kind: 'not'; readonly child: Node }
  | { readonly kind: 'and'; readonly children: readonly Node[] }
  | { readonly kind: 'or'; readonly children: readonly Node[] }
  /** Operands side by side, at least two. */
  | { readonly kind: 'list'; readonly items: readonly Item[] };

/** `null` in its place is an open bound. */
export interface Bound {
  readonly text: string;
  readonly position: number;
}

export interface Item {
  readonly occur: 'required' | 'optional' | 'excluded';
  readonly node: Node;
}
