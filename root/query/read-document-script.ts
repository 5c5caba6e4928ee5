/** Reads the scripts of documents as callers write them. */
import { parseDocumentScript, type DocumentScript } from '../../shared/expression/document-script.ts';
import type { DocumentRead } from '../../shared/expression/document-reads.ts';
import { costOf } from '../../shared/expression/evaluate.ts';
import { isObject, readEntries, readObject } from '../../shared/json/read-object.ts';
import { numberThat, oneOf, readString } from '../../shared/json/readers.ts';
import type { RequestNode } from '../../shared/json/request-node.ts';
import { kindsThat } from '../../shared/schema/kinds/field-kinds.ts';
import { faultsOf, requireKind, resolveField } from './fields.ts';
import type { QueryScope } from './query-scope.ts';

/** Steps of a script that count as one clause. */
const stepsPerClause = 16;
/** Whose values are numbers, dates as milliseconds and booleans as 0 and 1; and whose values are counted. */
const valueKinds = kindsThat(({ layout }) => layout === 'number');
const countedKinds = kindsThat(({ layout }) => layout !== 'text');

const readNumber = numberThat('a number', () => true);

/**
 * A text, or `{"source", "lang"?: "painless" | "expression", "params"?: numbers by name}`. What is read of either language is what they
 * have in common. @param hasScore whether it may read `_score`
 * @throws SheafError EXPRESSION_INVALID, FIELD_UNKNOWN, FIELD_KIND_WRONG, QUERY_TOO_MANY_CLAUSES, REQUEST_…
 */
export function readDocumentScript(node: RequestNode, scope: QueryScope, hasScore: boolean): DocumentScript {
  if (!isObject(node.value)) return readSource(node, scope, {}, hasScore);
  const properties = readObject(node, ['source', 'lang', 'params']);
  properties.optional('lang', oneOf(['painless', 'expression']), 'painless');
  const entries = properties.optional('params', readEntries, []);
  const params = Object.fromEntries(entries.map((entry) => [entry.name, readNumber(entry.node)]));
  return properties.required('source', (source) => readSource(source, scope, params, hasScore));
}

function readSource(
  node: RequestNode,
  scope: QueryScope,
  params: DocumentScript['params'],
  hasScore: boolean,
): DocumentScript {
  const script = { source: readString(node), params };
  const { expression, reads } = parseDocumentScript(script, hasScore, (detail) =>
    node.fault('EXPRESSION_INVALID', detail),
  );
  for (const read of reads) requireReadable(node, scope, read);
  scope.budget.spend(1 + Math.floor((costOf(expression) + reads.length) / stepsPerClause), faultsOf(node));
  return script;
}

function requireReadable(node: RequestNode, { schema }: QueryScope, read: DocumentRead): void {
  if (read.of === 'score') return;
  const fault = faultsOf(node);
  const field = resolveField(schema, read.field, fault);
  requireKind(schema, field, read.of === 'value' ? valueKinds : countedKinds, fault);
}
