import { readBoolean } from '../../../json/readers.ts';
import type { RequestNode } from '../../../json/request-node.ts';
import { englishStopWords } from '../../english.ts';
import { languages } from '../../languages.ts';
import { readWords } from '../options.ts';
import { each, type PartDefinition, type TokenFilter } from '../part.ts';

const lists: ReadonlyMap<string, () => readonly string[]> = new Map([
  ['_none_', () => []],
  ['_english_', () => [...englishStopWords]],
  ...Object.entries(languages).map(([name, { stopWords }]) => [`_${name}_`, () => stopWords.split(' ')] as const),
]);

/** Leaves words out, which leaves gaps. `stopwords` is a list of them, or `_english_` and so on. */
export const stopFilter: PartDefinition<TokenFilter> = {
  options: ['stopwords', 'ignore_case'],
  make(properties) {
    const words = properties.optional('stopwords', readStopWords, [...englishStopWords]);
    const ignoresCase = properties.optional('ignore_case', readBoolean, false);
    const left = new Set(ignoresCase ? words.map((word) => word.toLowerCase()) : words);
    return each((token, next) => {
      if (!left.has(ignoresCase ? token.term.toLowerCase() : token.term)) next(token);
    });
  },
};

function readStopWords(node: RequestNode): readonly string[] {
  if (typeof node.value !== 'string') return readWords(node);
  const list = lists.get(node.value);
  if (list === undefined) throw node.invalid({ expected: `words, or one of ${[...lists.keys()].join(', ')}` });
  return list();
}
