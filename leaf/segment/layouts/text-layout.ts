/** Texts: terms with frequencies, positions and lengths. */
import { currentAnalysis, type AnalysisVersion } from '../../../shared/analysis/analysis-version.ts';
import type { Analyzer } from '../../../shared/analysis/analyzer.ts';
import { analyzerOf } from '../../../shared/analysis/analyzers.ts';
import type { IndexedField } from '../../../shared/schema/schema.ts';
import { bitsetBytes, makeBitset, setBit } from '../../columns/bitset.ts';
import { packNumbers, unpackNumbers } from '../../columns/packed-numbers.ts';
import { mergeBitsets, mergeScalars } from '../../merge/merge-rows.ts';
import { mergeTerms } from '../../merge/merge-terms.ts';
import { encodeLengths } from '../../score/field-lengths.ts';
import type { EncodedTerms } from '../terms-writer.ts';
import { TokenCollector } from '../tokens.ts';
import type { FieldBuilder, LayoutDefinition } from './layout-definition.ts';
import { openTerms, termSections, type TermField } from './stored-terms.ts';

export interface TextContents {
  readonly kind: 'text';
  readonly terms: EncodedTerms;
  /** Terms in the field by docId, repeats included; 0 where there is none. */
  readonly lengths: Uint32Array;
  /** See length-code.ts. */
  readonly lengthCodes: Uint8Array;
  /** Bitset of the documents with a value; a value may be without terms. */
  readonly presence: Uint32Array;
}

export interface TextField extends TermField {
  readonly kind: 'text';
  /** Positions of all terms: see positions/. */
  readonly positions: Uint8Array;
  /** Terms in the field by docId, repeats included; 0 where there is none. Unpacked at each call: a byte or two a document. */
  readonly readLengths: () => Uint32Array;
  /** What scores take for the length, by docId: see length-code.ts. */
  readonly lengthCodes: Uint8Array;
  /** Bitset of the documents with a value; a value may be without terms. */
  readonly presence: Uint32Array;
}

export const textLayout: LayoutDefinition<TextContents, TextField> = {
  makeBuilder: (field, documents) => new TextBuilder(field, documents),
  sections: ({ terms, lengths, lengthCodes, presence }) => [
    ...termSections(terms),
    ['positions', terms.positions],
    ['lengths', packNumbers(lengths)],
    ['lengthCodes', lengthCodes],
    ['presence', presence],
  ],
  open(reader, documents) {
    const terms = openTerms(reader, true);
    const positions = reader.bytes('positions');
    const lengths = reader.packed('lengths', documents);
    return {
      kind: 'text',
      ...terms,
      positions,
      readLengths: () => unpackNumbers(lengths, new Uint32Array(documents)),
      lengthCodes: reader.bytes('lengthCodes', documents),
      presence: reader.uint32('presence', bitsetBytes(documents) / 4),
    };
  },
  merge(order, inputs) {
    const lengths = mergeScalars(
      order,
      inputs.map((input) => input?.readLengths() ?? null),
    );
    const encoded = encodeLengths(lengths);
    const { terms } = mergeTerms(order, inputs, encoded);
    const presence = mergeBitsets(
      order,
      inputs.map((input) => input?.presence ?? null),
    );
    return { kind: 'text', terms, lengths, lengthCodes: encoded.codes, presence };
  },
};

/** Positions left free between the values of an array, so that no phrase reaches over: Elasticsearch's position_increment_gap. */
const valueGap = 100;

class TextBuilder implements FieldBuilder<TextContents> {
  private readonly tokens: TokenCollector;
  private readonly presence: Uint32Array;
  private document = 0;
  private usedDictionaries = false;
  private readonly analyzer: Analyzer;
  /** Where the next term of the document stands. */
  private position = 0;

  constructor(field: IndexedField, documents: number) {
    this.analyzer = analyzerOf(field.analyzer);
    this.tokens = new TokenCollector(documents);
    this.presence = makeBitset(documents);
  }

  get analysis(): AnalysisVersion {
    return currentAnalysis(this.usedDictionaries);
  }

  add(value: string): void {
    setBit(this.presence, this.document);
    const start = this.position;
    const usedDictionaries = this.analyzer.analyze(value, (term, position) => {
      this.tokens.addAt(term, start + position);
      this.position = start + position + 1;
    });
    this.usedDictionaries ||= usedDictionaries;
    this.position += valueGap;
  }

  endDocument(): void {
    this.tokens.endDocument();
    this.document++;
    this.position = 0;
  }

  finish(): TextContents {
    const { starts } = this.tokens;
    const lengths = new Uint32Array(this.document);
    for (let i = 0; i < lengths.length; i++) lengths[i] = starts[i + 1]! - starts[i]!;
    const encoded = encodeLengths(lengths);
    const { terms } = this.tokens.finish(encoded);
    return { kind: 'text', terms, lengths, lengthCodes: encoded.codes, presence: this.presence };
  }
}
