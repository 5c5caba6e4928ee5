import { readObject } from '../../../shared/json/read-object.ts';
import { numberThat } from '../../../shared/json/readers.ts';
import { shownNameOf } from '../../../shared/schema/kinds/field-kinds.ts';
import { quantityKinds, readFieldName } from '../fields.ts';
import type { CallerAggregation } from './definition.ts';
import { optionNames, readHistogramOptions } from './histogram-options.ts';

const readValue = numberThat('a number', () => true);

/**
 * `{"field", "interval", "offset"?: 0, "min_doc_count"?: 0, "keyed"?, "order"?, "missing"?, "extended_bounds"?, "hard_bounds"?}` on
 * integer, float and date fields; all values of a date are milliseconds.
 */
export const histogram: CallerAggregation<'histogram'> = {
  read: (node, { schema }) => {
    const properties = readObject(node, ['field', 'interval', 'offset', ...optionNames]);
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
      ...readHistogramOptions(node, properties, readValue),
    };
  },
  rollup: { ofDimension: true },
  buckets: 'sequence',
};
