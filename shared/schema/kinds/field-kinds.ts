/** The kinds of fields: the one list of them. */
import { valueTypes, type Layout } from '../layouts.ts';
import { booleanKind } from './boolean.ts';
import { dateKind } from './date.ts';
import type { FieldKindDefinition } from './definition.ts';
import { floatKind } from './float.ts';
import { integerKind } from './integer.ts';
import { ipKind } from './ip.ts';
import { keywordKind } from './keyword.ts';
import { textKind } from './text.ts';

const definitions = {
  text: textKind,
  keyword: keywordKind,
  integer: integerKind,
  float: floatKind,
  boolean: booleanKind,
  date: dateKind,
  ip: ipKind,
} as const satisfies Readonly<Record<string, { [L in Layout]: FieldKindDefinition<L> }[Layout]>>;

export type FieldKind = keyof typeof definitions;

/** In the order in which callers are told of them. */
export const fieldKinds = Object.keys(definitions) as readonly FieldKind[];

/**
 * What a kind is. A value it read, and no other, is what it is to be given back: that is why a definition for one layout
 * can stand for one of any.
 */
export function definitionOf(kind: FieldKind): FieldKindDefinition {
  return definitions[kind] as FieldKindDefinition;
}

/** The kinds with a property. */
export function kindsThat(holds: (definition: FieldKindDefinition) => boolean): readonly FieldKind[] {
  return fieldKinds.filter((kind) => holds(definitionOf(kind)));
}

/** What values of a kind are once they were read. */
export function valueTypeOf(kind: FieldKind): (typeof valueTypes)[Layout] {
  return valueTypes[definitionOf(kind).layout];
}

/** How answers show values: the names in requests between root and leaf. */
export type ShownName = (typeof definitions)[FieldKind]['shown']['name'];

export function shownNameOf(kind: FieldKind): ShownName {
  return definitions[kind].shown.name;
}

const forms = new Map(fieldKinds.map((kind) => [definitions[kind].shown.name, definitionOf(kind).shown]));

export const shownNames: readonly ShownName[] = [...forms.keys()];

const jsonOfForm = new Map(fieldKinds.map((kind) => [definitions[kind].shown.name, definitionOf(kind).toJson]));

/** A key of a bucket as documents have it: what stands for it where several values are a key together. */
export function jsonOfKey(form: ShownName, key: string | number): string | number | boolean {
  return jsonOfForm.get(form)!(key);
}

/** A key of a bucket as answers show it. */
export function shownKey(
  form: ShownName,
  key: string | number,
): { key: string | number; asString: string | undefined } {
  const { show, asString } = forms.get(form)!;
  return { key: show === null ? key : show(key), asString: asString?.(key) };
}
