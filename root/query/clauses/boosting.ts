import { readObject } from '../../../shared/json/read-object.ts';
import { numberThat } from '../../../shared/json/readers.ts';
import { withBoost } from '../boost.ts';
import { enterNesting } from '../nesting.ts';
import type { ReadClause } from '../query-scope.ts';

const readNegativeBoost = numberThat('a number from 0 to 1', (value) => value >= 0 && value <= 1);

/** `{"positive": query, "negative": query, "negative_boost": 0 to 1, "boost"?}`: what matches the second query, too, scores less. */
export const readBoosting: ReadClause = (node, scope) => {
  enterNesting(node, scope);
  const properties = readObject(node, ['positive', 'negative', 'negative_boost', 'boost']);
  const positive = properties.required('positive', scope.readNested);
  const negative = properties.required('negative', scope.readNested);
  const negativeBoost = properties.required('negative_boost', readNegativeBoost);
  return withBoost({ kind: 'boosting', positive, negative, negativeBoost }, properties);
};
