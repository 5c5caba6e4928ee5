import { wrong, type FieldKindDefinition, type ValueReading } from './definition.ts';
import { numberFromText, numberKind, shownOrRead } from './number-kind.ts';
import { plainForm } from './shown-form.ts';

/** A whole number within ±(2^53 − 1). */
export const integerKind = {
  ...numberKind,
  jsonTypes: ['number'],
  aggregated: 'quantities',
  isWhole: true,
  dimension: { sqlType: 'INTEGER' },
  isTime: false,
  read,
  toJson: (value) => value,
  shown: plainForm,
  readShown: shownOrRead(read),
  fromText: numberFromText,
} as const satisfies FieldKindDefinition<'number'>;

function read(value: unknown): ValueReading<number> {
  return Number.isSafeInteger(value)
    ? { kind: 'value', value: (value as number) + 0 }
    : wrong('a whole number between -9007199254740991 and 9007199254740991');
}
