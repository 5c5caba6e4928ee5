/** A parsed query string, before names are resolved and values read. Positions are indexes into the text. */
export type Node =
  | {
      readonly kind: 'word';
      readonly text: string;
      readonly position: number;
      /** The word as a pattern, where a `*` stands in it. */
      readonly pattern?: string;
      /** `~`: misspelt by so many edits. */
      readonly fuzzy?: FuzzyEdits;
    }
  /** `"text"~slop`. */
  | { readonly kind: 'phrase'; readonly text: string; readonly slop: number; readonly position: number }
  /** `child^boost`. */
  | { readonly kind: 'boost'; readonly child: Node; readonly boost: number }
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

/** Edits of `~`; AUTO where no number follows. */
export type FuzzyEdits = 0 | 1 | 2 | 'AUTO';

/** `null` in its place is an open bound. */
export interface Bound {
  readonly text: string;
  readonly position: number;
}

export interface Item {
  readonly occur: 'required' | 'optional' | 'excluded';
  readonly node: Node;
}
