/** What a term index keeps of the values of each layout. */
import { termsOf } from '../../shared/analysis/analyzer.ts';
import { analyzerOf } from '../../shared/analysis/analyzers.ts';
import type { Layout, StoredValue } from '../../shared/schema/layouts.ts';
import type { IndexedField } from '../../shared/schema/schema.ts';

/** Hands on the terms of a value, one after the other. */
type ForEachTerm<L extends Layout> = (value: StoredValue<L>, take: (term: string) => void) => void;

export interface TermLayout<L extends Layout = Layout> {
  /** To be made once a field. */
  makeCutter(this: void, field: IndexedField): ForEachTerm<L>;
  /** Whether scores depend on how often a term stands in a document, and on how long that is. */
  readonly hasFrequencies: boolean;
  /** Whether the number of terms of each document is kept, for statistics. */
  readonly hasLengths: boolean;
}

const layouts: { readonly [L in Layout]: TermLayout<L> } = {
  text: {
    makeCutter({ analyzer: name }) {
      const analyzer = analyzerOf(name);
      return (value, take) => {
        for (const term of termsOf(analyzer, value)) take(term);
      };
    },
    hasFrequencies: true,
    hasLengths: true,
  },
  keyword: { makeCutter: () => (value, take) => take(value), hasFrequencies: false, hasLengths: true },
  // A number is a term too: its decimal text.
  number: { makeCutter: () => (value, take) => take(String(value)), hasFrequencies: false, hasLengths: false },
};

/** A value comes back only to the layout of the kind that read it. */
export function termLayout(layout: Layout): TermLayout {
  return layouts[layout] as TermLayout;
}
