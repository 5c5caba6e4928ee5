import type { FiltersPartial } from '../../shared/aggregation/filters.ts';
import type { Counted } from '../../shared/aggregation/single-bucket.ts';
import type { MakeCollector } from './collecting-task.ts';
import { FilterBuckets } from './filter-buckets.ts';

export const makeFilters: MakeCollector<'filters'> = (request, task) => new FiltersCollector(request, task);

class FiltersCollector extends FilterBuckets<FiltersPartial> {
  protected partialOf(buckets: readonly Counted[]): FiltersPartial {
    return { kind: 'filters', buckets };
  }
}
