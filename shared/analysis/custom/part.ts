/** What the parts of a custom analyzer are: character filters, a tokenizer, token filters. Each kind is a file and a row of a table. */
import type { Properties } from '../../json/read-object.ts';

/** A term and where it is from: see TokenSink. Several may stand at one position. */
export interface Token {
  readonly term: string;
  readonly position: number;
  readonly start: number;
  readonly end: number;
  /** It is to stay as it is: see keyword_marker. */
  readonly isKeyword?: boolean;
}

export type TakeToken = (token: Token) => void;

/** Gives the tokens of a text, positions ascending from 0. Returns whether dictionaries of the runtime had a say. */
export type Tokenizer = (text: string, take: TakeToken) => boolean;

/** One text on its way through a filter. */
export interface FilterRun {
  take(token: Token): void;
  /** There are no more. */
  end(): void;
}

/** Makes what stands between the tokens of one text and what takes them next. */
export type TokenFilter = (next: TakeToken) => FilterRun;

/** A part of a text that becomes another. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly by: string;
}

/** The edits of a text, ascending and apart. */
export type CharFilter = (text: string) => Edit[];

/** A kind of part. */
export interface PartDefinition<Part> {
  readonly options: readonly string[];
  /** @throws SheafError REQUEST_…, for options that it cannot have */
  make(properties: Properties<string>): Part;
}

/** A filter of tokens one by one. */
export function each(change: (token: Token, next: TakeToken) => void): TokenFilter {
  return (next) => ({ take: (token) => change(token, next), end: () => undefined });
}

/** A filter that changes terms and nothing else; a term that comes to nothing is left out. */
export function eachTerm(change: (term: string) => string): TokenFilter {
  return each((token, next) => {
    const term = change(token.term);
    if (term !== '') next(term === token.term ? token : { ...token, term });
  });
}

/** A definition without options. */
export function plain<Part>(part: Part): PartDefinition<Part> {
  return { options: [], make: () => part };
}
