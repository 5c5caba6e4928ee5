import type { CallerAggregation } from './definition.ts';

/** Any clause of a query. */
export const filter: CallerAggregation<'filter'> = {
  read: (node, { readFilter }) => ({ kind: 'filter', query: readFilter(node) }),
  buckets: 'one',
  // Pipelines would take it for a list of its own.
  bucketProperties: ['buckets'],
};
