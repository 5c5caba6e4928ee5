/**
 * The query clauses, straight from the JSON a caller sends. A clause is answered for all documents at once, as a map
 * from each matching document to its score: neither the order of evaluation nor any structure of the engine is shared.
 */
import { betweenOf, type Collection, compareValues, isBetween, fieldNamed, type StoredDocument } from './collection.ts';
import { placesOf, positionedWords, termsOf, valueOf, valuesOf, wordsOf } from './collection.ts';
import type { IndexedField } from '../../shared/schema/schema.ts';
import type { Between } from './between.ts';
import { meaningOf } from './document-scripts.ts';
import { datesOf } from './dates.ts';
import { factsOf, isAnalyzed, isNumeric } from './field-kinds.ts';
import { asList, asNumber, asObject, asText, isObject, type Json, type JsonObject, onlyEntry } from './json.ts';

/** The documents that match, with their scores. */
export type Matches = ReadonlyMap<StoredDocument, number>;

/** @throws Error for a clause or property the oracle does not know */
export function matchesOf(collection: Collection, query: Json): Matches {
  const [clause, body] = onlyEntry(query);
  switch (clause) {
    case 'match_all':
      return timesBoost(
        where(collection, () => true),
        asObject(body, ['boost']),
      );
    case 'match':
      return match(collection, body);
    case 'match_none':
      return new Map();
    case 'match_phrase':
      return matchPhrase(collection, body);
    case 'match_bool_prefix': {
      const names = ['operator', 'minimum_should_match', 'fuzziness', 'zero_terms_query'];
      const { field, operand, long } = operandOf(body, 'query', names);
      return timesBoost(begunIn(collection, field, operand, long), long);
    }
    case 'multi_match':
      return multiMatch(collection, body);
    case 'boosting': {
      const options = asObject(body, ['positive', 'negative', 'negative_boost', 'boost']);
      const negative = matchesOf(collection, options['negative']!);
      const factor = asNumber(options['negative_boost'], 1);
      const found = [...matchesOf(collection, options['positive']!)].map(
        ([document, score]) => [document, negative.has(document) ? score * factor : score] as const,
      );
      return timesBoost(new Map(found), options);
    }
    case 'constant_score': {
      const { filter, boost } = asObject(body, ['filter', 'boost']);
      return new Map([...matchesOf(collection, filter!).keys()].map((document) => [document, asNumber(boost, 1)]));
    }
    case 'dis_max': {
      const options = asObject(body, ['queries', 'tie_breaker', 'boost']);
      const queries = asList(options['queries']).map((child) => matchesOf(collection, child));
      return timesBoost(best(queries, asNumber(options['tie_breaker'], 0)), options);
    }
    case 'script':
      return script(collection, body);
    case 'script_score':
      return scriptScore(collection, body);
    case 'term':
      return term(collection, body);
    case 'terms':
      return terms(collection, body);
    case 'range':
      return range(collection, body);
    case 'prefix':
      return prefix(collection, body);
    case 'wildcard':
      return wildcard(collection, body);
    case 'regexp':
      return regexp(collection, body);
    case 'fuzzy':
      return fuzzy(collection, body);
    case 'exists':
      return exists(collection, body);
    case 'ids': {
      const options = asObject(body, ['values', 'boost']);
      const keys = asList(options['values']);
      return timesBoost(
        where(collection, (document) => keys.includes(document.key)),
        options,
      );
    }
    case 'bool':
      return bool(collection, body);
    default:
      throw new Error(`the oracle does not know the clause ${clause}`);
  }
}

function script(collection: Collection, body: Json): Matches {
  const options = asObject(body, ['script', 'boost']);
  const valueOfScript = scriptOf(collection, options['script']!);
  const found = where(collection, (document) => Boolean(valueOfScript(document, NaN)));
  return timesBoost(found, options);
}

