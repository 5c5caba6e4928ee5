import { readObject } from '../../../shared/json/read-object.ts';
import type { Properties } from '../../../shared/json/read-object.ts';
import type { RequestNode } from '../../../shared/json/request-node.ts';
import { readFormat, readZone } from '../../../shared/aggregation/date-histogram.ts';
import { definitionOf } from '../../../shared/schema/kinds/field-kinds.ts';
import type { DateReading } from '../field-kinds/date-queries.ts';
import { queriesOf } from '../field-kinds/queries-of.ts';
import { faultsOf, orderedKinds, requireKind } from '../fields.ts';
import { withBoost } from '../boost.ts';
import type { ReadClause } from '../query-scope.ts';
import { readFieldEntry } from './field-operand.ts';

const names = ['gt', 'gte', 'lt', 'lte'] as const;
type BoundName = (typeof names)[number];

const dateOptions = ['format', 'time_zone'] as const;
type Name = BoundName | 'boost' | (typeof dateOptions)[number];

/**
 * `{field: {"gt" | "gte"?: low, "lt" | "lte"?: high, "format"?, "time_zone"?, "boost"?}}`, at least one bound, on kinds whose values
 * are ordered; `format` and `time_zone` on dates.
 */
export const readRange: ReadClause = (node, scope) => {
  const { field, node: entry } = readFieldEntry(node, scope);
  requireKind(scope.schema, field, orderedKinds, faultsOf(entry));
  const options: readonly Name[] = definitionOf(field.kind).isTime ? dateOptions : [];
  const bounds: Properties<Name> = readObject(entry, [...names, 'boost', ...options]);
  if (!names.some((name) => bounds.has(name))) {
    throw entry.invalid({ expected: 'at least one of gt, gte, lt, lte', actual: 'an object without bounds' });
  }
  const dates: DateReading = {
    now: scope.now,
    format: bounds.optional('format', readFormat, undefined),
    zone: bounds.optional('time_zone', readZone, undefined),
  };
  const query = queriesOf(field, dates).range(field.name, {
    low: readSide(entry, bounds, { open: 'gt', closed: 'gte' }),
    lowInclusive: !bounds.has('gt'),
    high: readSide(entry, bounds, { open: 'lt', closed: 'lte' }),
    highInclusive: !bounds.has('lt'),
  });
  scope.budget.spend(1, faultsOf(node));
  return withBoost(query, bounds);
};

function readSide(
  entry: RequestNode,
  bounds: Properties<Name>,
  side: { readonly open: BoundName; readonly closed: BoundName },
): RequestNode | undefined {
  if (bounds.has(side.open) && bounds.has(side.closed)) {
    throw entry.invalid({ expected: `${side.open} or ${side.closed}, not both`, actual: 'both' });
  }
  return bounds.optional(bounds.has(side.open) ? side.open : side.closed, (node) => node, undefined);
}
