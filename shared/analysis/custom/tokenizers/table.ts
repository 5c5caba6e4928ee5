/** The tokenizers by name. */
import type { PartDefinition, Tokenizer } from '../part.ts';
import { cjkTokenizer } from './cjk.ts';
import { keywordTokenizer } from './keyword.ts';
import { letterTokenizer } from './letter.ts';
import { edgeNgramTokenizer, ngramTokenizer } from './ngram.ts';
import { pathHierarchyTokenizer } from './path-hierarchy.ts';
import { patternTokenizer } from './pattern.ts';
import { standardTokenizer } from './standard.ts';
import { uaxUrlEmailTokenizer } from './uax-url-email.ts';
import { whitespaceTokenizer } from './whitespace.ts';

export const tokenizers: Readonly<Record<string, PartDefinition<Tokenizer>>> = {
  standard: standardTokenizer,
  whitespace: whitespaceTokenizer,
  keyword: keywordTokenizer,
  letter: letterTokenizer,
  pattern: patternTokenizer,
  ngram: ngramTokenizer,
  edge_ngram: edgeNgramTokenizer,
  path_hierarchy: pathHierarchyTokenizer,
  uax_url_email: uaxUrlEmailTokenizer,
  cjk: cjkTokenizer,
};
