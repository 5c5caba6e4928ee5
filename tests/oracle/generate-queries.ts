/** Random query clauses over the schema in generate-values.ts, in every way of writing them. */
import { createRandom, type Random } from '../../shared/random/random.ts';
import type { FieldKind } from '../../shared/schema/kinds/field-kinds.ts';
import { keyAt } from './generate-documents.ts';
import { fieldsOfKind, randomText, randomValue, randomWord } from './generate-values.ts';
import { scriptsOfScores, scriptsOfValues } from './document-scripts.ts';
import { asText, isObject, onlyEntry, type Json, type JsonObject, type Scalar } from './json.ts';

const numericKinds: readonly FieldKind[] = ['integer', 'float', 'boolean', 'date'];
const wholeValueKinds: readonly FieldKind[] = ['keyword', ...numericKinds];
const termKinds: readonly FieldKind[] = ['text', 'keyword'];
const allKinds: readonly FieldKind[] = ['text', ...wholeValueKinds];
const rangeKinds: readonly FieldKind[] = ['keyword', 'integer', 'float', 'date'];

/** A field whose kind is one of these: first the kind, so that every kind is as frequent. */
export function fieldOf(random: Random, kinds: readonly FieldKind[]): string {
  return random.pick(fieldsOfKind[random.pick(kinds)]);
}

/** A query in which `bool` clauses are nested at most this deep. */
export function randomQuery(random: Random, depth: number): JsonObject {
  if (depth > 0 && random.chance(0.2)) return { bool: randomRanked(random, depth - 1) };
  if (depth > 0 && random.chance(0.4)) return { bool: randomBool(random, depth - 1) };
  if (depth > 0 && random.chance(0.15)) {
    if (random.chance(0.3)) {
      const [positive, negative] = [randomQuery(random, depth - 1), randomQuery(random, depth - 1)];
      return { boosting: { positive, negative, negative_boost: random.pick([0, 0.2, 1]), ...randomBoost(random) } };
    }
    const queries = Array.from({ length: random.integer(0, 3) }, () => randomQuery(random, depth - 1));
    return random.chance(0.5)
      ? { dis_max: { queries, ...maybe(random, 'tie_breaker', random.pick([0, 0.3, 1])), ...randomBoost(random) } }
      : { constant_score: { filter: randomQuery(random, depth - 1), ...randomBoost(random) } };
  }
  if (depth > 0 && random.chance(0.05)) return { script_score: randomScriptScore(random, depth - 1) };
  return random.pick(clauses)(random);
}

/** A property some of the time. */
function maybe(random: Random, name: string, value: Json): JsonObject {
  return random.chance(0.3) ? { [name]: value } : {};
}

function randomBoost(random: Random): JsonObject {
  return maybe(random, 'boost', random.pick([0, 0.5, 1, 3]));
}

function randomMinimum(random: Random): JsonObject {
  return maybe(
    random,
    'minimum_should_match',
    random.pick([0, 1, 2, 3, '2', -1, '50%', '75%', '-25%', '100%', '1<50% 2<-1']),
  );
}

const clauses: readonly ((random: Random) => JsonObject)[] = [
  (random) => (random.chance(0.8) ? { match_all: randomBoost(random) } : { match_none: randomBoost(random) }),
  // Most scores come from words, so these are given more weight.
  (random) => ({ match: randomWords(random, fieldOf(random, ['text'])) }),
  (random) => ({ match: randomWords(random, fieldOf(random, ['text'])) }),
  (random) => ({ match: randomWords(random, fieldOf(random, ['text'])) }),
  (random) => ({ match_phrase: randomPhrase(random) }),
  (random) => ({ match_bool_prefix: randomBegun(random) }),
  (random) => ({ constant_score: { filter: { match_phrase: randomLoosePhrase(random) } } }),
  (random) => ({ multi_match: randomMultiMatch(random) }),
  (random) => ({ match: randomExact(random) }),
  (random) => ({ term: inAnyCase(random, randomTerm(random)) }),
  (random) => ({ terms: randomTerms(random) }),
  (random) => ({ range: zonedRange(randomRange(random)) }),
  (random) => ({ range: zonedRange(randomRange(random)) }),
  (random) => ({ prefix: inAnyCase(random, randomPrefix(random)) }),
  (random) => wildcardOrRegexp(inAnyCase(random, randomWildcard(random))),
  (random) => ({ fuzzy: randomFuzzy(random) }),
  (random) => ({ exists: { field: fieldOf(random, allKinds), ...randomBoost(random) } }),
  (random) => ({ script: { script: randomScript(random, scriptsOfValues), ...randomBoost(random) } }),
  (random) => ({ ids: { values: Array.from({ length: random.integer(0, 20) }, () => keyAt(random.integer(0, 400))) } }),
];

