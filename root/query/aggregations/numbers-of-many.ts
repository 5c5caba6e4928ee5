import { javaDouble } from '../../../shared/aggregation/java-double.ts';

/** Names of the numbers of a result that lists them by keys, as `99.0` of percentiles. */
export function namesOfMany(keys: readonly number[]): readonly string[] {
  return keys.map(javaDouble);
}

/** Where one of them stands, whether they are keyed or a list. */
export function placeOfMany(keys: readonly number[], keyed: boolean, name: string): readonly string[] {
  return keyed ? ['values', name] : ['values', String(namesOfMany(keys).indexOf(name)), 'value'];
}
