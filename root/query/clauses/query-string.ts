import { readObject } from '../../../shared/json/read-object.ts';
import { withBoost } from '../boost.ts';
import type { ReadClause } from '../query-scope.ts';
import { queryFromString } from '../string/query-from-string.ts';

/** `{"query": text, "boost"?}`: the language of the parameter `q`. Its parentheses add to the depth of the clauses around it. */
export const readQueryString: ReadClause = (node, scope) => {
  const properties = readObject(node, ['query', 'boost']);
  return withBoost(
    properties.required('query', (text) => queryFromString(text, scope)),
    properties,
  );
};
