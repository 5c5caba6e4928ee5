import { utc } from '../../../shared/dates/zone.ts';
import { readObject } from '../../../shared/json/read-object.ts';
import { numberThat, readBoolean, type Reader } from '../../../shared/json/readers.ts';
import { definitionOf } from '../../../shared/schema/kinds/field-kinds.ts';
import { quantityKinds, readFieldName } from '../fields.ts';
import { instantReader } from './read-dates.ts';
import { readDistinctNumbers } from './distinct-numbers.ts';
import type { CallerAggregation } from './definition.ts';
import { namesOfMany, placeOfMany } from './numbers-of-many.ts';
import { readMissingNumber } from './missing-value.ts';

const readNumber = numberThat('a number', () => true);

/** `{"field", "values", "keyed"?: true, "missing"?}` on integer, float and date fields; values of a date are milliseconds, of which parts may be asked, or texts as in a `date_range`. */
export const percentileRanks: CallerAggregation<'percentile_ranks'> = {
  read: (node, { schema, now }) => {
    const properties = readObject(node, ['field', 'values', 'keyed', 'missing']);
    const field = properties.required('field', (name) => readFieldName(name, schema, quantityKinds));
    const readDate = instantReader(null, utc, now);
    const readValue: Reader<number> = definitionOf(field.kind).isTime
      ? (value) => (typeof value.value === 'number' ? value.value : readDate(value))
      : readNumber;
    return {
      kind: 'percentile_ranks',
      field: field.name,
      numbers: properties.required('values', readDistinctNumbers(readValue)),
      keyed: properties.optional('keyed', readBoolean, true),
      ...readMissingNumber(properties, field),
    };
  },
  numbers: {
    names: (request) => namesOfMany(request.numbers),
    placeOf: ({ numbers, keyed }, name) => placeOfMany(numbers, keyed, name),
  },
};
