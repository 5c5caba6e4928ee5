import { FuzzyCache } from '../expand/fuzzy-cache.ts';
import { TermCaches } from '../aggregate/term-caches.ts';
import { FilterCache } from './filter-cache.ts';

/** What a leaf remembers from one search to the next. One serves all searches of a thread. */
export class QueryCaches {
  readonly filters: FilterCache = new FilterCache();
  readonly terms: TermCaches = new TermCaches();
  readonly fuzzy: FuzzyCache = new FuzzyCache();
}