/** What is no number from 0 on scores 0. */
function scriptScore(collection: Collection, body: Json): Matches {
  const options = asObject(body, ['query', 'script', 'boost']);
  const valueOfScript = scriptOf(collection, options['script']!);
  const scored = [...matchesOf(collection, options['query']!)].map(([document, score]) => {
    const value = valueOfScript(document, score);
    return [document, Number.isFinite(value) ? Math.max(0, value) : 0] as const;
  });
  return timesBoost(new Map(scored), options);
}

function scriptOf(collection: Collection, json: Json): (document: StoredDocument, score: number) => number {
  const { source, params } = asObject(json, ['source', 'params', 'lang']);
  const { a } = asObject(params, ['a']);
  const { meaning, field: name } = meaningOf(asText(source));
  const field = fieldNamed(collection.schema, name);
  return (document, score) => meaning(valuesOf(document, field).map(Number), asNumber(a, NaN), score);
}

/** Documents that satisfy a condition, each with score 1. */
function where(collection: Collection, condition: (document: StoredDocument) => boolean): Matches {
  return new Map(collection.documents.filter(condition).map((document) => [document, 1]));
}

/** `{"field": operand}` or `{"field": {"<name>": operand, ...}}`. */
function operandOf(
  body: Json,
  name: string,
  options: readonly string[] = [],
): { field: string; operand: Json | undefined; long: JsonObject } {
  const [field, value] = onlyEntry(body);
  if (!isObject(value)) return { field, operand: value, long: {} };
  const long = asObject(value, [name, ...options, 'boost']);
  return { field, operand: long[name], long };
}

/** Scores times the clause's `boost`. */
function timesBoost(matches: Matches, options: JsonObject): Matches {
  const boost = asNumber(options['boost'], 1);
  return new Map([...matches].map(([document, score]) => [document, boost * score]));
}

/** How many of so many clauses `minimum_should_match` asks for. */
function neededOf(asked: Json, count: number): number {
  const text = typeof asked === 'number' ? String(asked) : asText(asked);
  if (text.includes('<')) {
    const conditions = text.split(' ').map((one) => one.split('<') as [string, string]);
    const below = conditions.filter(([above]) => Number(above) < count).toSorted((a, b) => Number(b[0]) - Number(a[0]));
    return below[0] === undefined ? count : neededOf(below[0][1], count);
  }
  if (!text.endsWith('%')) return text.startsWith('-') ? Math.max(0, count + Number(text)) : Number(text);
  const part = Math.floor((count * Math.abs(Number.parseInt(text, 10))) / 100);
  return text.startsWith('-') ? count - part : part;
}

/** Documents of any clause with the best score, and a share of the rest. */
function best(clauses: readonly Matches[], tieBreaker: number): Matches {
  const documents = new Set(clauses.flatMap((clause) => [...clause.keys()]));
  return new Map(
    [...documents].map((document) => {
      const scores = clauses.flatMap((clause) => clause.get(document) ?? []);
      const most = Math.max(...scores);
      return [document, most + tieBreaker * (scores.reduce((sum, score) => sum + score, 0) - most)];
    }),
  );
}

function match(collection: Collection, body: Json): Matches {
  const { field, operand, long } = operandOf(body, 'query', [
    'operator',
    'minimum_should_match',
    'fuzziness',
    'zero_terms_query',
  ]);
  return timesBoost(matchIn(collection, field, operand, long), long);
}

/** Text matched in one field. */
function matchIn(collection: Collection, name: string, operand: Json | undefined, options: JsonObject): Matches {
  const { operator, minimum_should_match: minimum, fuzziness } = options;
  const field = fieldNamed(collection.schema, name);
  if (!isAnalyzed(field)) return exactly(collection, name, operand);
  const words = wordsOf(field, asText(operand));
  const found = [...new Set(words)].map((word) => {
    const exact = holdingTerm(collection, name, word);
    const edits = editsOf(fuzziness ?? 0, word);
    const matches = edits === 0 ? exact : best([exact, near(collection, field, word, edits)], 0);
    return timesBoost(matches, { boost: words.filter((other) => other === word).length });
  });
  if (found.length === 0) return withoutWords(collection, options);
  return combined(found, operator, minimum);
}

