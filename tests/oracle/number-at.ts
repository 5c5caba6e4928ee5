/** Numbers of results by the paths that callers write in orders and pipelines. */
import { asList, asObject, isObject, type Json, type JsonObject } from './json.ts';

/** Null where there is none. No name here has a dot or a bracket. @throws Error where the path leads to no place for a number */
export function numberAt(results: JsonObject, path: string): number | null {
  const [first = '', ...rest] = path.split('>');
  if (rest.length > 0) return numberAt(asObject(results[first]), rest.join('>'));
  if (first === '_count') return Number(results['doc_count']);
  if (first === '_key') return Number(results['key']);
  const [, name = '', afterDot, inBrackets] = /^([^.[]*)(?:\.(.*)|\[(.*)\])?$/.exec(first) ?? [];
  const result = results[name];
  // What a pipeline gives nothing in has no result.
  if (!isObject(result)) return null;
  const found = numberIn(result, afterDot ?? inBrackets);
  if (found !== null && typeof found !== 'number') throw new Error(`the oracle finds no number at ${path}`);
  return found;
}

function numberIn(result: JsonObject, property: string | undefined): Json | undefined {
  const { values, std_deviation_bounds: bounds, doc_count: count } = result;
  if (property === undefined) return count ?? result['value'];
  if (property === '_count') return count;
  if (property === 'std_upper' || property === 'std_lower') return asObject(bounds)[property.slice('std_'.length)];
  if (values === undefined) return result[property];
  if (isObject(values)) return values[property] ?? values[`${property}.0`] ?? null;
  return asObject(asList(values).find((each) => asObject(each)['key'] === Number(property)))['value'];
}
