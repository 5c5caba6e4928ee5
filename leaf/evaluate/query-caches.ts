import { FuzzyCache } from '../expand/fuzzy-cache.ts';
import { FilterCache } from './filter-cache.ts';

/** What a leaf remembers from one search to the next. One serves all searches of a thread. */
export class QueryCaches {
  readonly filters: FilterCache = new FilterCache();
  readonly fuzzy: FuzzyCache = new FuzzyCache();
}
