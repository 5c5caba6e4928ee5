import { readObject } from '../../../shared/json/read-object.ts';
import { integerWithin, numberThat } from '../../../shared/json/readers.ts';
import { shownNameOf } from '../../../shared/schema/kinds/field-kinds.ts';
import { quantityKinds, readFieldName } from '../fields.ts';
import type { CallerAggregation } from './definition.ts';

/**
 * `{"field", "interval", "offset"?: 0, "min_doc_count"?: 0}` on integer, float and date fields; the interval and
 * offset of a date are milliseconds.
 */
export const histogram: CallerAggregation<'histogram'> = {
  read: (node, { schema }) => {
    const properties = readObject(node, ['field', 'interval', 'offset', 'min_doc_count']);
    const field = properties.required('field', (name) => readFieldName(name, schema, quantityKinds));
    const interval = properties.required(
      'interval',
      numberThat('a number greater than 0', (value) => value > 0),
    );
    const expected = 'a number from 0 to less than the interval';
    const readOffset = numberThat(expected, (value) => value >= 0 && value < interval);
    return {
      kind: 'histogram',
      field: field.name,
      show: shownNameOf(field.kind),
      interval,
      offset: properties.optional('offset', readOffset, 0),
      minDocCount: properties.optional('min_doc_count', integerWithin(0, Number.MAX_SAFE_INTEGER), 0),
    };
  },
  rollup: { ofDimension: true },
  buckets: 'sequence',
};
