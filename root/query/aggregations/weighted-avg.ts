import type { FieldOrMissing } from '../../../shared/aggregation/weighted-avg.ts';
import { readObject } from '../../../shared/json/read-object.ts';
import type { RequestNode } from '../../../shared/json/request-node.ts';
import type { IndexSchema } from '../../../shared/schema/schema.ts';
import { quantityKinds, readFieldName } from '../fields.ts';
import { oneValue, type CallerAggregation } from './definition.ts';
import { readMissingNumber } from './missing-value.ts';

/** `{"value": {"field", "missing"?}, "weight": {"field", "missing"?}}` on integer, float and date fields. */
export const weightedAvg: CallerAggregation<'weighted_avg'> = {
  read: (node, { schema }) => {
    const properties = readObject(node, ['value', 'weight']);
    return {
      kind: 'weighted_avg',
      value: properties.required('value', (child) => readOne(child, schema)),
      weight: properties.required('weight', (child) => readOne(child, schema)),
    };
  },
  numbers: oneValue,
};

function readOne(node: RequestNode, schema: IndexSchema): FieldOrMissing {
  const properties = readObject(node, ['field', 'missing']);
  const field = properties.required('field', (name) => readFieldName(name, schema, quantityKinds));
  return { field: field.name, ...readMissingNumber(properties, field) };
}
