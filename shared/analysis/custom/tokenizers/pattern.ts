import { integerWithin } from '../../../json/readers.ts';
import type { PartDefinition, Tokenizer } from '../part.ts';
import { readPattern } from '../pattern.ts';
import { matching, separatedBy } from './by-pattern.ts';

/** What stands between the matches of a pattern, `\W+` where none is given; with `group` 0 the matches. */
export const patternTokenizer: PartDefinition<Tokenizer> = {
  options: ['pattern', 'group'],
  make(properties) {
    const pattern = properties.optional('pattern', readPattern, /[^\p{L}\p{N}\p{M}_]+/gu);
    return properties.optional('group', integerWithin(-1, 0), -1) === 0 ? matching(pattern) : separatedBy(pattern);
  },
};
