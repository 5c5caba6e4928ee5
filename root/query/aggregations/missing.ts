import { readObject } from '../../../shared/json/read-object.ts';
import { readFieldName } from '../fields.ts';
import type { CallerAggregation } from './definition.ts';

/** `{"field"}` of any kind. */
export const missing: CallerAggregation<'missing'> = {
  read: (node, { schema }) => {
    const field = readObject(node, ['field']).required('field', (name) => readFieldName(name, schema));
    return { kind: 'missing', field: field.name };
  },
  buckets: 'one',
  // Pipelines would take it for a list of its own.
  bucketProperties: ['buckets'],
};
