import { readObject } from '../../../shared/json/read-object.ts';
import { withBoost } from '../boost.ts';
import { faultsOf, readFieldName } from '../fields.ts';
import type { ReadClause } from '../query-scope.ts';

/** `{"field": name, "boost"?}`: documents with at least one value of the field. */
export const readExists: ReadClause = (node, scope) => {
  const properties = readObject(node, ['field', 'boost']);
  const field = properties.required('field', (name) => readFieldName(name, scope.schema));
  scope.budget.spend(1, faultsOf(node));
  return withBoost({ kind: 'exists', field: field.name }, properties);
};
