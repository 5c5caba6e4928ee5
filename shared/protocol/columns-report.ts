/** What a replica tells of its columns: bounds that no value is beyond, deleted documents included. Pure. */
import { isCount } from '../json/is-count.ts';
import { isObject } from '../json/read-object.ts';

/** The most values that one document has, at most; of numbers, where there are any, the least and the greatest value. */
export type ColumnReport = readonly [most: number] | readonly [most: number, low: number, high: number];

export interface ColumnsReport {
  /** By name of number, date and keyword fields. One that is not here has no values. */
  readonly fields: Readonly<Record<string, ColumnReport>>;
  /** Present where there are more fields than are told: of one that is not here nothing is known. */
  readonly leftOut?: true;
}

/** What is known of the values of a field in a shard. */
export interface ColumnBounds {
  /** Values of one document at most. */
  readonly most: number;
  /** Of no numbers the low one is the higher. */
  readonly low: number;
  readonly high: number;
}

export const noValues: ColumnBounds = { most: 0, low: Infinity, high: -Infinity };
export const anyValues: ColumnBounds = { most: Infinity, low: -Infinity, high: Infinity };

/** @param columns null where nothing is known of them */
export function boundsOfField(columns: ColumnsReport | null, field: string): ColumnBounds {
  if (columns === null) return anyValues;
  const told = Object.hasOwn(columns.fields, field) ? columns.fields[field]! : null;
  if (told === null) return columns.leftOut === true ? anyValues : noValues;
  const [most, low = -Infinity, high = Infinity] = told;
  return { most, low, high };
}

export function isColumnsReport(value: unknown): value is ColumnsReport {
  if (!isObject(value) || !isObject(value['fields'])) return false;
  if (value['leftOut'] !== undefined && value['leftOut'] !== true) return false;
  return Object.values(value['fields']).every(isColumn);
}

function isColumn(value: unknown): value is ColumnReport {
  if (!Array.isArray(value) || !isCount(value[0])) return false;
  if (value.length === 1) return true;
  return value.length === 3 && Number.isFinite(value[1]) && Number.isFinite(value[2]);
}

export function sameColumns(a: ColumnsReport | undefined, b: ColumnsReport | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  const names = Object.keys(a.fields);
  if (a.leftOut !== b.leftOut || names.length !== Object.keys(b.fields).length) return false;
  return names.every((name) => Object.hasOwn(b.fields, name) && sameColumn(a.fields[name]!, b.fields[name]!));
}

function sameColumn(a: ColumnReport, b: ColumnReport): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}
