/** JSON as TypeScript sees it, and readers that throw where the oracle would otherwise pass over something in silence. */
export type Scalar = boolean | number | string;
export type Json = null | Scalar | Json[] | JsonObject;

export interface JsonObject {
  readonly [name: string]: Json;
}

export function isObject(json: Json | undefined): json is JsonObject {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

/**
 * The value as an object that has none but these properties (any, when they are not given).
 * @throws Error otherwise: what the oracle does not understand it must not ignore
 */
export function asObject(json: Json | undefined, allowed?: readonly string[]): JsonObject {
  if (!isObject(json)) throw new Error(`the oracle expects an object, not ${JSON.stringify(json)}`);
  const unknown = Object.keys(json).find((name) => allowed !== undefined && !allowed.includes(name));
  if (unknown !== undefined) throw new Error(`the oracle does not know "${unknown}" in ${JSON.stringify(json)}`);
  return json;
}

/** One value or an array of them, as an array; absent is empty. */
export function asList(json: Json | undefined): Json[] {
  if (json === undefined) return [];
  return Array.isArray(json) ? json : [json];
}

export function asText(json: Json | undefined): string {
  if (typeof json !== 'string') throw new Error(`the oracle expects a string, not ${JSON.stringify(json)}`);
  return json;
}

export function asNumber(json: Json | undefined, whenAbsent: number): number {
  if (json === undefined) return whenAbsent;
  if (typeof json !== 'number') throw new Error(`the oracle expects a number, not ${JSON.stringify(json)}`);
  return json;
}

/** Name and value of an object with exactly one property. */
export function onlyEntry(json: Json | undefined): [name: string, value: Json] {
  const entries = Object.entries(asObject(json));
  if (entries.length !== 1) throw new Error(`the oracle expects one property in ${JSON.stringify(json)}`);
  return entries[0]!;
}