function randomScriptScore(random: Random, depth: number): JsonObject {
  const script = randomScript(random, [...scriptsOfScores, ...scriptsOfValues]);
  return { query: randomQuery(random, depth), script, ...randomBoost(random) };
}

/** Of one field; what they mean stands in document-scripts.ts. */
function randomScript(random: Random, sources: readonly string[]): Json {
  const source = random.pick(sources).replaceAll('[F]', `['${fieldOf(random, numericKinds)}']`);
  const params = { a: random.pick([-3, 0, 0.5, 40]) };
  return { source, params, ...maybe(random, 'lang', random.pick(['painless', 'expression'])) };
}

/** `{"field": value}`, or the long form with the value under a name. */
function shortOrLong(random: Random, field: string, name: string, value: Json): JsonObject {
  return { [field]: random.chance(0.5) ? value : { [name]: value, ...randomBoost(random) } };
}

function randomWords(random: Random, field: string): JsonObject {
  const text = random.chance(0.7) ? `${randomWord(random)} ${randomWord(random)}` : randomText(random);
  if (random.chance(0.3)) {
    const operator = random.chance(0.5) ? { operator: random.pick(['and', 'or']) } : {};
    const fuzziness = maybe(random, 'fuzziness', random.pick(['AUTO', 0, 1, 2, '1']));
    const zero = maybe(random, 'zero_terms_query', random.pick(['all', 'none']));
    const options = { ...fuzziness, ...operator, ...zero, ...randomMinimum(random) };
    return { [field]: { query: text, ...options, ...randomBoost(random) } };
  }
  return shortOrLong(random, field, 'query', text);
}

/** Mostly two words, so that some document holds them. */
function randomPhrase(random: Random): JsonObject {
  const words = Array.from({ length: random.pick([1, 2, 2, 2, 3]) }, () => randomWord(random));
  return shortOrLong(random, fieldOf(random, ['text']), 'query', words.join(' '));
}

/** Different words, apart or out of order. */
function randomLoosePhrase(random: Random): JsonObject {
  const words = random.shuffle(['cat', 'dog', 'fox', '42']).slice(0, random.integer(2, 3));
  return { [fieldOf(random, ['text'])]: { query: words.join(' '), slop: random.integer(1, 8) } };
}

function randomMultiMatch(random: Random): JsonObject {
  const fields = Array.from({ length: random.integer(1, 3) }, () => {
    const field = fieldOf(random, termKinds);
    return random.chance(0.3) ? `${field}^${random.pick(['0.5', '2', '10'])}` : field;
  });
  const type = random.pick(['best_fields', 'most_fields', 'cross_fields', 'phrase', 'bool_prefix']);
  const text = `${randomWord(random)} ${randomWord(random)}`;
  const minimum = randomMinimum(random);
  const options = {
    ...maybe(random, 'tie_breaker', 0.4),
    ...(type === 'phrase' ? {} : minimum),
    ...randomBoost(random),
  };
  return { query: text, fields, type, ...options };
}

