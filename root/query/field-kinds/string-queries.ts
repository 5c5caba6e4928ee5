/** Kinds whose values are strings that callers know: the terms of a text and whole keywords. */
import type { Query } from '../../../shared/query/query.ts';
import { readEach } from './read-each.ts';
import { canBeTerm, type Bounds, type Operand } from '../operand.ts';
import type { FieldQueries } from './field-queries.ts';

const nothing: Query = { kind: 'none' };

/** Terms of a text are looked up as they are, not analysed. A string that no document can hold matches nothing. */
export const stringQueries: FieldQueries = {
  exact(field, operand) {
    const term = readString(operand);
    return canBeTerm(term) ? { kind: 'term', field, term } : nothing;
  },
  *anyOf(field, operands) {
    const terms = new Set<string>();
    yield* readEach(operands, (operand) => {
      const term = readString(operand);
      if (canBeTerm(term)) terms.add(term);
    });
    return terms.size === 0 ? [] : [{ kind: 'keywords', field, terms: [...terms] }];
  },
  /** A bound may be longer than any value. */
  range(field, { low, lowInclusive, high, highInclusive }: Bounds) {
    const lowest = low === undefined ? undefined : readString(low);
    const highest = high === undefined ? undefined : readString(high);
    if (lowest?.isWellFormed() === false || highest?.isWellFormed() === false) return nothing;
    return {
      kind: 'keywordRange',
      field,
      ...(lowest === undefined ? {} : { low: lowest }),
      lowInclusive,
      ...(highest === undefined ? {} : { high: highest }),
      highInclusive,
    };
  },
};

function readString(operand: Operand): string {
  if (typeof operand.value !== 'string') throw operand.wrongType('a string');
  return operand.value;
}
