/** What is to be shown of the texts of each hit: pieces of them, with what matched marked. */
import type { AnalyzerDefinition } from '../analysis/analyzers.ts';

export interface HighlightedField {
  /** As queries name it. */
  readonly name: string;
  /** The path in the document. */
  readonly path: string;
  readonly kind: 'text' | 'keyword';
  readonly analyzer?: AnalyzerDefinition;
  /** About so many characters (UTF-16 units) a fragment. */
  readonly fragmentSize: number;
  /** At most so many fragments; 0 for each value with a match as a whole. */
  readonly fragments: number;
}

export interface HighlightRequest {
  readonly fields: readonly HighlightedField[];
  readonly preTag: string;
  readonly postTag: string;
  /** `html` escapes the text, though not the tags. */
  readonly encoder: 'default' | 'html';
}

/** Fragments by the name of the field; fields without a match are left out. */
export type HighlightedFragments = Readonly<Record<string, readonly string[]>>;

/** What is shown of one hit. */
export type Highlight =
  | { readonly fragments: HighlightedFragments }
  /** The document was too large to look at. */
  | { readonly skipped: { readonly limit: number; readonly actual: number } };