/** Words of which the last is cut off. */
function randomBegun(random: Random): JsonObject {
  const field = fieldOf(random, termKinds);
  const words = Array.from({ length: random.integer(0, 3) }, () => randomWord(random));
  const last = Array.from(randomWord(random)).slice(0, random.integer(1, 3)).join('');
  const text = [...words, last].join(' ');
  const options = {
    ...maybe(random, 'operator', random.pick(['and', 'or'])),
    ...maybe(random, 'fuzziness', random.pick(['AUTO', 1])),
    ...randomMinimum(random),
  };
  return { [field]: random.chance(0.5) ? text : { query: text, ...options, ...randomBoost(random) } };
}

/** A clause on terms that takes any case, where its field has terms. */
function inAnyCase(random: Random, clause: JsonObject): JsonObject {
  const [field, body] = onlyEntry(clause);
  const isOfTerms = termKinds.some((kind) => fieldsOfKind[kind].includes(field));
  if (!isOfTerms || !isObject(body) || JSON.stringify(body['value'] ?? '').length > 100 || !random.chance(0.3))
    return clause;
  return { [field]: { ...body, case_insensitive: true } };
}

function randomExact(random: Random): JsonObject {
  const field = fieldOf(random, wholeValueKinds);
  return shortOrLong(random, field, 'query', randomValue(random, field));
}

function operand(random: Random, field: string): Scalar {
  // Terms of a text are in lower case; some operands are not, and so must not match.
  if (fieldsOfKind.text.includes(field))
    return random.chance(0.9) ? randomWord(random).toLowerCase() : randomWord(random);
  return randomValue(random, field);
}

function randomTerm(random: Random): JsonObject {
  const field = fieldOf(random, allKinds);
  return shortOrLong(random, field, 'value', operand(random, field));
}

function randomTerms(random: Random): JsonObject {
  const field = fieldOf(random, allKinds);
  return { [field]: Array.from({ length: random.integer(0, 6) }, () => operand(random, field)) };
}

/** One bound or two, not always the right way round. */
function randomRange(random: Random): JsonObject {
  const field = fieldOf(random, rangeKinds);
  const bounds: Record<string, Json> = {};
  if (random.chance(0.7)) bounds[random.pick(['gt', 'gte'])] = randomValue(random, field);
  if (random.chance(0.7) || Object.keys(bounds).length === 0) {
    bounds[random.pick(['lt', 'lte'])] = randomValue(random, field);
  }
  return { [field]: bounds };
}

/** Some ranges of dates are of days of a zone, drawn from the range itself as in `wildcardOrRegexp`. */
function zonedRange(range: JsonObject): JsonObject {
  const [field, bounds] = onlyEntry(range);
  const random = createRandom(hashOf(JSON.stringify(range)));
  if (!fieldsOfKind.date.includes(field) || random.chance(0.5)) return range;
  const isGerman = random.chance(0.5);
  const days = Object.entries(bounds as JsonObject).map(([name, value]): [string, Json] => {
    const day = new Date(value as string | number).toISOString().slice(0, 10);
    return [name, isGerman ? day.split('-').toReversed().join('.') : day];
  });
  const zone = random.pick(['Europe/Paris', 'America/New_York', 'Asia/Kolkata', '+05:30', 'Z']);
  const format = isGerman ? { format: 'dd.MM.yyyy' } : {};
  return { [field]: { ...Object.fromEntries(days), ...format, time_zone: zone === 'Z' ? 'UTC' : zone } };
}

function randomPrefix(random: Random): JsonObject {
  const field = fieldOf(random, termKinds);
  const characters = Array.from(String(operand(random, field)));
  const prefix = characters.slice(0, random.integer(0, 3)).join('');
  return shortOrLong(random, field, 'value', prefix);
}

