/** Reading how values of a field are indexed. */
import type { Properties } from '../json/read-object.ts';
import { oneOf } from '../json/readers.ts';
import type { Reader } from '../json/readers.ts';
import { definitionOf, fieldKinds, kindsThat, type FieldKind } from './kinds/field-kinds.ts';
import { optionDefinition, optionNames, type OptionName } from './options/field-options.ts';
import type { FieldOptions } from './schema.ts';

export const fieldProperties = ['kind', ...optionNames] as const;

/** Options that say what holds anyway are left out. @throws SheafError REQUEST_…, SCHEMA_INVALID */
export function readFieldOptions(properties: Properties<(typeof fieldProperties)[number]>): FieldOptions {
  const kind = properties.required('kind', oneOf(fieldKinds));
  const options = optionNames.flatMap((name) => {
    const value = properties.optional(name, readerOf(name, kind), undefined);
    return value === undefined || optionDefinition(name).isDefault(value) ? [] : [[name, value] as const];
  });
  return { kind, ...Object.fromEntries(options) };
}

function readerOf(name: OptionName, kind: FieldKind): Reader<unknown> {
  return (node) => {
    if (definitionOf(kind).options.includes(name)) return optionDefinition(name).read(node);
    const having = kindsThat(({ options }) => options.includes(name)).join(' or ');
    throw node.fault('SCHEMA_INVALID', { reason: `only a ${having} field has this option`, kind });
  };
}
