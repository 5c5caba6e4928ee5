/** The filters of tokens by name. */
import type { PartDefinition, TokenFilter } from '../part.ts';
import { asciifoldingFilter } from './asciifolding.ts';
import { decimalDigitFilter } from './decimal-digit.ts';
import { elisionFilter } from './elision.ts';
import { keywordMarkerFilter } from './keyword-marker.ts';
import { lengthFilter } from './length.ts';
import { lowercaseFilter } from './lowercase.ts';
import { edgeNgramFilter, ngramFilter } from './ngram.ts';
import { reverseFilter } from './reverse.ts';
import { shingleFilter } from './shingle.ts';
import { stemmerFilter } from './stemmer.ts';
import { stopFilter } from './stop.ts';
import { synonymFilter } from './synonym.ts';
import { trimFilter } from './trim.ts';
import { truncateFilter } from './truncate.ts';
import { uniqueFilter } from './unique.ts';
import { uppercaseFilter } from './uppercase.ts';

export const tokenFilters: Readonly<Record<string, PartDefinition<TokenFilter>>> = {
  lowercase: lowercaseFilter,
  uppercase: uppercaseFilter,
  asciifolding: asciifoldingFilter,
  stop: stopFilter,
  stemmer: stemmerFilter,
  synonym: synonymFilter,
  elision: elisionFilter,
  keyword_marker: keywordMarkerFilter,
  ngram: ngramFilter,
  edge_ngram: edgeNgramFilter,
  shingle: shingleFilter,
  truncate: truncateFilter,
  unique: uniqueFilter,
  length: lengthFilter,
  trim: trimFilter,
  decimal_digit: decimalDigitFilter,
  reverse: reverseFilter,
};
