/** One bucket of the documents without a value of a field. */
import { readString } from '../json/readers.ts';
import { shaped } from '../json/validators.ts';
import type { AggregationDefinition, AggregationRequests } from './definition.ts';
import { singleBucket, type SingleBucketPartial, type SingleBucketResult } from './single-bucket.ts';

export type MissingRequest = {
  readonly kind: 'missing';
  readonly field: string;
  readonly aggregations: AggregationRequests;
};

declare module './definition.ts' {
  interface AggregationByKind {
    readonly missing: {
      readonly request: MissingRequest;
      readonly partial: SingleBucketPartial;
      readonly result: SingleBucketResult;
    };
  }
}

export const missing: AggregationDefinition<'missing'> = {
  ...singleBucket,
  validate: shaped({ field: readString }),
};
