/** Random documents of the schema in generate-values.ts, and random batches of changes to an index of them. */
import type { Random } from '../../shared/random/random.ts';
import { withAddress } from './generate-addresses.ts';
import { randomValue } from './generate-values.ts';
import type { Json, JsonObject } from './json.ts';

export type Change =
  | { readonly kind: 'put'; readonly key: string; readonly source: JsonObject }
  | { readonly kind: 'delete'; readonly key: string };

/** The key of the n-th document; some are not ASCII, some would need escaping in a URL. */
export function keyAt(n: number): string {
  return n % 7 === 0 ? `ключ/${n}` : n % 11 === 0 ? `𝒳?#${n}` : `key ${n}`;
}

/** A document; its `id` is the key. */
function randomDocument(random: Random, key: string): JsonObject {
  const document: Record<string, Json> = { id: key };
  for (const path of ['title', 'body', 'tags', 'rank', 'price', 'active', 'created']) {
    setMaybe(random, document, path, () => someValues(random, path));
  }
  setMaybe(random, document, 'author', () => randomAuthor(random));
  // A dotted property says the same as nested objects, beside them too.
  if (random.chance(0.1)) document['author.name'] = someValues(random, 'author.name');
  setMaybe(random, document, 'parts', () => {
    const parts = Array.from({ length: random.integer(0, 3) }, () => randomPart(random));
    return parts.length === 1 && random.chance(0.5) ? parts[0]! : parts;
  });
  return withAddress(document);
}

/** Sets a property most of the time; else leaves it out, or writes one of the ways to say that there is no value. */
function setMaybe(random: Random, object: Record<string, Json>, name: string, value: () => Json): void {
  if (random.chance(0.8)) object[name] = value();
  else if (random.chance(0.5)) object[name] = random.pick<Json>([null, [], [null]]);
}

/** One value, or an array of several: repeats, nulls and arrays in it are all allowed. */
function someValues(random: Random, path: string): Json {
  if (random.chance(0.6)) return randomValue(random, path);
  const values: Json[] = Array.from({ length: random.integer(1, 4) }, () => randomValue(random, path));
  if (random.chance(0.2)) values.push(null);
  if (random.chance(0.2)) values.push(values[0]!);
  if (random.chance(0.1)) return [values, [randomValue(random, path)]];
  return values;
}

function randomAuthor(random: Random): JsonObject {
  const author: Record<string, Json> = {};
  setMaybe(random, author, 'name', () => someValues(random, 'author.name'));
  setMaybe(random, author, 'born', () => randomValue(random, 'author.born'));
  return author;
}

function randomPart(random: Random): JsonObject {
  const part: Record<string, Json> = {};
  setMaybe(random, part, 'size', () => randomValue(random, 'parts.size'));
  setMaybe(random, part, 'label', () => someValues(random, 'parts.label'));
  setMaybe(random, part, 'codes', () => someValues(random, 'parts.codes'));
  return part;
}

/**
 * A batch of puts and deletes, in which a key may occur more than once.
 *
 * @param keys how many keys there are to choose from: the first so many of keyAt
 * @param deletes the share of deletes, 0 to 1
 */
export function randomChanges(random: Random, options: { count: number; keys: number; deletes: number }): Change[] {
  return Array.from({ length: options.count }, () => {
    const key = keyAt(random.integer(0, options.keys - 1));
    return random.chance(options.deletes)
      ? { kind: 'delete', key }
      : { kind: 'put', key, source: randomDocument(random, key) };
  });
}

/** Puts of documents that are not there yet: those of the keys from `from` on. */
export function randomAdditions(random: Random, { count, from }: { count: number; from: number }): Change[] {
  return Array.from({ length: count }, (_, i) => {
    const key = keyAt(from + i);
    return { kind: 'put', key, source: randomDocument(random, key) };
  });
}
