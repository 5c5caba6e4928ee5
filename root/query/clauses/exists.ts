import { readObject } from '../../../shared/json/read-object.ts';
import { faultsOf, readFieldName } from '../fields.ts';
import type { ReadClause } from '../query-scope.ts';

/** `{"field": name}`: documents with at least one value of the field. */
export const readExists: ReadClause = (node, scope) => {
  const field = readObject(node, ['field']).required('field', (name) => readFieldName(name, scope.schema));
  scope.budget.spend(1, faultsOf(node));
  return { kind: 'exists', field: field.name };
};
