/** A bucket for each combination of values of several fields. */
import { oneOf, readString } from '../json/readers.ts';
import { listOf, shaped } from '../json/validators.ts';
import { jsonOfKey, shownKey, shownNames, type ShownName } from '../schema/kinds/field-kinds.ts';
import { compareKeys } from './buckets.ts';
import type { AggregationDefinition } from './definition.ts';
import { finishTerms, termsBytes } from './finish-terms.ts';
import { validateTerm } from './term-choice.ts';
import { listingMay, listingMust, type TermsListing } from './terms-listing.ts';
import { amendTerms, mayFollow, nextTerms, type TermsAsks } from './terms-rounds.ts';
import { areTerms, mergeTerms, type TermsPartial, type TermsResult } from './terms-partial.ts';
import { compareTupleKeys, isTupleKey, tupleOfKey } from './tuple-key.ts';
import { validateValueKind, type ValueKind } from './value-kind.ts';

/** One of the fields. */
export interface TermSource {
  readonly field: string;
  readonly values: ValueKind;
  readonly show: ShownName;
  /** The value of documents that have none; they are in no bucket where it is left out. */
  readonly missing?: number | string;
}

export type MultiTermsRequest = TermsListing & {
  readonly kind: 'multi_terms';
  /** At least two. */
  readonly sources: readonly TermSource[];
};

declare module './definition.ts' {
  interface AggregationByKind {
    /** Keys of the partial are tuples (tuple-key.ts). */
    readonly multi_terms: {
      readonly request: MultiTermsRequest;
      readonly partial: TermsPartial;
      readonly result: TermsResult;
    };
  }
}

const validateSource = shaped(
  { field: readString, values: validateValueKind, show: oneOf(shownNames) },
  { missing: validateTerm },
);

/** Values are of one type in each place, and none is null. */
const compareTuples = (): ReturnType<typeof compareTupleKeys> => compareTupleKeys((a, b) => compareKeys(a!, b!));

const asksWith = (compare: TermsAsks<MultiTermsRequest>['compare']): TermsAsks<MultiTermsRequest> => ({
  compare,
  ofKeys: (request, keys) => ({ ...request, wanted: { kind: 'keys', keys: keys.map(String) } }),
  keysIn: ({ wanted }) => (wanted?.kind === 'keys' ? wanted.keys : []),
});

export const multiTerms: AggregationDefinition<'multi_terms'> = {
  nests: true,
  partialKind: 'terms',
  validate: shaped({ sources: listOf(validateSource), ...listingMust }, listingMay),
  isPartial: ({ sources, aggregations }, partial, checking) =>
    areTerms(
      aggregations,
      partial,
      (key) => isTupleKey(key, sources.length, (value, i) => typeof value === sources[i]!.values),
      checking,
    ),
  resultBytes: () => termsBytes,
  merge: (request, parts, mergeNested) => mergeTerms(request, parts, { compare: compareTuples(), mergeNested }),
  rounds: {
    mayFollow,
    next: (request, parts, asking) => nextTerms(request, parts, asking, asksWith(compareTuples())),
    amend: (request, part, answered) => amendTerms(request, part, answered, asksWith(compareTuples())),
  },
  finish: (request, partial, finishing) =>
    finishTerms(request, partial, finishing, {
      compare: compareTuples(),
      show(key) {
        const shown = tupleOfKey(key).map((value, i) => shownValue(request.sources[i]!.show, value!));
        return { key: shown, key_as_string: shown.join('|') };
      },
    }),
};

/** Booleans as such, dates as text. */
function shownValue(form: ShownName, value: number | string): string | number | boolean {
  const json = jsonOfKey(form, value);
  if (typeof json === 'boolean') return json;
  const { key, asString } = shownKey(form, value);
  return asString ?? key;
}
