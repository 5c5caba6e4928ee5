/** One bucket of the documents that match a clause. */
import { shaped } from '../json/validators.ts';
import { validateQuery } from '../protocol/validate-query.ts';
import type { Query } from '../query/query.ts';
import type { AggregationDefinition, AggregationRequests } from './definition.ts';
import { singleBucket, type SingleBucketPartial, type SingleBucketResult } from './single-bucket.ts';

export type FilterRequest = {
  readonly kind: 'filter';
  readonly query: Query;
  readonly aggregations: AggregationRequests;
};

declare module './definition.ts' {
  interface AggregationByKind {
    readonly filter: {
      readonly request: FilterRequest;
      readonly partial: SingleBucketPartial;
      readonly result: SingleBucketResult;
    };
  }
}

export const filter: AggregationDefinition<'filter'> = {
  ...singleBucket,
  validate: shaped({ query: validateQuery }),
};