/** What a text asks for that has no words. */
function withoutWords(collection: Collection, options: JsonObject): Matches {
  return options['zero_terms_query'] === 'all' ? where(collection, () => true) : new Map();
}

/** Documents of any, enough or all of some words. */
function combined(found: readonly Matches[], operator: Json | undefined, minimum: Json | undefined): Matches {
  if (operator !== undefined && operator !== 'and' && operator !== 'or') throw new Error('the oracle knows and, or');
  if (operator === 'and') return sumWhereAll(found);
  const needed = Math.max(1, minimum === undefined ? 1 : neededOf(minimum, found.length));
  const enough = ([document]: [StoredDocument, number]): boolean =>
    found.filter((clause) => clause.has(document)).length >= needed;
  return new Map([...sumWhereAny(found)].filter(enough));
}

/** Words of which the last is only begun. */
function begunIn(collection: Collection, name: string, operand: Json | undefined, options: JsonObject): Matches {
  const { operator, minimum_should_match: minimum, fuzziness } = options;
  const field = fieldNamed(collection.schema, name);
  const words = isAnalyzed(field) ? wordsOf(field, asText(operand)) : [asText(operand)];
  if (words.length === 0) return withoutWords(collection, options);
  const found = words.map((word, i) => {
    if (i === words.length - 1) return beginning(collection, field, word);
    const exact = holdingTerm(collection, name, word);
    const edits = editsOf(fuzziness ?? 0, word);
    return edits === 0 ? exact : best([exact, near(collection, field, word, edits)], 0);
  });
  return combined(found, operator, minimum);
}

/** Documents with a term that begins so. */
function beginning(collection: Collection, field: IndexedField, word: string): Matches {
  return where(collection, (document) => termsOf(document, field).some((held) => held.startsWith(word)));
}

/** Each word in any of the fields; those that are analysed alike are one, and of several such the best counts. */
function crossFields(collection: Collection, options: JsonObject): Matches {
  const fields = asList(options['fields']).map((text) => {
    const [name, boost = '1'] = asText(text).split('^');
    return { field: fieldNamed(collection.schema, name!), boost };
  });
  const tieBreaker = asNumber(options['tie_breaker'], 0);
  const kindOf = ({ kind, analyzer }: IndexedField): string => JSON.stringify([kind, analyzer]);
  const groups = [...new Set(fields.map(({ field }) => kindOf(field)))].map((kind) => {
    const group = fields.filter(({ field }) => kindOf(field) === kind);
    const text = asText(options['query']);
    const words = isAnalyzed(group[0]!.field) ? wordsOf(group[0]!.field, text) : [text];
    const found = [...new Set(words)].map((word) => {
      const held = group.map(({ field, boost }) =>
        timesBoost(holdingTerm(collection, field.name, word), { boost: Number(boost) }),
      );
      return timesBoost(best(held, tieBreaker), { boost: words.filter((other) => other === word).length });
    });
    return found.length === 0 ? new Map() : combined(found, options['operator'], options['minimum_should_match']);
  });
  return best(groups, tieBreaker);
}

function multiMatch(collection: Collection, body: Json): Matches {
  const ofWords = ['operator', 'minimum_should_match', 'fuzziness', 'slop'];
  const options = asObject(body, ['query', 'fields', 'type', 'tie_breaker', 'boost', ...ofWords]);
  const type = asText(options['type'] ?? 'best_fields');
  if (type === 'cross_fields') return timesBoost(crossFields(collection, options), options);
  const found = asList(options['fields']).map((text) => {
    const [name, boost = '1'] = asText(text).split('^');
    const inField = type === 'phrase' ? phraseIn : type === 'bool_prefix' ? begunIn : matchIn;
    return timesBoost(inField(collection, name!, options['query'], options), { boost: Number(boost) });
  });
  const tieBreaker = asNumber(options['tie_breaker'], type === 'bool_prefix' ? 1 : 0);
  const matches = type === 'most_fields' ? sumWhereAny(found) : best(found, tieBreaker);
  return timesBoost(matches, options);
}

