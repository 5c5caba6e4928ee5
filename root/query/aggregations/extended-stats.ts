import { readSigma } from '../../../shared/aggregation/extended-stats.ts';
import { readObject } from '../../../shared/json/read-object.ts';
import { quantityKinds, readFieldName } from '../fields.ts';
import type { CallerAggregation } from './definition.ts';
import { readMissingNumber } from './missing.ts';

const sigmaDefault = 2;

/** `{"field", "sigma"?: 2, "missing"?}` on integer, float and date fields. */
export const extendedStats: CallerAggregation<'extended_stats'> = {
  read: (node, { schema }) => {
    const properties = readObject(node, ['field', 'sigma', 'missing']);
    const field = properties.required('field', (name) => readFieldName(name, schema, quantityKinds));
    return {
      kind: 'extended_stats',
      field: field.name,
      sigma: properties.optional('sigma', readSigma, sigmaDefault),
      ...readMissingNumber(properties, field),
    };
  },
};
