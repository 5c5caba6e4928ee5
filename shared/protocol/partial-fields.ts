/** What the fields of partials may be. JSON has no number that is not finite, so any number is one to add up. */
import { isObject } from '../json/read-object.ts';

export type Fields = Readonly<Record<string, unknown>>;

export function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** Of documents, which weigh more than 1 each where a field says so. */
export function isCount(value: unknown): value is number {
  return typeof value === 'number' && value >= 0;
}

/** A log offset; −1 before the first. */
export function isOffset(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= -1;
}

export function isStatistics(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { fields, frequencies } = value;
  const areFields = isRecordOf(fields, (each) => {
    return isObject(each) && isCount(each['documents']) && isCount(each['length']);
  });
  return areFields && isRecordOf(frequencies, (terms) => isRecordOf(terms, isCount));
}

function isRecordOf(value: unknown, isEach: (value: unknown) => boolean): boolean {
  if (!isObject(value)) return false;
  for (const name of Object.keys(value)) if (!isEach(value[name])) return false;
  return true;
}

/** NaN where something is no length. */
export function sumOfBytes(lengths: readonly unknown[]): number {
  let sum = 0;
  for (const length of lengths) sum += isWhole(length) ? length : Number.NaN;
  return sum;
}

export function isNumberOrNull(value: unknown): boolean {
  return value === null || typeof value === 'number';
}