function term(collection: Collection, body: Json): Matches {
  const { field, operand, long } = operandOf(body, 'value', ['case_insensitive']);
  if (long['case_insensitive'] !== true) return timesBoost(exactly(collection, field, operand), long);
  return timesBoost(inAnyCase(collection, fieldNamed(collection.schema, field), RegExp.escape(asText(operand))), long);
}

/** Documents with a term that an expression matches in any case. */
function inAnyCase(collection: Collection, field: IndexedField, expression: string): Matches {
  const wanted = new RegExp(`^${expression}$`, 'siu');
  return where(collection, (document) => termsOf(document, field).some((held) => wanted.test(held)));
}

/** Documents with exactly this value: by relevance where the field holds terms. */
function exactly(collection: Collection, name: string, operand: Json | undefined): Matches {
  const field = fieldNamed(collection.schema, name);
  if (!factsOf(field.kind).scoresOne) return holdingTerm(collection, name, String(valueOf(field.kind, operand)));
  const wanted = betweenOf(field.kind, operand);
  return where(collection, (document) => valuesOf(document, field).some((value) => isBetween(value, wanted)));
}

function terms(collection: Collection, body: Json): Matches {
  const [name, operands] = onlyEntry(body);
  const field = fieldNamed(collection.schema, name);
  const wanted = asList(operands).map((operand) => betweenOf(field.kind, operand));
  return where(collection, (document) => {
    const held: (number | string)[] = isAnalyzed(field) ? termsOf(document, field) : valuesOf(document, field);
    return held.some((value) => wanted.some((one) => isBetween(value, one)));
  });
}

function range(collection: Collection, body: Json): Matches {
  const [name, bounds] = onlyEntry(body);
  const field = fieldNamed(collection.schema, name);
  if (isAnalyzed(field)) throw new Error('the oracle has no range of a text');
  const tests: Readonly<Record<string, (value: number | string, bound: Between) => boolean>> = {
    gt: (value, { last }) => compareValues(value, last) > 0,
    gte: (value, { first }) => compareValues(value, first) >= 0,
    lt: (value, { first }) => compareValues(value, first) < 0,
    lte: (value, { last }) => compareValues(value, last) <= 0,
  };
  const options = asObject(bounds, [...Object.keys(tests), 'boost', 'time_zone', 'format']);
  const conditions = Object.entries(options).filter(([relation]) => Object.hasOwn(tests, relation));
  const { time_zone: zone, format } = options;
  const boundOf = (bound: Json): Between =>
    zone === undefined ? betweenOf(field.kind, bound) : datesOf(bound, asText(zone), format !== undefined);
  const found = where(collection, (document) =>
    valuesOf(document, field).some((value) =>
      conditions.every(([relation, bound]) => tests[relation]!(value, boundOf(bound))),
    ),
  );
  return timesBoost(found, options);
}

function prefix(collection: Collection, body: Json): Matches {
  const { field: name, operand, long } = operandOf(body, 'value', ['case_insensitive']);
  const field = fieldNamed(collection.schema, name);
  if (isNumeric(field.kind)) throw new Error('the oracle has no prefix of a number');
  if (long['case_insensitive'] === true) {
    return timesBoost(inAnyCase(collection, field, `${RegExp.escape(asText(operand))}.*`), long);
  }
  const begins = (held: string): boolean => held.startsWith(asText(operand));
  return timesBoost(
    where(collection, (document) => termsOf(document, field).some(begins)),
    long,
  );
}

function wildcard(collection: Collection, body: Json): Matches {
  const { field: name, operand, long } = operandOf(body, 'value', ['case_insensitive']);
  const field = fieldNamed(collection.schema, name);
  if (isNumeric(field.kind)) throw new Error('the oracle has no pattern of a number');
  const pieces = asText(operand).match(/\\[\s\S]|[\s\S]/gu) ?? [];
  const meaning = pieces.map((piece) => {
    if (piece === '*') return '.*';
    return piece === '?' ? '.' : RegExp.escape(piece.length > 1 && piece.startsWith('\\') ? piece.slice(1) : piece);
  });
  const expression = new RegExp(`^${meaning.join('')}$`, long['case_insensitive'] === true ? 'siu' : 'su');
  const found = where(collection, (document) => termsOf(document, field).some((held) => expression.test(held)));
  return timesBoost(found, long);
}

