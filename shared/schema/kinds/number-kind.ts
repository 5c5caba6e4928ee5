/** What the kinds that are kept as numbers have in common. */
import type { ValueReading } from './definition.ts';

export const numberKind = {
  layout: 'number',
  options: [],
  isString: false,
  isOrdered: true,
  isSortable: true,
} as const;

/** Answers show every number as it is kept, booleans and dates too. */
export function shownOrRead(read: (value: unknown) => ValueReading<number>): (value: unknown) => ValueReading<number> {
  return (value) => (typeof value === 'number' ? { kind: 'value', value } : read(value));
}

const written = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** A number written as JSON writes it. */
export function numberFromText(text: string): number | string {
  return written.test(text) ? Number(text) : text;
}
