import type { CallerAggregation } from './definition.ts';

/** Any clause of a query. */
export const filter: CallerAggregation<'filter'> = {
  read: (node, { readFilter }) => ({ kind: 'filter', query: readFilter(node) }),
  buckets: 'one',
};