/** By JavaScript's expressions; of `&` and `~` only those that are not inside anything else. */
function regexp(collection: Collection, body: Json): Matches {
  const { field: name, operand, long } = operandOf(body, 'value', ['flags', 'case_insensitive']);
  const field = fieldNamed(collection.schema, name);
  if (isNumeric(field.kind)) throw new Error('the oracle has no pattern of a number');
  const hasOperators = (long['flags'] ?? 'ALL') !== 'NONE';
  const flags = long['case_insensitive'] === true ? 'siu' : 'su';
  // What both sides of a & match is what each of them matches.
  const sides = hasOperators ? (asText(operand).match(/(?:\\[^]|[^&\\])+/gu) ?? ['']) : [asText(operand)];
  const conditions = sides.map((side) => {
    const negated = hasOperators ? /^~\(([^]*)\)$/.exec(side)?.[1] : undefined;
    const expression = new RegExp(`^(?:${expressionOf(negated ?? side, hasOperators)})$`, flags);
    return (held: string): boolean => expression.test(held) === (negated === undefined);
  });
  const found = where(collection, (document) =>
    termsOf(document, field).some((held) => conditions.every((condition) => condition(held))),
  );
  return timesBoost(found, long);
}

/** A pattern as JavaScript writes it: characters as code points, so that they mean nothing else there. */
function expressionOf(pattern: string, hasOperators: boolean): string {
  const pieces = pattern.match(/\\[^]|<\d+-\d+>|\[[^\]]*\]|\{[\d,]*\}|[^]/gu) ?? [];
  return pieces
    .map((piece) => {
      const interval = hasOperators ? /^<(\d+)-(\d+)>$/.exec(piece) : null;
      if (interval !== null) return `0*(?:${numbersBetween(Number(interval[1]), Number(interval[2])).join('|')})`;
      if (piece === '@' && hasOperators) return '[^]*';
      if (piece === '#' && hasOperators) return '[]';
      if (/^(?:[.*+?|()]|\[[^]*\]|\{[^]*\})$/u.test(piece)) return piece;
      const characters = Array.from(piece.startsWith('\\') && piece.length > 1 ? piece.slice(1) : piece);
      return characters.map((character) => `\\u{${character.codePointAt(0)!.toString(16)}}`).join('');
    })
    .join('');
}

function numbersBetween(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}

/** How many edits `fuzziness` allows a word. */
function editsOf(fuzziness: Json, word: string): number {
  if (fuzziness !== 'AUTO') return Number(fuzziness);
  const { length } = Array.from(word);
  return length < 3 ? 0 : length < 6 ? 1 : 2;
}

function fuzzy(collection: Collection, body: Json): Matches {
  const { field: name, operand, long } = operandOf(body, 'value', ['fuzziness', 'prefix_length']);
  const field = fieldNamed(collection.schema, name);
  if (isNumeric(field.kind)) throw new Error('the oracle has no misspelt numbers');
  const word = asText(operand);
  const edits = editsOf(long['fuzziness'] ?? 'AUTO', word);
  return timesBoost(near(collection, field, word, edits, asNumber(long['prefix_length'], 0)), long);
}

/**
 * Documents with a term that is near, by BM25 as if all these were one term. A term that is one edit away counts as half
 * an occurrence, two edits as a quarter; in a keyword field only the nearest counts.
 */
