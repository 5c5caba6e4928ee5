import { readObject } from '../../../shared/json/read-object.ts';
import { withBoost } from '../boost.ts';
import { enterNesting } from '../nesting.ts';
import type { ReadClause } from '../query-scope.ts';
import { readDocumentScript } from '../read-document-script.ts';

/** `{"query", "script", "boost"?}`: the documents of the query, each with what the script makes of its score and its values. */
export const readScriptScore: ReadClause = (node, scope) => {
  enterNesting(node, scope);
  const properties = readObject(node, ['query', 'script', 'boost']);
  const query = properties.required('query', scope.readNested);
  const script = properties.required('script', (source) => readDocumentScript(source, scope, true));
  return withBoost({ kind: 'scriptScore', query, script }, properties);
};
