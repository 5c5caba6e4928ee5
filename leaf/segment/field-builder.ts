import type { Analyzer } from '../../shared/analysis/analyzer.ts';
import { analyzerOf } from '../../shared/analysis/analyzers.ts';
import type { IndexedField } from '../../shared/schema/schema.ts';
import { readValue } from '../../shared/schema/values.ts';
import { makeBitset, setBit } from '../columns/bitset.ts';
import { GrowingFloat64, GrowingUint32 } from '../columns/growing.ts';
import type { DictionaryContents } from '../dictionary/dictionary.ts';
import { TermNumbering } from '../dictionary/term-numbering.ts';
import { invertTokens } from '../postings/postings.ts';
import type { Tokens } from '../postings/postings.ts';
import { contentsKind } from './contents.ts';
import type { FieldContents } from './contents.ts';

/** Takes the values of one field, document by document. */
export interface FieldBuilder {
  readonly field: IndexedField;
  /** One more value of the current document. */
  add(value: string | number): void;
  endDocument(): void;
  finish(): FieldContents;
}

export function makeFieldBuilder(field: IndexedField, documents: number): FieldBuilder {
  switch (contentsKind(field.kind)) {
    case 'text':
      return new TextBuilder(field, documents);
    case 'keyword':
      return new KeywordBuilder(field, documents);
    case 'number':
      return new NumberBuilder(field, documents);
  }
}

/**
 * Reads a JSON value as the field's kind and adds it.
 * @throws Error when it is of another kind: documents were checked before they were accepted
 */
export function addValue(builder: FieldBuilder, value: unknown, pointer: () => string): void {
  const reading = readValue(builder.field.kind, value);
  if (reading.kind === 'wrong') throw new Error(`the value at ${pointer()} is not ${reading.expected}`);
  builder.add(reading.value);
}

/** The terms of a field by document: numbered as they come, put in order at the end. */
class TokenCollector {
  private readonly terms = new TermNumbering();
  private readonly numbers = new GrowingUint32();
  private readonly starts: Uint32Array;
  private document = 0;

  constructor(documents: number) {
    this.starts = new Uint32Array(documents + 1);
  }

  add(term: string): void {
    this.numbers.push(this.terms.numberOf(term));
  }

  endDocument(): void {
    this.starts[++this.document] = this.numbers.length;
  }

  finish(): { dictionary: DictionaryContents; tokens: Tokens } {
    const { dictionary, ordinalOf } = this.terms.finish();
    const ordinals = this.numbers.view();
    for (let i = 0; i < ordinals.length; i++) ordinals[i] = ordinalOf[ordinals[i]!]!;
    return { dictionary, tokens: { ordinals, starts: this.starts } };
  }
}

class TextBuilder implements FieldBuilder {
  readonly field: IndexedField;
  private readonly tokens: TokenCollector;
  private readonly presence: Uint32Array;
  private readonly analyzer: Analyzer;
  private document = 0;

  constructor(field: IndexedField, documents: number) {
    this.field = field;
    this.analyzer = analyzerOf(field.analyzer);
    this.tokens = new TokenCollector(documents);
    this.presence = makeBitset(documents);
  }

  add(value: string): void {
    setBit(this.presence, this.document);
    this.analyzer.analyze(value, (term) => this.tokens.add(term));
  }

  endDocument(): void {
    this.tokens.endDocument();
    this.document++;
  }

  finish(): FieldContents {
    const { dictionary, tokens } = this.tokens.finish();
    const postings = invertTokens(tokens, dictionary.starts.length - 1);
    const lengths = new Uint32Array(this.document);
    for (let i = 0; i < lengths.length; i++) lengths[i] = tokens.starts[i + 1]! - tokens.starts[i]!;
    return { kind: 'text', dictionary, postings, lengths, presence: this.presence };
  }
}

class KeywordBuilder implements FieldBuilder {
  readonly field: IndexedField;
  private readonly tokens: TokenCollector;

  constructor(field: IndexedField, documents: number) {
    this.field = field;
    this.tokens = new TokenCollector(documents);
  }

  add(value: string): void {
    this.tokens.add(value);
  }

  endDocument(): void {
    this.tokens.endDocument();
  }

  finish(): FieldContents {
    const { dictionary, tokens } = this.tokens.finish();
    const postings = invertTokens(tokens, dictionary.starts.length - 1);
    return { kind: 'keyword', dictionary, postings, column: tokens };
  }
}

class NumberBuilder implements FieldBuilder {
  readonly field: IndexedField;
  private readonly values = new GrowingFloat64();
  private readonly starts: Uint32Array;
  private document = 0;

  constructor(field: IndexedField, documents: number) {
    this.field = field;
    this.starts = new Uint32Array(documents + 1);
  }

  add(value: number): void {
    this.values.push(value);
  }

  endDocument(): void {
    this.starts[++this.document] = this.values.length;
  }

  finish(): FieldContents {
    return { kind: 'number', column: { starts: this.starts, values: this.values.view() } };
  }
}