function near(collection: Collection, field: IndexedField, word: string, edits: number, fixed = 0): Matches {
  const wanted = Array.from(word);
  const worthOf = (held: string): number => {
    const characters = Array.from(held);
    if (!wanted.slice(0, fixed).every((character, at) => characters[at] === character)) return 0;
    const away = distance(characters, wanted);
    return away > edits ? 0 : 0.5 ** away;
  };
  const all = collection.documents.map((document) => ({ document, held: termsOf(document, field) }));
  const having = all.filter(({ held }) => held.length > 0);
  const holding = having.filter(({ held }) => held.some((one) => worthOf(one) > 0));
  const averageLength = having.reduce((sum, { held }) => sum + held.length, 0) / having.length;
  const idf = Math.log(1 + (having.length - holding.length + 0.5) / (holding.length + 0.5));
  const { k1, b } = field.bm25 ?? { k1: 1.2, b: 0.75 };
  return new Map(
    holding.map(({ document, held }) => {
      const worths = held.map(worthOf);
      const isText = isAnalyzed(field);
      const frequency = isText ? worths.reduce((sum, worth) => sum + worth, 0) : Math.max(...worths);
      const saturation = isText ? k1 * (1 - b + (b * countedLength(held.length)) / averageLength) : 1.2;
      return [document, (idf * frequency) / (frequency + saturation)];
    }),
  );
}

/** Characters to insert, leave out, replace or swap with their neighbour, none twice. */
function distance(a: readonly string[], b: readonly string[]): number {
  const table = Array.from({ length: a.length + 1 }, (_, i) =>
    Array.from({ length: b.length + 1 }, (__, j) => (i === 0 ? j : j === 0 ? i : 0)),
  );
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const ways = [
        table[i - 1]![j]! + 1,
        table[i]![j - 1]! + 1,
        table[i - 1]![j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1),
      ];
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) ways.push(table[i - 2]![j - 2]! + 1);
      table[i]![j] = Math.min(...ways);
    }
  }
  return table[a.length]![b.length]!;
}

function exists(collection: Collection, body: Json): Matches {
  const options = asObject(body, ['field', 'boost']);
  const field = fieldNamed(collection.schema, asText(options['field']));
  return timesBoost(
    where(collection, (document) => valuesOf(document, field).length > 0),
    options,
  );
}

/**
 * Documents that hold a term, by BM25: idf × tf / (tf + k1 × (1 − b + b × length / average length)), where k1
 * is 1.2 and b 0.75 unless the schema says otherwise,
 * idf = ln(1 + (N − n + 0.5) / (n + 0.5)), N documents have a term in the field and n of them hold this one. In a
 * keyword field tf and length count as one occurrence in a field of average length: idf / (1 + 1.2).
 */
function holdingTerm(collection: Collection, name: string, word: string): Matches {
  return ranked(collection, fieldNamed(collection.schema, name), {
    words: [word],
    matches: (_, held) => held.includes(word),
    frequencyOf: (_, held) => held.filter((other) => other === word).length,
  });
}

interface Ranked {
  readonly words: readonly string[];
  readonly matches: (document: StoredDocument, held: readonly string[]) => boolean;
  readonly frequencyOf: (document: StoredDocument, held: readonly string[]) => number;
}

function ranked(collection: Collection, field: IndexedField, { words, matches, frequencyOf }: Ranked): Matches {
  const { k1, b } = field.bm25 ?? { k1: 1.2, b: 0.75 };
  const all = collection.documents.map((document) => ({ document, held: termsOf(document, field) }));
  const having = all.filter(({ held }) => held.length > 0);
  const holding = having.filter(({ document, held }) => matches(document, held));
  const averageLength = having.reduce((sum, { held }) => sum + held.length, 0) / having.length;
  const idf = words.reduce((sum, word) => sum + idfOf(word, having), 0);
  return new Map(
    holding.map(({ document, held }) => {
      if (!isAnalyzed(field)) return [document, idf / 2.2];
      const frequency = frequencyOf(document, held);
      const saturation = k1 * (1 - b + (b * countedLength(held.length)) / averageLength);
      return [document, (idf * frequency) / (frequency + saturation)];
    }),
  );
}

/** Inverse document frequency of a word. */
function idfOf(word: string, having: readonly { readonly held: readonly string[] }[]): number {
  const count = having.filter(({ held }) => held.includes(word)).length;
  return Math.log(1 + (having.length - count + 0.5) / (count + 0.5));
}

