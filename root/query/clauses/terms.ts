import type { RequestNode } from '../../../shared/json/request-node.ts';
import { arrayOf } from '../../../shared/json/readers.ts';
import { limits } from '../../../shared/limits.ts';
import { isNumericKind } from '../../../shared/schema/schema.ts';
import { faultsOf } from '../fields.ts';
import { readOperand } from '../operand.ts';
import type { ReadClause } from '../query-scope.ts';
import { readFieldEntry } from './field-operand.ts';

const readValues = arrayOf((node: RequestNode) => node, limits.queryValuesMax);

/** `{field: [values]}`: any of these values, read as `term` reads one. An empty array matches nothing. */
export const readTerms: ReadClause = (node, scope) => {
  const { field, node: entry } = readFieldEntry(node, scope);
  const numbers = new Set<number>();
  const terms = new Set<string>();
  for (const valueNode of readValues(entry)) {
    const operand = readOperand(field, valueNode.value);
    if (operand.kind === 'wrong') throw valueNode.wrongType(operand.expected);
    if (operand.kind === 'number') numbers.add(operand.value);
    if (operand.kind === 'string') terms.add(operand.value);
  }
  scope.budget.spend(1, faultsOf(node));
  if (numbers.size + terms.size === 0) return { kind: 'none' };
  return isNumericKind(field.kind)
    ? { kind: 'numbers', field: field.name, values: [...numbers] }
    : { kind: 'keywords', field: field.name, terms: [...terms] };
};
