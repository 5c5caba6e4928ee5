import { wrong, type FieldKindDefinition, type ValueReading } from './definition.ts';
import { numberKind, shownOrRead } from './number-kind.ts';
import type { ShownForm } from './shown-form.ts';

const booleanForm = {
  name: 'boolean',
  show: null,
  asString: (value) => (value === 0 ? 'false' : 'true'),
} as const satisfies ShownForm<number>;

/** `true` or `false`, kept as 1 and 0. */
export const booleanKind = {
  ...numberKind,
  jsonTypes: ['boolean'],
  aggregated: 'values',
  dimension: { sqlType: 'INTEGER' },
  isTime: false,
  read,
  toJson: (value) => value === 1,
  shown: booleanForm,
  readShown: shownOrRead(read),
  fromText: (text) => (text === 'true' || text === 'false' ? text === 'true' : text),
} as const satisfies FieldKindDefinition<'number'>;

function read(value: unknown): ValueReading<number> {
  return typeof value === 'boolean' ? { kind: 'value', value: value ? 1 : 0 } : wrong('true or false');
}
