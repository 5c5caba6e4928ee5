/** Aggregates the documents that match, however long it takes, and keeps the result. */
import { countsOthers } from '../../../shared/aggregation/global.ts';
import { isObject } from '../../../shared/json/read-object.ts';
import { SheafError } from '../../../shared/errors.ts';
import type { Reader } from '../../../shared/json/readers.ts';
import { readAggregate } from '../read-aggregate.ts';
import type { JobKind } from './job-kind.ts';

const readAggs: Reader<Readonly<Record<string, unknown>>> = (node) => {
  if (!isObject(node.value)) throw node.wrongType('an object: aggregations by name, as of a search');
  if (Object.keys(node.value).length === 0)
    throw node.invalid({ expected: 'at least one aggregation', actual: 'none' });
  return node.value;
};

function refuseOthers(): SheafError {
  const expected = 'no global and no min_doc_count of 0 in a job, which aggregates the documents of its query';
  const detail = { expected, actual: 'one of them' };
  return new SheafError('REQUEST_VALUE_INVALID', { at: '/aggs', detail });
}

export const aggregate: JobKind = {
  does: 'aggregates',
  operation: 'changeDocument',
  properties: ['aggs'],
  read: async (properties, { schema }) => {
    const aggs = properties.required('aggs', readAggs);
    // Whatever the time is, what is right now is right then.
    const { aggregations } = readAggregate({ query: undefined, aggs }, schema, 0);
    // The filter of an alias is part of the query of a job, and of nothing else.
    if (countsOthers(aggregations)) throw refuseOthers();
    return { aggs };
  },
};
