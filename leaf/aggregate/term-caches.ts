import { mergeDictionaries, type MergedOrdinals } from '../dictionary/merge-dictionaries.ts';
import { countTerms, type CountedTerms } from '../dictionary/count-terms.ts';
import { hashTerms, type HashedTerms } from '../dictionary/hash-terms.ts';
import { limits } from '../../shared/limits.ts';
import { DictionaryCache } from './dictionary-cache.ts';

/**
 * What aggregations keep of terms from one search to the next, so that none is read and hashed for each query.
 *
 * Memory: of terms that are counted 8 bytes for each of a segment and up to 12 for each different one, of terms whose number is
 * estimated 8 for each of a segment; at most `limits.termCacheBytesMax` for each of the three.
 */
export class TermCaches {
  /** Ordinals that hold in all segments of a search. */
  readonly merged: DictionaryCache<MergedOrdinals> = new DictionaryCache(limits.termCacheBytesMax, (dictionaries) =>
    mergeDictionaries(dictionaries, limits.termCacheBytesMax),
  );
  /** In how many documents the terms of one dictionary are. */
  readonly counted: DictionaryCache<CountedTerms> = new DictionaryCache(limits.termCacheBytesMax, ([dictionary]) =>
    countTerms(dictionary!, limits.termCacheBytesMax),
  );
  /** Hashes of the terms of one dictionary. */
  readonly hashed: DictionaryCache<HashedTerms> = new DictionaryCache(limits.termCacheBytesMax, ([dictionary]) =>
    hashTerms(dictionary!, limits.termCacheBytesMax),
  );
}
