import type { AggregationRequests } from '../../shared/aggregation/definition.ts';
import type { Counted, SingleBucketPartial } from '../../shared/aggregation/single-bucket.ts';
import type { Query } from '../../shared/query/query.ts';
import type { CollectingTask, MakeCollector } from './collecting-task.ts';
import { FilterBuckets } from './filter-buckets.ts';

export const makeFilter: MakeCollector<'filter'> = (request, task) => new SingleFilter(request, task);

interface Filtering {
  readonly query: Query;
  readonly aggregations: AggregationRequests;
}

/** The documents that match a clause. */
export class SingleFilter extends FilterBuckets<SingleBucketPartial> {
  constructor({ query, aggregations }: Filtering, task: CollectingTask) {
    super({ filters: [query], hasOther: false, aggregations }, task);
  }

  protected partialOf([bucket]: readonly Counted[]): SingleBucketPartial {
    return { kind: 'single', ...bucket! };
  }
}
