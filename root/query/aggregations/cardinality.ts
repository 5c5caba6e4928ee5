import { precisionThresholdMax } from '../../../shared/aggregation/cardinality.ts';
import { readObject } from '../../../shared/json/read-object.ts';
import { integerWithin } from '../../../shared/json/readers.ts';
import { readFieldName, valueKinds } from '../fields.ts';
import { oneValue, type CallerAggregation } from './definition.ts';
import { readMissing } from './missing-value.ts';
import { valueTypeOf } from '../../../shared/schema/kinds/field-kinds.ts';

const precisionThresholdDefault = 3000;

/** `{"field", "precision_threshold"?: 3000, "missing"?}` on any kind but text. */
export const cardinality: CallerAggregation<'cardinality'> = {
  read: (node, { schema }) => {
    const properties = readObject(node, ['field', 'precision_threshold', 'missing']);
    const field = properties.required('field', (name) => readFieldName(name, schema, valueKinds));
    return {
      kind: 'cardinality',
      field: field.name,
      values: valueTypeOf(field.kind),
      precisionThreshold: properties.optional(
        'precision_threshold',
        integerWithin(0, precisionThresholdMax),
        precisionThresholdDefault,
      ),
      ...readMissing(properties, field),
    };
  },
  // Rows have every value of a dimension, and how often one comes does not matter.
  rollup: { ofDimension: true },
  numbers: oneValue,
};
