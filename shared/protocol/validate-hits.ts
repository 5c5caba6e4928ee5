/** Whether what a search task says of its hits can be done: their order, where the page begins, what is shown of each. */
import { readAnalyzer } from '../analysis/analyzers.ts';
import { integerWithin, oneOf, readBoolean, readString } from '../json/readers.ts';
import { limits } from '../limits.ts';
import type { SortKey } from '../ranking/order.ts';
import {
  listOf,
  validateNumber,
  validateProperty,
  validateStrings,
  recordOf,
  shaped,
  type Validator,
} from '../json/validators.ts';

const fromZero = integerWithin(0, Number.MAX_SAFE_INTEGER);
const plainKey = shaped({ descending: readBoolean });
const fieldKey = shaped(
  { descending: readBoolean, field: readString, values: oneOf(['number', 'string']) },
  { mode: oneOf(['min', 'max']), missing: oneOf(['first']) },
);
const readBy = oneOf(['score', 'position', 'field'] as const satisfies readonly SortKey['by'][]);

export const validateSort: Validator = listOf((node) => {
  return (validateProperty(node, 'by', readBy) === 'field' ? fieldKey : plainKey)(node);
});

const validateSortValue: Validator = (node) => {
  const { value } = node;
  if (value === null || typeof value === 'number' || typeof value === 'string') return value;
  throw node.wrongType('a number, a string or null');
};

export const validateAfter: Validator = shaped(
  { values: listOf(validateSortValue) },
  { place: shaped({ shard: fromZero, offset: integerWithin(-1, Number.MAX_SAFE_INTEGER) }) },
);

const patterns = shaped({ includes: validateStrings, excludes: validateStrings });

export const validateSourceFilter: Validator = (node) =>
  typeof node.value === 'boolean' ? node.value : patterns(node);

export const validateHighlight: Validator = shaped({
  fields: listOf(
    shaped(
      {
        name: readString,
        path: readString,
        kind: oneOf(['text', 'keyword']),
        fragmentSize: integerWithin(1, limits.fragmentSizeMax),
        fragments: integerWithin(0, limits.fragmentsMax),
      },
      { analyzer: readAnalyzer },
    ),
  ),
  preTag: readString,
  postTag: readString,
  encoder: oneOf(['default', 'html']),
});

export const validateStatistics: Validator = shaped({
  fields: recordOf(shaped({ documents: validateNumber, length: validateNumber })),
  frequencies: recordOf(recordOf(validateNumber)),
});

export const validateSimilarities: Validator = recordOf(shaped({ k1: validateNumber, b: validateNumber }));
