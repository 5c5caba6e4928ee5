/** Aggregates the documents that match, however long it takes, and keeps the result. */
import { isObject } from '../../../shared/json/read-object.ts';
import type { Reader } from '../../../shared/json/readers.ts';
import { readAggregate } from '../read-aggregate.ts';
import type { JobKind } from './job-kind.ts';

const readAggs: Reader<Readonly<Record<string, unknown>>> = (node) => {
  if (!isObject(node.value)) throw node.wrongType('an object: aggregations by name, as of a search');
  if (Object.keys(node.value).length === 0)
    throw node.invalid({ expected: 'at least one aggregation', actual: 'none' });
  return node.value;
};

export const aggregate: JobKind = {
  does: 'aggregates',
  operation: 'changeDocument',
  properties: ['aggs'],
  read: async (properties, { schema }) => {
    const aggs = properties.required('aggs', readAggs);
    // Whatever the time is, what is right now is right then.
    readAggregate({ query: undefined, aggs }, schema, 0);
    return { aggs };
  },
};
