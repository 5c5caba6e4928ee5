/** The `_source` of a search: which parts of a document come back. */
import { asList, asObject, asText, isObject, type Json, type JsonObject } from './json.ts';

/** The part of a source that was asked for; `undefined` when none was. */
export function filterSource(source: JsonObject, filter: Json | undefined): JsonObject | undefined {
  if (filter === undefined || filter === true) return source;
  if (filter === false) return undefined;
  const { includes, excludes } = isObject(filter)
    ? asObject(filter, ['includes', 'excludes'])
    : { includes: filter, excludes: undefined };
  const kept = keep(source, '', {
    included: matcher(asList(includes), true),
    excluded: matcher(asList(excludes), false),
  });
  return isObject(kept) ? kept : {};
}

/** Whether a path, or one it lies below, matches one of the patterns. */
function matcher(patterns: readonly Json[], whenNone: boolean): (path: string) => boolean {
  if (patterns.length === 0) return () => whenNone;
  const expressions = patterns.map((pattern) => {
    const pieces = asText(pattern).split('*');
    return new RegExp(`^${pieces.map((piece) => RegExp.escape(piece)).join('.*')}$`, 'su');
  });
  return (path) => {
    const names = path.split('.');
    const above = names.map((_, i) => names.slice(0, i + 1).join('.'));
    return expressions.some((expression) => above.some((one) => expression.test(one)));
  };
}

interface Wanted {
  included(path: string): boolean;
  excluded(path: string): boolean;
}

/** What is left of a value; `undefined` for a scalar not wanted and for what is left empty. */
function keep(json: Json, path: string, wanted: Wanted): Json | undefined {
  if (Array.isArray(json)) {
    const elements = json.map((element) => keep(element, path, wanted)).filter((element) => element !== undefined);
    return elements.length > 0 ? elements : undefined;
  }
  if (!isObject(json)) return wanted.included(path) && !wanted.excluded(path) ? json : undefined;
  const entries = Object.entries(json)
    .map(([name, value]) => [name, keep(value, path === '' ? name : `${path}.${name}`, wanted)] as const)
    .filter((entry): entry is [string, Json] => entry[1] !== undefined);
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}

/** A value without the empty objects and arrays in it: filters may or may not leave those behind. */
export function withoutEmpty(json: Json): Json | undefined {
  return keep(json, '', { included: () => true, excluded: () => false });
}
