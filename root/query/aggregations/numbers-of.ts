import {
  kindOf,
  type AggregationKind,
  type AggregationRequest,
  type RequestOf,
} from '../../../shared/aggregation/definition.ts';
import type { NumbersOf, ShownNumbers } from './definition.ts';
import { callerAggregations } from './table.ts';

/** Which numbers the result of an aggregation has, and where in it they stand. */
export const numbersOf: NumbersOf = (request: AggregationRequest) => numbersOfKind(request);

function numbersOfKind<K extends AggregationKind>(request: RequestOf<K>): ShownNumbers {
  const { numbers } = callerAggregations[kindOf<K>(request)];
  return {
    names: numbers?.names(request) ?? [],
    placeOf: (name) => numbers?.placeOf?.(request, name) ?? [name],
  };
}
