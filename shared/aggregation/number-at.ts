/** Numbers out of results of aggregations, to compare buckets by. */
import type { OrderByMetric } from './terms-order.ts';

/** Null where there is none, as of the mean of no values; beyond 2^53 whole numbers are told to the last digit. */
export type ToldNumber = number | bigint | null;

/** @param results of aggregations, by name */
export function numberAt(
  results: Readonly<Record<string, unknown>>,
  { path, property }: Pick<OrderByMetric, 'path' | 'property'>,
): ToldNumber {
  let value: unknown = results;
  for (const name of [...path, ...property]) value = (value as Readonly<Record<string, unknown>>)[name];
  if (typeof value === 'string') return BigInt(value);
  if (typeof value === 'number') return value;
  return null;
}

/** What is no number comes last in both directions. */
export function compareNumbers(a: ToldNumber, b: ToldNumber, descending: boolean): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  const ascending = a < b ? -1 : a > b ? 1 : 0;
  return descending ? -ascending : ascending;
}