/** Some characters of an operand give way to wildcards, some are escaped that need not be. */
function randomWildcard(random: Random): JsonObject {
  const field = fieldOf(random, termKinds);
  const characters = Array.from(String(operand(random, field)).toWellFormed());
  const pattern = characters.map((character) => {
    if (random.chance(0.3)) return random.pick(['*', '?', '*?', '']);
    return '*?\\'.includes(character) || random.chance(0.1) ? `\\${character}` : character;
  });
  return shortOrLong(random, field, 'value', pattern.join('') + random.pick(['', '', '*']));
}

/**
 * Half of all wildcards become regular expressions that are something like them. What is drawn for that comes from the wildcard
 * itself, so that the same seed gives the same searches besides.
 */
function wildcardOrRegexp(wildcard: JsonObject): JsonObject {
  const random = createRandom(hashOf(JSON.stringify(wildcard)));
  if (random.chance(0.5)) return { wildcard };
  const [field, body] = onlyEntry(wildcard);
  const pieces = asText(isObject(body) ? body['value']! : body).match(/\\[^]|[^]/gu) ?? [];
  const written = pieces.map((piece) => regexpPiece(random, piece)).join('') || '()';
  // Others may be too long, or take too many states.
  if (pieces.length > 12) return { wildcard };
  const value = random.pick([
    ...Array<string>(6).fill(written),
    `${written}&~(.*a.*)`,
    `~(${written})`,
    `@&${written}`,
  ]);
  const options = { ...maybe(random, 'case_insensitive', true), ...maybe(random, 'flags', 'ALL') };
  const boost = isObject(body) && 'boost' in body ? { boost: body['boost']! } : {};
  return { regexp: { [field]: random.chance(0.3) ? value : { value, ...options, ...boost } } };
}

/** A piece of a wildcard, as one of the ways to write it. */
function regexpPiece(random: Random, piece: string): string {
  if (piece === '*') return random.pick(['.*', '@', '.{0,3}', '(.|..)*', '<0-100>']);
  if (piece === '?') return random.pick(['.', '.?', '[^b]', '[a-z]']);
  const character = piece.length > 1 && piece.startsWith('\\') ? piece.slice(1) : piece;
  if (/^[\p{L}\p{N}]$/u.test(character)) {
    return random.pick([...Array<string>(6).fill(character), `[${character}]`, `(${character}|b)`, `${character}+`]);
  }
  return `\\${character}`;
}

/** FNV-1a. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

function randomFuzzy(random: Random): JsonObject {
  const field = fieldOf(random, termKinds);
  const characters = Array.from(String(operand(random, field)).toWellFormed().slice(0, 60));
  const word = characters.filter(() => random.chance(0.85)).join('') + random.pick(['', '', 's', '語']);
  const options = {
    ...maybe(random, 'fuzziness', random.pick(['AUTO', 0, 1, 2])),
    ...maybe(random, 'prefix_length', random.integer(0, 3)),
  };
  return { [field]: random.chance(0.3) ? word : { value: word, ...options, ...randomBoost(random) } };
}

/** What people mostly ask: some words, and perhaps a condition. Without it few queries would have scores that differ. */
function randomRanked(random: Random, depth: number): JsonObject {
  const words = Array.from({ length: random.integer(1, 4) }, () => ({
    match: randomWords(random, fieldOf(random, ['text'])),
  }));
  const occurrence = words.length < 3 ? random.pick(['must', 'should']) : 'should';
  if (random.chance(0.6)) return { [occurrence]: words };
  return { [occurrence]: words, [random.pick(['filter', 'must_not', 'must'])]: randomQuery(random, depth) };
}

function randomBool(random: Random, depth: number): JsonObject {
  const bool: Record<string, Json> = {};
  for (const occurrence of random.shuffle(['must', 'should', 'filter', 'must_not'])) {
    if (random.chance(0.55)) continue;
    const queries = Array.from({ length: random.integer(0, 3) }, () => randomQuery(random, depth));
    bool[occurrence] = queries.length === 1 && random.chance(0.3) ? queries[0]! : queries;
  }
  Object.assign(bool, randomMinimum(random), randomBoost(random));
  return bool;
}
