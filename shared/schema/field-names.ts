/** What fields may be called, and which kinds may index the same values. */
import type { RequestNode } from '../json/request-node.ts';
import { limits } from '../limits.ts';
import { definitionOf, type FieldKind } from './kinds/field-kinds.ts';

const part = /^[A-Za-z0-9@-][A-Za-z0-9_@-]*$/;
/** What a field may be called, in words. */
export const fieldPathRule = 'parts of A-Z, a-z, 0-9, _, @ and -, not beginning with _, joined by dots';

/** Whether a field may be called so. */
export function isFieldPath(path: string): boolean {
  return path.length <= limits.fieldPathLengthMax && path.split('.').every((name) => part.test(name));
}

/** @throws SheafError SCHEMA_INVALID unless the path is allowed */
export function checkFieldPath(node: RequestNode, path: string): void {
  checkLength(node, path);
  if (isFieldPath(path)) return;
  throw node.fault('SCHEMA_INVALID', {
    reason: 'the field name is not allowed',
    expected: fieldPathRule,
    actual: path,
  });
}

export interface SubField {
  readonly path: string;
  readonly kind: FieldKind;
  readonly suffix: string;
  readonly subKind: FieldKind;
}

/** @throws SheafError SCHEMA_INVALID unless the sub-field has an allowed name and some value fits both kinds */
export function checkSubField(node: RequestNode, sub: SubField): void {
  checkLength(node, `${sub.path}.${sub.suffix}`);
  if (!part.test(sub.suffix)) {
    const expected = 'A-Z, a-z, 0-9, _, @ and -, not beginning with _, without dots';
    throw node.fault('SCHEMA_INVALID', { reason: 'the sub-field name is not allowed', expected, actual: sub.suffix });
  }
  const { jsonTypes } = definitionOf(sub.kind);
  if (!jsonTypes.some((type) => definitionOf(sub.subKind).jsonTypes.includes(type))) {
    const reason = 'no value fits both the field and the sub-field, so every document would be rejected';
    throw node.fault('SCHEMA_INVALID', { reason, field: sub.kind, subField: sub.subKind });
  }
}

function checkLength(node: RequestNode, name: string): void {
  if (name.length <= limits.fieldPathLengthMax) return;
  const reason = 'the field name is longer than the limit';
  throw node.fault('SCHEMA_INVALID', { reason, limit: limits.fieldPathLengthMax, actual: name.length });
}
