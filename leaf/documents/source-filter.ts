import { routingName } from '../../shared/schema/routing.ts';

/**
 * Cuts a stored source down to the parts asked for, as Elasticsearch's `_source` does. A pattern is a dotted path
 * where `*` stands for any characters, dots too. An include of an object means everything in it; with no includes
 * everything is. Excludes win. Arrays are no part of a path: each element is filtered, and what does not match is
 * left out. Objects of which nothing is left go, unless they are included themselves. The routing, which is not of what was sent, stays.
 */
export interface SourcePatterns {
  readonly includes: readonly string[];
  readonly excludes: readonly string[];
}

/**
 * The JSON of what is left of a source. Numbers keep every digit as they were sent; of a property given twice the
 * last one counts.
 *
 * Cost: parsing and writing the source, and each pattern against each path.
 */
export function filterSource(source: Uint8Array, patterns: SourcePatterns): Uint8Array {
  const text = Buffer.from(source.buffer, source.byteOffset, source.byteLength).toString();
  const document = rawJson.parse(text, keepNumber) as Readonly<Record<string, unknown>>;
  return Buffer.from(JSON.stringify(filterObject(document, '', patterns.includes.length === 0, patterns)));
}

/** ECMAScript 2026's raw JSON, which the library's types do not have yet. */
interface RawJson {
  parse(text: string, reviver: (key: string, value: unknown, context: { source?: string }) => unknown): unknown;
  rawJSON(text: string): unknown;
  isRawJSON(value: unknown): boolean;
}
const rawJson: RawJson = JSON as JSON & RawJson;

function keepNumber(_key: string, value: unknown, { source }: { source?: string }): unknown {
  return typeof value === 'number' && source !== undefined ? rawJson.rawJSON(source) : value;
}

/**
 * @param prefix path of the object with a dot behind it; empty for the document
 * @param included whether an include matched the object or what it is in
 */
function filterObject(
  object: Readonly<Record<string, unknown>>,
  prefix: string,
  included: boolean,
  patterns: SourcePatterns,
): Record<string, unknown> {
  // Without a prototype, so that __proto__ is a property like others.
  const kept: Record<string, unknown> = Object.create(null);
  for (const name of Object.keys(object)) {
    const path = prefix + name;
    if (path === routingName) {
      kept[name] = object[name];
      continue;
    }
    if (matchesOnTheWay(patterns.excludes, prefix, name)) continue;
    const asked = included || matchesOnTheWay(patterns.includes, prefix, name);
    const filtered = filterValue(object[name], path, asked, patterns);
    if (filtered !== undefined) kept[name] = filtered;
  }
  return kept;
}

/** What is left of a value; undefined when nothing is. */
function filterValue(value: unknown, path: string, included: boolean, patterns: SourcePatterns): unknown {
  if (Array.isArray(value)) {
    const kept = value.map((item) => filterValue(item, path, included, patterns)).filter((item) => item !== undefined);
    return included || kept.length > 0 ? kept : undefined;
  }
  if (typeof value === 'object' && value !== null && !rawJson.isRawJSON(value)) {
    const kept = filterObject(value as Record<string, unknown>, `${path}.`, included, patterns);
    return included || Object.keys(kept).length > 0 ? kept : undefined;
  }
  return included ? value : undefined;
}

/** Whether a pattern matches the property, or an object it is in by the dots of its own name: `a.b` means b in a. */
function matchesOnTheWay(patterns: readonly string[], prefix: string, name: string): boolean {
  for (let dot = name.indexOf('.'); dot !== -1; dot = name.indexOf('.', dot + 1)) {
    if (matchesAny(patterns, prefix + name.slice(0, dot))) return true;
  }
  return matchesAny(patterns, prefix + name);
}

function matchesAny(patterns: readonly string[], path: string): boolean {
  return patterns.some((pattern) => matchesWildcards(pattern, path));
}

/**
 * Whether a pattern with `*` for any characters matches the whole text. It goes back to the last `*` only, so its
 * cost is at most the product of the lengths, whatever a caller writes.
 */
export function matchesWildcards(pattern: string, text: string): boolean {
  let at = 0;
  let star = -1;
  let starText = 0;
  for (let i = 0; i < text.length;) {
    if (pattern[at] === '*') {
      star = at++;
      starText = i;
    } else if (pattern[at] === text[i]) {
      at++;
      i++;
    } else if (star >= 0) {
      at = star + 1;
      i = ++starText;
    } else return false;
  }
  while (pattern[at] === '*') at++;
  return at === pattern.length;
}
