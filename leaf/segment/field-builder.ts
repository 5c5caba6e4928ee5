import { analyzerOf } from '../../shared/analysis/analyzers.ts';
import type { Analyzer } from '../../shared/analysis/analyzer.ts';
import type { IndexedField } from '../../shared/schema/schema.ts';
import { readFieldValue } from '../../shared/schema/values.ts';
import { makeBitset, setBit } from '../columns/bitset.ts';
import { GrowingFloat64 } from '../columns/growing.ts';
import { encodeLengths } from '../score/field-lengths.ts';
import { contentsKind } from './contents.ts';
import type { FieldContents } from './contents.ts';
import { TokenCollector } from './tokens.ts';

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
 * Reads a JSON value as the field does and adds it, where the field takes such values.
 * @throws Error when it is of another kind: documents were checked before they were accepted
 */
export function addValue(builder: FieldBuilder, value: unknown, pointer: () => string): void {
  const reading = readFieldValue(builder.field, value);
  if (reading.kind === 'ignored') return;
  if (reading.kind === 'wrong') throw new Error(`the value at ${pointer()} is not ${reading.expected}`);
  builder.add(reading.value);
}

/** Positions left free between the values of an array, so that no phrase reaches over: Elasticsearch's position_increment_gap. */
const valueGap = 100;

class TextBuilder implements FieldBuilder {
  readonly field: IndexedField;
  private readonly tokens: TokenCollector;
  private readonly presence: Uint32Array;
  private document = 0;
  private readonly analyzer: Analyzer;
  /** Where the next term of the document stands. */
  private position = 0;

  constructor(field: IndexedField, documents: number) {
    this.field = field;
    this.analyzer = analyzerOf(field.analyzer);
    this.tokens = new TokenCollector(documents);
    this.presence = makeBitset(documents);
  }

  add(value: string): void {
    setBit(this.presence, this.document);
    const start = this.position;
    this.analyzer.analyze(value, (term, position) => {
      this.tokens.addAt(term, start + position);
      this.position = start + position + 1;
    });
    this.position += valueGap;
  }

  endDocument(): void {
    this.tokens.endDocument();
    this.document++;
    this.position = 0;
  }

  finish(): FieldContents {
    const { starts } = this.tokens;
    const lengths = new Uint32Array(this.document);
    for (let i = 0; i < lengths.length; i++) lengths[i] = starts[i + 1]! - starts[i]!;
    const encoded = encodeLengths(lengths);
    const { terms } = this.tokens.finish(encoded);
    return { kind: 'text', terms, lengths, lengthCodes: encoded.codes, presence: this.presence };
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
    const { terms, ordinals } = this.tokens.finish(null);
    return { kind: 'keyword', terms, column: { starts: this.tokens.starts, ordinals } };
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