/**
 * Documents that hold a phrase: as for a term, the frequency being that of the phrase and the idf the sum over its words.
 * With slop only which documents match is known here, not how they score.
 */
function matchPhrase(collection: Collection, body: Json): Matches {
  const { field, operand, long } = operandOf(body, 'query', ['slop', 'zero_terms_query']);
  return timesBoost(phraseIn(collection, field, operand, long), long);
}

function phraseIn(collection: Collection, name: string, operand: Json | undefined, long: JsonObject): Matches {
  const field = fieldNamed(collection.schema, name);
  if (!isAnalyzed(field)) return exactly(collection, name, operand);
  const words = positionedWords(field, asText(operand));
  if (words.length === 0) return withoutWords(collection, long);
  if (words.length === 1) return holdingTerm(collection, name, words[0]![0]);
  const slop = asNumber(long['slop'], 0);
  if (slop > 0) return where(collection, (document) => spread(placesOf(document, field), words) <= slop);
  const frequencyOf = (document: StoredDocument): number => {
    const places = placesOf(document, field);
    const stands = (start: number): boolean =>
      words.every(([word, position]) => places.get(start + position - words[0]![1]) === word);
    return [...places.keys()].filter(stands).length;
  };
  const matches = (document: StoredDocument): boolean => frequencyOf(document) > 0;
  const ranking = { words: words.map(([word]) => word), matches, frequencyOf };
  return ranked(collection, field, ranking);
}

/** The least by which the words of a phrase, each somewhere, disagree about where it begins. */
function spread(places: ReadonlyMap<number, string>, words: readonly (readonly [string, number])[]): number {
  let ways: { readonly low: number; readonly high: number }[] = [{ low: Infinity, high: -Infinity }];
  for (const [word, position] of words) {
    const starts = [...places].filter(([, held]) => held === word).map(([place]) => place - position);
    ways = ways.flatMap(({ low, high }) =>
      starts.map((start) => ({ low: Math.min(low, start), high: Math.max(high, start) })),
    );
  }
  return Math.min(Infinity, ...ways.map(({ low, high }) => high - low));
}

/**
 * The length that a document counts with: exact up to 40; of what a longer one has above 24 only the four leading
 * binary digits are kept.
 */
function countedLength(length: number): number {
  if (length <= 40) return length;
  const digits = (length - 24).toString(2);
  return 24 + Number.parseInt(digits.slice(0, 4).padEnd(digits.length, '0'), 2);
}

function bool(collection: Collection, json: Json): Matches {
  const body = asObject(json, ['must', 'should', 'filter', 'must_not', 'minimum_should_match', 'boost']);
  const read = (name: string): Matches[] => asList(body[name]).map((clause) => matchesOf(collection, clause));
  const must = read('must');
  const should = read('should');
  const filter = read('filter');
  const mustNot = read('must_not');
  const required = must.length + filter.length > 0;
  const result = new Map<StoredDocument, number>();
  for (const document of collection.documents) {
    const holds = (clause: Matches): boolean => clause.has(document);
    if (!must.every(holds) || !filter.every(holds) || mustNot.some(holds)) continue;
    const asked = body['minimum_should_match'];
    const needed = asked === undefined ? 0 : neededOf(asked, should.length);
    if (should.filter(holds).length < Math.max(needed, !required && should.length > 0 ? 1 : 0)) continue;
    result.set(document, sumOf(document, [...must, ...should]));
  }
  return timesBoost(result, body);
}

function sumWhereAny(clauses: readonly Matches[]): Matches {
  const documents = new Set(clauses.flatMap((clause) => [...clause.keys()]));
  return new Map([...documents].map((document) => [document, sumOf(document, clauses)]));
}

function sumWhereAll(clauses: readonly Matches[]): Matches {
  const documents = [...clauses[0]!.keys()].filter((document) => clauses.every((clause) => clause.has(document)));
  return new Map(documents.map((document) => [document, sumOf(document, clauses)]));
}

function sumOf(document: StoredDocument, clauses: readonly Matches[]): number {
  return clauses.reduce((sum, clause) => sum + (clause.get(document) ?? 0), 0);
}
