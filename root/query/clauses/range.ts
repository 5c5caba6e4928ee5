import { readObject } from '../../../shared/json/read-object.ts';
import type { Properties } from '../../../shared/json/read-object.ts';
import type { IndexedField } from '../../../shared/schema/schema.ts';
import type { RequestNode } from '../../../shared/json/request-node.ts';
import { faultsOf, requireKind, valueKinds } from '../fields.ts';
import { withBoost } from '../boost.ts';
import { rangeQuery, readBound } from '../operand.ts';
import type { FittingOperand } from '../operand.ts';
import type { ReadClause } from '../query-scope.ts';
import { readFieldEntry } from './field-operand.ts';

const names = ['gt', 'gte', 'lt', 'lte'] as const;
type BoundName = (typeof names)[number];

/** `{field: {"gt" | "gte"?: low, "lt" | "lte"?: high, "boost"?}}`, at least one bound, on any kind but text. */
export const readRange: ReadClause = (node, scope) => {
  const { field, node: entry } = readFieldEntry(node, scope);
  requireKind(scope.schema, field, valueKinds, faultsOf(entry));
  const bounds = readObject(entry, [...names, 'boost']);
  if (!names.some((name) => bounds.has(name))) {
    throw entry.invalid({ expected: 'at least one of gt, gte, lt, lte', actual: 'an object without bounds' });
  }
  const low = readSide(entry, bounds, field, { open: 'gt', closed: 'gte' });
  const high = readSide(entry, bounds, field, { open: 'lt', closed: 'lte' });
  scope.budget.spend(1, faultsOf(node));
  const query = rangeQuery(field, { low, lowInclusive: !bounds.has('gt'), high, highInclusive: !bounds.has('lt') });
  return withBoost(query, bounds);
};

function readSide(
  entry: RequestNode,
  bounds: Properties<BoundName | 'boost'>,
  field: IndexedField,
  side: { readonly open: BoundName; readonly closed: BoundName },
): FittingOperand | undefined {
  if (bounds.has(side.open) && bounds.has(side.closed)) {
    throw entry.invalid({ expected: `${side.open} or ${side.closed}, not both`, actual: 'both' });
  }
  const readOne = (node: RequestNode) => {
    const operand = readBound(field, node.value);
    if (operand.kind === 'wrong') throw node.wrongType(operand.expected);
    return operand;
  };
  return bounds.optional(bounds.has(side.open) ? side.open : side.closed, readOne, undefined);
}
