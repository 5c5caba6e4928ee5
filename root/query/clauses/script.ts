import { readObject } from '../../../shared/json/read-object.ts';
import { withBoost } from '../boost.ts';
import type { ReadClause } from '../query-scope.ts';
import { readDocumentScript } from '../read-document-script.ts';

/** `{"script", "boost"?}`: documents of which the script is true. */
export const readScript: ReadClause = (node, scope) => {
  const properties = readObject(node, ['script', 'boost']);
  const script = properties.required('script', (source) => readDocumentScript(source, scope, false));
  return withBoost({ kind: 'script', script }, properties);
};
