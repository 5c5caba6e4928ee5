import { readSigma } from '../../../shared/aggregation/extended-stats.ts';
import { readObject } from '../../../shared/json/read-object.ts';
import { quantityKinds, readFieldName } from '../fields.ts';
import type { CallerAggregation } from './definition.ts';
import { readMissingNumber } from './missing-value.ts';

const sigmaDefault = 2;

/** As Elasticsearch names them in paths. */
const numberNames = [
  'count',
  'min',
  'max',
  'avg',
  'sum',
  'sum_of_squares',
  'variance',
  'variance_population',
  'variance_sampling',
  'std_deviation',
  'std_deviation_population',
  'std_deviation_sampling',
  'std_upper',
  'std_lower',
];

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
  numbers: {
    names: () => numberNames,
    placeOf: (_request, name) =>
      name === 'std_upper' || name === 'std_lower' ? ['std_deviation_bounds', name.slice('std_'.length)] : [name],
  },
};
