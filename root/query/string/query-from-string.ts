import { readString } from '../../../shared/json/readers.ts';
import type { RequestNode } from '../../../shared/json/request-node.ts';
import type { Query } from '../../../shared/query/query.ts';
import { compileQueryString } from './compile.ts';
import type { CompileScope } from './compile.ts';
import { parseQueryString } from './parser.ts';
import { StringFaults } from './string-faults.ts';

/**
 * The query that a string in the language of docs/query-language.md asks.
 * @param node the string in its request: the parameter `q` or the text of a query_string clause
 * @param scope `depth` counts the clauses around it
 * @throws SheafError at the node, with the column of the first fault
 */
export function queryFromString(node: RequestNode, scope: CompileScope & { readonly depth: number }): Query {
  const faults = new StringFaults(readString(node), node);
  return compileQueryString(parseQueryString(faults, scope), scope, faults);
}
