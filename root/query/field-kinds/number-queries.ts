import type { FieldKindDefinition } from '../../../shared/schema/kinds/definition.ts';
import { unreadable, type Operand } from '../operand.ts';
import type { FieldQueries } from './field-queries.ts';
import { readEach } from './read-each.ts';

type Reading = Pick<FieldKindDefinition<'number'>, 'read' | 'jsonTypes'>;

function readerOf(kind: Reading): (operand: Operand) => number {
  return (operand) => {
    const reading = kind.read(operand.value);
    if (reading.kind === 'wrong') throw unreadable(operand, reading.expected, kind);
    return reading.value;
  };
}

/**
 * Queries of a kind whose values are kept as numbers.
 * @param bounds the kind that bounds of ranges are read as: they are compared, and so need not be values of the field
 */
export function numberQueries(kind: Reading, bounds: Reading = kind): FieldQueries {
  const readNumber = readerOf(kind);
  const readBound = readerOf(bounds);
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
        ...(low === undefined ? {} : { low: readBound(low) }),
        lowInclusive,
        ...(high === undefined ? {} : { high: readBound(high) }),
        highInclusive,
      };
    },
  };
}
