/** Results of aggregations as JSON, a bucket a piece: text of all of them at once would hold the thread that answers everybody. Pure. */
import { JsonText } from '../../shared/json/json-text.ts';
import { isObject } from '../../shared/json/read-object.ts';

/**
 * Pieces of the same text that JSON.stringify gives, but that JsonText stands in it as it was written.
 * @param results plain objects and arrays of what JSON has, and JsonText; properties that are undefined are left out
 */
export function* jsonInPieces(results: Readonly<Record<string, unknown>>): Generator<string, void, undefined> {
  yield '{';
  let separator = '';
  for (const [name, value] of Object.entries(results)) {
    if (value === undefined) continue;
    yield `${separator}${JSON.stringify(name)}:`;
    separator = ',';
    if (value instanceof JsonText) yield value.text;
    else if (Array.isArray(value)) yield* piecesOfList(value as unknown[]);
    else if (isObject(value) && (name === 'buckets' || isDeep(value))) yield* jsonInPieces(value);
    else yield JSON.stringify(value);
  }
  yield '}';
}

function* piecesOfList(values: readonly unknown[]): Generator<string, void, undefined> {
  let separator = '[';
  for (const value of values) {
    yield separator;
    separator = ',';
    if (isObject(value) && isDeep(value)) yield* jsonInPieces(value);
    else yield JSON.stringify(value) ?? 'null';
  }
  yield separator === '[' ? '[]' : ']';
}

/** Whether there may be many buckets or documents in it, at any depth. */
function isDeep(value: Readonly<Record<string, unknown>>): boolean {
  if (value['buckets'] !== undefined || value['hits'] !== undefined || value['_source'] !== undefined) return true;
  for (const name in value) {
    const inner = value[name];
    if (isObject(inner) && isDeep(inner)) return true;
  }
  return false;
}
