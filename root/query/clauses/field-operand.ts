import { readOnlyEntry, isObject, readObject } from '../../../shared/json/read-object.ts';
import type { Properties } from '../../../shared/json/read-object.ts';
import type { RequestNode } from '../../../shared/json/request-node.ts';
import type { IndexedField } from '../../../shared/schema/schema.ts';
import { faultsOf, resolveField } from '../fields.ts';
import type { QueryScope } from '../query-scope.ts';

/** The field of a clause shaped `{field: …}`, and what stands under its name. */
export function readFieldEntry(node: RequestNode, scope: QueryScope): { field: IndexedField; node: RequestNode } {
  const entry = readOnlyEntry(node, 'an object with one field');
  return { field: resolveField(scope.schema, entry.name, faultsOf(entry.node)), node: entry.node };
}

type OperandName = 'query' | 'value';

/**
 * What a clause looks for: given at once or under a name, as in `{"title": "cat"}` and `{"title": {"query": "cat"}}`.
 * The long form may have more options, `boost` always.
 */
export function readOperandForm<Name extends string = never>(
  node: RequestNode,
  operand: OperandName,
  options: readonly Name[] = [],
): { operand: RequestNode; options: Properties<Name | OperandName | 'boost'> | undefined } {
  if (!isObject(node.value)) return { operand: node, options: undefined };
  const properties = readObject(node, [operand, ...options, 'boost']);
  return { operand: properties.required(operand, (child) => child), options: properties };
}
