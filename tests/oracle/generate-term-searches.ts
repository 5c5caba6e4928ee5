/** Random searches that a term index answers: those of any index, with what it does not answer put another way. */
import type { Random } from '../../shared/random/random.ts';
import { withAddresses } from './generate-addresses.ts';
import { fieldOf } from './generate-queries.ts';
import { plainSearch } from './generate-searches.ts';
import { randomValue, randomWord } from './generate-values.ts';
import { isObject, type Json, type JsonObject } from './json.ts';

const unserved: ReadonlySet<string> = new Set(['aggs', 'aggregations', 'explain', 'highlight', 'search_after', 'at']);

/** A body with the properties a search of a term index has. */
export function randomTermSearch(random: Random): JsonObject {
  const { query, sort, ...asked } = plainSearch(random);
  const rest = Object.fromEntries(Object.entries(asked).filter(([name]) => !unserved.has(name)));
  const keys = sort === undefined ? [] : servedKeys(sort);
  const body: JsonObject = {
    ...rest,
    ...(query === undefined ? {} : { query: wholeDates(servedQuery(random, query)) }),
    ...(keys.length === 0 ? {} : { sort: keys }),
  };
  return withAddresses(body, false);
}

/** A day or second stands for a range, which no term index answers; its first millisecond is a term. */
function wholeDates(query: Json): Json {
  if (typeof query === 'string' && /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d)?$/.test(query)) {
    return new Date(query.length > 10 ? `${query}Z` : query).toISOString();
  }
  if (Array.isArray(query)) return query.map(wholeDates);
  if (!isObject(query)) return query;
  return Object.fromEntries(Object.entries(query).map(([name, value]) => [name, wholeDates(value)]));
}

/** By score and in the order of the log. */
function servedKeys(sort: Json): Json[] {
  return (Array.isArray(sort) ? sort : [sort]).filter((key) => {
    const name = isObject(key) ? Object.keys(key)[0] : key;
    return name === '_score' || name === '_doc';
  });
}

function servedQuery(random: Random, query: Json): Json {
  if (!isObject(query)) return query;
  const [name = ''] = Object.keys(query);
  const body = query[name]!;
  switch (name) {
    case 'bool':
      return { bool: servedWithin(random, body, ['must', 'should', 'filter', 'must_not']) };
    case 'dis_max':
      return { dis_max: servedWithin(random, body, ['queries']) };
    case 'constant_score':
      return { constant_score: servedWithin(random, body, ['filter']) };
    case 'match':
      return { match: without(body, 'fuzziness') };
    case 'multi_match':
      // Phrases and words that are begun are none of its terms.
      return isObject(body) ? { multi_match: { ...body, type: servedType(body['type']) } } : query;
    case 'term':
      return { term: without(body, 'case_insensitive') };
    case 'match_all':
    case 'terms':
      return query;
    default:
      return replacement(random);
  }
}

function servedWithin(random: Random, body: Json, names: readonly string[]): Json {
  if (!isObject(body)) return body;
  const changed = names
    .filter((name) => body[name] !== undefined)
    .map((name): [string, Json] => {
      const inner = body[name]!;
      return [name, Array.isArray(inner) ? inner.map((one) => servedQuery(random, one)) : servedQuery(random, inner)];
    });
  return { ...body, ...Object.fromEntries(changed) };
}

function servedType(type: Json | undefined): Json {
  return type === 'best_fields' || type === 'cross_fields' ? type : 'most_fields';
}

/** The options of a field without one of them. */
function without(body: Json, name: string): Json {
  if (!isObject(body)) return body;
  return Object.fromEntries(
    Object.entries(body).map(([field, options]): [string, Json] => {
      if (!isObject(options)) return [field, options];
      return [field, Object.fromEntries(Object.entries(options).filter(([option]) => option !== name))];
    }),
  );
}

function replacement(random: Random): JsonObject {
  const field = fieldOf(random, ['keyword', 'integer', 'boolean', 'date']);
  return random.chance(0.5)
    ? { match: { [fieldOf(random, ['text'])]: `${randomWord(random)} ${randomWord(random)}` } }
    : { term: { [field]: randomValue(random, field) } };
}
