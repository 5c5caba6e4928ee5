/** A bucket for each distinct value of a field. */
import { oneOf, readString } from '../json/readers.ts';
import { shaped } from '../json/validators.ts';
import { anyThatMatch, compareKeys, type BucketLimits } from './buckets.ts';
import type { AggregationDefinition } from './definition.ts';
import { shownKey, shownNames, type ShownName } from '../schema/kinds/field-kinds.ts';
import { finishTerms, termsBytes } from './finish-terms.ts';
import { validateQuery } from '../protocol/validate-query.ts';
import type { Query } from '../query/query.ts';
import { validateTerm, validateTermChoice, type TermChoice } from './term-choice.ts';
import { amendTerms, mayFollow, nextTerms, type TermsAsks } from './terms-rounds.ts';
import { areTerms, mergeTerms, type TermsPartial, type TermsResult } from './terms-partial.ts';
import { listingMay, listingMust, type TermsListing } from './terms-listing.ts';
import { boundsOfField, type ColumnBounds } from '../protocol/columns-report.ts';
import { havingField, narrowed } from './missing-shards.ts';
import { validateValueKind, type ValueKind } from './value-kind.ts';

export type TermsRequest = TermsListing & {
  readonly kind: 'terms';
  readonly field: string;
  readonly values: ValueKind;
  readonly show: ShownName;
  /** The value of documents that have none; they are in no bucket where it is left out. */
  readonly missing?: number | string;
  readonly choice?: TermChoice;
  /**
   * With a `minDocCount` of 0: the documents that there are to the caller, whose terms are told though none of their documents matches. At the
   * top only.
   */
  readonly others?: Query;
};

declare module './definition.ts' {
  interface AggregationByKind {
    readonly terms: { readonly request: TermsRequest; readonly partial: TermsPartial; readonly result: TermsResult };
  }
}

/** Leaves look at no document for other terms than those that are named. */
const asks: TermsAsks<TermsRequest> = {
  compare: compareKeys,
  ofKeys: (request, values) => ({ ...request, choice: { include: { kind: 'values', values } } }),
  keysIn: ({ choice }) => (choice?.include?.kind === 'values' ? choice.include.values : []),
};

export const terms: AggregationDefinition<'terms'> = {
  nests: true,
  partialKind: 'terms',
  validate: shaped(
    { field: readString, values: validateValueKind, show: oneOf(shownNames), ...listingMust },
    { missing: validateTerm, choice: validateTermChoice, others: validateQuery, ...listingMay },
  ),
  isPartial: ({ values, aggregations }, partial, checking) =>
    areTerms(aggregations, partial, (key) => typeof key === values, checking),
  resultBytes: () => termsBytes,
  merge: (request, parts, mergeNested) => mergeTerms(request, parts, { compare: compareKeys, mergeNested }),
  rounds: {
    mayFollow,
    next: (request, parts, asking) => nextTerms(request, parts, asking, asks),
    amend: (request, part, answered) => amendTerms(request, part, answered, asks),
  },
  finish: (request, partial, finishing) =>
    finishTerms(request, partial, finishing, {
      compare: compareKeys,
      missingIn: missingInTerms(request),
      missingInAny: (missing) =>
        request.missing === undefined ? havingField(missing, request.field) : anyThatMatch(null, missing),
      show(key) {
        const { key: shown, asString } = shownKey(request.show, key);
        return asString === undefined ? { key: shown } : { key: shown, key_as_string: asString };
      },
    }),
};

/** A number that is beyond those of a shard is in none of its documents. */
function missingInTerms({ field, values, missing: ofOthers }: TermsRequest): BucketLimits['missingIn'] {
  // Documents without a value are in a bucket then.
  if (ofOthers !== undefined) return anyThatMatch;
  if (values === 'string') return (_key, missing) => havingField(missing, field);
  return (key, missing) => narrowed(missing, ({ columns }) => mayHold(boundsOfField(columns, field), Number(key)));
}

function mayHold({ most, low, high }: ColumnBounds, value: number): boolean {
  return most > 0 && value >= low && value <= high;
}
