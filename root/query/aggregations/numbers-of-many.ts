import { javaDouble } from '../../../shared/aggregation/java-double.ts';

type Values = Readonly<Record<string, unknown>> | readonly { readonly key: number; readonly value: unknown }[];

/** Names of the numbers of a result that lists them by keys, as `99.0` of percentiles. */
export function namesOfMany(keys: readonly number[]): readonly string[] {
  return keys.map(javaDouble);
}

/** One of them, whether they are keyed or a list. */
export function numberOfMany(result: Readonly<Record<string, unknown>>, name: string): unknown {
  const values = result['values'] as Values;
  if (!Array.isArray(values)) return (values as Readonly<Record<string, unknown>>)[name];
  return (values as readonly { key: number; value: unknown }[]).find(({ key }) => javaDouble(key) === name)?.value;
}
