/** Keywords: each value is one term, and a column has the ordinals of the values of each document. */
import { packStarts, PackedOrdinalColumn, type OpenedColumn, type OrdinalColumn } from '../../columns/columns.ts';
import { packNumbers } from '../../columns/packed-numbers.ts';
import { mergeOrdinals } from '../../merge/merge-rows.ts';
import { mergeTerms } from '../../merge/merge-terms.ts';
import type { EncodedTerms } from '../terms-writer.ts';
import { TokenCollector } from '../tokens.ts';
import type { FieldBuilder, LayoutDefinition } from './layout-definition.ts';
import { openTerms, termSections, type TermField } from './stored-terms.ts';

export interface KeywordContents {
  readonly kind: 'keyword';
  readonly terms: EncodedTerms;
  readonly column: OrdinalColumn;
}

export interface KeywordField extends TermField {
  readonly kind: 'keyword';
  readonly column: OrdinalColumn & OpenedColumn;
}

export const keywordLayout: LayoutDefinition<KeywordContents, KeywordField> = {
  makeBuilder: (_field, documents) => new KeywordBuilder(documents),
  sections: ({ terms, column }) => [
    ...termSections(terms),
    ['valueCounts', packStarts(column.starts)],
    ['ordinals', packNumbers(column.ordinals)],
  ],
  open(reader, documents) {
    const terms = openTerms(reader, false);
    const counts = reader.packed('valueCounts', documents);
    const column = new PackedOrdinalColumn(counts, reader.packed('ordinals'));
    return { kind: 'keyword', ...terms, column };
  },
  merge(order, inputs) {
    const termInputs = inputs.map((input) => (input === null ? null : { ...input, positions: null }));
    const { terms, ordinalMaps } = mergeTerms(order, termInputs, null);
    const columns = inputs.map((input) => input?.column ?? null);
    return { kind: 'keyword', terms, column: mergeOrdinals(order, columns, ordinalMaps) };
  },
};

class KeywordBuilder implements FieldBuilder<KeywordContents> {
  private readonly tokens: TokenCollector;

  constructor(documents: number) {
    this.tokens = new TokenCollector(documents);
  }

  add(value: string): void {
    this.tokens.add(value);
  }

  endDocument(): void {
    this.tokens.endDocument();
  }

  finish(): KeywordContents {
    const { terms, ordinals } = this.tokens.finish(null);
    return { kind: 'keyword', terms, column: { starts: this.tokens.starts, ordinals } };
  }
}
