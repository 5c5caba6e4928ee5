/** Resolving the names of fields in a request against the schema. */
import { shorten } from '../../shared/json/describe-value.ts';
import { findField } from '../../shared/schema/find-field.ts';
import { fieldKinds, kindsThat, type FieldKind } from '../../shared/schema/kinds/field-kinds.ts';
import { indexedFields } from '../../shared/schema/schema.ts';
import type { IndexedField, IndexSchema } from '../../shared/schema/schema.ts';
import type { RequestNode } from '../../shared/json/request-node.ts';
import { readString } from '../../shared/json/readers.ts';
import type { MakeFault } from './clause-budget.ts';

/** Names listed in a fault; a schema may have many more, so their count stands beside them. */
const listedMax = 50;

/** Kinds that clauses, sort keys and aggregations take: see FieldKindDefinition. */
export const analyzedKinds = kindsThat(({ layout }) => layout === 'text');
export const stringKinds = kindsThat(({ isString }) => isString);
export const orderedKinds = kindsThat(({ isOrdered }) => isOrdered);
export const sortableKinds = kindsThat(({ isSortable }) => isSortable);
export const valueKinds = kindsThat(({ aggregated }) => aggregated !== 'never');
export const quantityKinds = kindsThat(({ aggregated }) => aggregated === 'quantities');

/** @throws SheafError FIELD_UNKNOWN */
export function resolveField(schema: IndexSchema, name: string, fault: MakeFault): IndexedField {
  const field = findField(schema, name);
  if (field !== undefined) return field;
  const names = indexedFields(schema).map((known) => known.name);
  throw fault('FIELD_UNKNOWN', { field: shorten(name), known: names.slice(0, listedMax), knownCount: names.length });
}

/**
 * Checks that a field is of one of the kinds; where the same values are also indexed in such a way, the fault names it.
 * @throws SheafError FIELD_KIND_WRONG
 */
export function requireKind(
  schema: IndexSchema,
  field: IndexedField,
  allowed: readonly FieldKind[],
  fault: MakeFault,
): void {
  if (allowed.includes(field.kind)) return;
  const others = indexedFields(schema).filter((other) => other.path === field.path && allowed.includes(other.kind));
  const use = others.length === 0 ? {} : { use: others.map((other) => other.name) };
  throw fault('FIELD_KIND_WRONG', { field: field.name, kind: field.kind, allowed, ...use });
}

/** A field named by the value of a node. @throws SheafError REQUEST_TYPE_WRONG, FIELD_UNKNOWN, FIELD_KIND_WRONG */
export function readFieldName(
  node: RequestNode,
  schema: IndexSchema,
  allowed: readonly FieldKind[] = fieldKinds,
): IndexedField {
  const fault = faultsOf(node);
  const field = resolveField(schema, readString(node), fault);
  requireKind(schema, field, allowed, fault);
  return field;
}

/** Faults that stand where the node does. */
export function faultsOf(node: RequestNode): MakeFault {
  return (code, detail) => node.fault(code, detail);
}
