import { arrayOf, readString } from '../../../json/readers.ts';
import type { RequestNode } from '../../../json/request-node.ts';
import { limits } from '../../../limits.ts';
import type { PartDefinition, Token, TokenFilter } from '../part.ts';

/** Words that stand one after the other. */
type Words = readonly string[];

/** By the words of what is written, joined by spaces: what stands in its place, itself among them where it stays. */
type Rules = ReadonlyMap<string, readonly Words[]>;

/**
 * `a, b` are one another, `a, b => c` become c. The longest that is written counts; what is put in is not looked at again, so no
 * synonyms are cyclic. All begin at the position of the first word, as in Lucene's SynonymFilter.
 */
export const synonymFilter: PartDefinition<TokenFilter> = {
  options: ['synonyms'],
  make(properties) {
    const rules = rulesOf(properties.required('synonyms', arrayOf(readRule, limits.analyzerWordsMax)));
    const longest = Math.max(0, ...[...rules.keys()].map((words) => words.split(' ').length));
    return (next) => {
      let waiting: Token[] = [];
      const first = (): void => {
        for (let count = waiting.length; count > 0; count--) {
          const written = waiting.slice(0, count);
          const instead = rules.get(written.map(({ term }) => term).join(' '));
          if (instead === undefined) continue;
          for (const token of placed(written, instead)) next(token);
          waiting = waiting.slice(count);
          return;
        }
        next(waiting[0]!);
        waiting = waiting.slice(1);
      };
      return {
        take(token) {
          waiting.push(token);
          if (waiting.length >= longest) first();
        },
        end() {
          while (waiting.length > 0) first();
        },
      };
    };
  },
};

/** Words at the positions of those that are written, ascending. */
function placed(written: readonly Token[], instead: readonly Words[]): Token[] {
  const { position, start } = written[0]!;
  const { end } = written.at(-1)!;
  const placeOf = (at: number): number => written[at]?.position ?? position + at;
  return instead
    .flatMap((words) => words.map((term, at): Token => ({ term, position: placeOf(at), start, end })))
    .sort((a, b) => a.position - b.position);
}

interface Rule {
  readonly from: readonly Words[];
  readonly to: readonly Words[];
}

function rulesOf(written: readonly Rule[]): Rules {
  const rules = new Map<string, readonly Words[]>();
  for (const { from, to } of written) {
    for (const words of from) {
      const key = words.join(' ');
      rules.set(key, [...(rules.get(key) ?? []), ...to]);
    }
  }
  return rules;
}

function readRule(node: RequestNode): Rule {
  const sides = readString(node)
    .split('=>')
    .map((side) =>
      side.split(',').map((words) =>
        words
          .trim()
          .split(/\s+/)
          .filter((word) => word !== ''),
      ),
    );
  const [from = [], to = from] = sides;
  const isFit = (words: Words): boolean => words.length > 0 && words.length <= limits.synonymWordsMax;
  if (sides.length > 2 || !from.every(isFit) || !to.every(isFit)) {
    throw node.invalid({ expected: `"a, b" or "a, b => c", each of 1 to ${limits.synonymWordsMax} words` });
  }
  return { from, to };
}
