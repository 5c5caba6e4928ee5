import { integerWithin, readString } from '../../../shared/json/readers.ts';
import { limits } from '../../../shared/limits.ts';
import { withBoost } from '../boost.ts';
import { faultsOf, requireKind, stringKinds } from '../fields.ts';
import { autoFuzziness, fuzzyQuery, readFuzziness } from '../fuzziness.ts';
import { canBeTerm } from '../operand.ts';
import type { ReadClause } from '../query-scope.ts';
import { readFieldEntry, readOperandForm } from './field-operand.ts';

/**
 * `{field: word}` or `{field: {"value": word, "fuzziness"?, "prefix_length"?, "boost"?}}`: terms within some edits of the
 * word, which is not analysed.
 */
export const readFuzzy: ReadClause = (node, scope) => {
  const { field, node: entry } = readFieldEntry(node, scope);
  requireKind(scope.schema, field, stringKinds, faultsOf(entry));
  const { operand: wordNode, options } = readOperandForm(entry, 'value', ['fuzziness', 'prefix_length']);
  const word = readString(wordNode);
  if (word.length > limits.patternLengthMax) {
    const expected = `a word of at most ${limits.patternLengthMax} characters`;
    throw wordNode.invalid({ expected, limit: limits.patternLengthMax, actual: word.length });
  }
  const fuzziness = options?.optional('fuzziness', readFuzziness, autoFuzziness) ?? autoFuzziness;
  const prefixLength = options?.optional('prefix_length', integerWithin(0, limits.patternLengthMax), 0) ?? 0;
  scope.budget.spend(1, faultsOf(node));
  if (!canBeTerm(word)) return { kind: 'none' };
  const exact = { kind: 'term', field: field.name, term: word } as const;
  return withBoost(fuzzyQuery(field.name, word, fuzziness, prefixLength) ?? exact, options);
};
