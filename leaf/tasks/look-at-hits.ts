/** Whether what a search task says of its hits can be done: their order, where the page begins, what is shown of each. */
import { analyzerNames } from '../../shared/analysis/analyzers.ts';
import { integerWithin, oneOf, readBoolean, readString } from '../../shared/json/readers.ts';
import { limits } from '../../shared/limits.ts';
import type { SortKey } from '../../shared/ranking/order.ts';
import { listOf, lookAtNumber, lookAtProperty, lookAtStrings, recordOf, shaped, type Look } from './shapes.ts';

const fromZero = integerWithin(0, Number.MAX_SAFE_INTEGER);
const plainKey = shaped({ descending: readBoolean });
const fieldKey = shaped(
  { descending: readBoolean, field: readString, values: oneOf(['number', 'string']) },
  { mode: oneOf(['min', 'max']), missing: oneOf(['first']) },
);
const readBy = oneOf(['score', 'position', 'field'] as const satisfies readonly SortKey['by'][]);

export const lookAtSort: Look = listOf((node) => {
  return (lookAtProperty(node, 'by', readBy) === 'field' ? fieldKey : plainKey)(node);
});

const lookAtSortValue: Look = (node) => {
  const { value } = node;
  if (value === null || typeof value === 'number' || typeof value === 'string') return value;
  throw node.wrongType('a number, a string or null');
};

export const lookAtAfter: Look = shaped(
  { values: listOf(lookAtSortValue) },
  { place: shaped({ shard: fromZero, offset: integerWithin(-1, Number.MAX_SAFE_INTEGER) }) },
);

const patterns = shaped({ includes: lookAtStrings, excludes: lookAtStrings });

export const lookAtSourceFilter: Look = (node) => (typeof node.value === 'boolean' ? node.value : patterns(node));

export const lookAtHighlight: Look = shaped({
  fields: listOf(
    shaped(
      {
        name: readString,
        path: readString,
        kind: oneOf(['text', 'keyword']),
        fragmentSize: integerWithin(1, limits.fragmentSizeMax),
        fragments: integerWithin(0, limits.fragmentsMax),
      },
      { analyzer: oneOf(analyzerNames) },
    ),
  ),
  preTag: readString,
  postTag: readString,
  encoder: oneOf(['default', 'html']),
});

export const lookAtStatistics: Look = shaped({
  fields: recordOf(shaped({ documents: lookAtNumber, length: lookAtNumber })),
  frequencies: recordOf(recordOf(lookAtNumber)),
});

export const lookAtSimilarities: Look = recordOf(shaped({ k1: lookAtNumber, b: lookAtNumber }));
