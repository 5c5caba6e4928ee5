import type { FieldKindDefinition } from '../../../shared/schema/kinds/definition.ts';
import type { Operand } from '../operand.ts';
import type { FieldQueries } from './field-queries.ts';
import { readEach } from './read-each.ts';

/** Queries of a kind whose values are kept as numbers. */
export function numberQueries({ read }: FieldKindDefinition<'number'>): FieldQueries {
  const readNumber = (operand: Operand): number => {
    const reading = read(operand.value);
    if (reading.kind === 'wrong') throw operand.wrongType(reading.expected);
    return reading.value;
  };
  return {
    exact(field, operand) {
      return { kind: 'numbers', field, values: [readNumber(operand)] };
    },
    *anyOf(field, operands) {
      const values = new Set<number>();
      yield* readEach(operands, (operand) => values.add(readNumber(operand)));
      return values.size === 0 ? [] : [{ kind: 'numbers', field, values: [...values] }];
    },
    range(field, { low, lowInclusive, high, highInclusive }) {
      return {
        kind: 'numberRange',
        field,
        ...(low === undefined ? {} : { low: readNumber(low) }),
        lowInclusive,
        ...(high === undefined ? {} : { high: readNumber(high) }),
        highInclusive,
      };
    },
  };
}
