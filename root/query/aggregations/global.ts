import { readObject } from '../../../shared/json/read-object.ts';
import type { CallerAggregation } from './definition.ts';

/** `{}`, at the top only: in a bucket there are the documents of the bucket. */
export const global: CallerAggregation<'global'> = {
  read: (node, { depth }) => {
    if (depth > 1) {
      throw node.invalid({
        expected: 'global among the outermost aggregations only',
        actual: `in ${depth - 1} others`,
      });
    }
    readObject(node, []);
    return { kind: 'global', query: { kind: 'all' } };
  },
  buckets: 'one',
  // Pipelines would take it for a list of its own.
  bucketProperties: ['buckets'],
};
