import { readObject } from '../../../shared/json/read-object.ts';
import type { ReadClause } from '../query-scope.ts';
import { queryFromString } from '../string/query-from-string.ts';

/** `{"query": text}`: the language of the parameter `q`. Its parentheses add to the depth of the clauses around it. */
export const readQueryString: ReadClause = (node, scope) =>
  readObject(node, ['query']).required('query', (text) => queryFromString(text, scope));
