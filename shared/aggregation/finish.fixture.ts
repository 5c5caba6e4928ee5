/** Merged partials in short, and their results as JSON. */
import type { BucketPartial } from './buckets.ts';
import type { AggregationPartial, AggregationRequest } from './definition.ts';
import { finishAggregations } from './result.ts';
import type { TermsRequest } from './terms.ts';
import { byCount } from './terms-order.ts';
import { wholeAnswer } from './whole-answer.fixture.ts';

export function finish(request: AggregationRequest, partial: AggregationPartial): unknown {
  return JSON.parse(JSON.stringify(finishAggregations({ x: request }, { x: partial }, wholeAnswer)['x']));
}

/** "a:3 b:1" as buckets; keys are numbers where they look so. */
export function buckets(text: string): BucketPartial[] {
  return text
    .split(' ')
    .filter((word) => word !== '')
    .map((word) => {
      const [key = '', count] = word.split(':');
      return { key: Number.isNaN(Number(key)) ? key : Number(key), count: Number(count), aggregations: {} };
    });
}

export const terms: TermsRequest = {
  kind: 'terms',
  field: 'f',
  values: 'string',
  show: 'plain',
  size: 2,
  shardSize: 10,
  order: byCount,
  minDocCount: 1,
  aggregations: {},
};
