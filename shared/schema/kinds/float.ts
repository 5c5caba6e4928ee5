import { wrong, type FieldKindDefinition, type ValueReading } from './definition.ts';
import { numberFromText, numberKind, shownOrRead } from './number-kind.ts';
import { plainForm } from './shown-form.ts';

/** Any JSON number. */
export const floatKind = {
  ...numberKind,
  jsonTypes: ['number'],
  aggregated: 'quantities',
  dimension: { sqlType: 'REAL' },
  isTime: false,
  read,
  toJson: (value) => value,
  shown: plainForm,
  readShown: shownOrRead(read),
  fromText: numberFromText,
} as const satisfies FieldKindDefinition<'number'>;

function read(value: unknown): ValueReading<number> {
  return typeof value === 'number' && Number.isFinite(value) ? { kind: 'value', value: value + 0 } : wrong('a number');
}
