import type { CodePoints } from './code-points.ts';

/** A pattern as a tree: which strings it stands for. */
export type RegexpNode =
  /** Any one character of a set, which may be empty: then there is no such string. */
  | { readonly kind: 'character'; readonly set: CodePoints }
  /** One after the other; of none is the empty string. */
  | { readonly kind: 'concatenation'; readonly parts: readonly RegexpNode[] }
  | { readonly kind: 'union'; readonly parts: readonly RegexpNode[] }
  /** At least one. */
  | { readonly kind: 'intersection'; readonly parts: readonly RegexpNode[] }
  | { readonly kind: 'complement'; readonly part: RegexpNode }
  /** From `min` to `max` times, which may be Infinity. */
  | { readonly kind: 'repetition'; readonly part: RegexpNode; readonly min: number; readonly max: number };

export function characters(set: CodePoints): RegexpNode {
  return { kind: 'character', set };
}

/** Several, or the only one. */
export function combined(kind: 'concatenation' | 'union' | 'intersection', parts: readonly RegexpNode[]): RegexpNode {
  return parts.length === 1 ? parts[0]! : { kind, parts };
}

export function repeated(part: RegexpNode, min: number, max: number): RegexpNode {
  return { kind: 'repetition', part, min, max };
}
