/**
 * The query clauses, straight from the JSON a caller sends. A clause is answered for all documents at once, as a map
 * from each matching document to its score: neither the order of evaluation nor any structure of the engine is shared.
 */
import { type Collection, compareValues, fieldNamed, isNumeric, type StoredDocument } from './collection.ts';
import { termsOf, valueOf, valuesOf, wordsOf } from './collection.ts';
import { asList, asObject, asText, isObject, type Json, onlyEntry } from './json.ts';

/** The documents that match, with their scores. */
export type Matches = ReadonlyMap<StoredDocument, number>;

/** @throws Error for a clause or property the oracle does not know */
export function matchesOf(collection: Collection, query: Json): Matches {
  const [clause, body] = onlyEntry(query);
  switch (clause) {
    case 'match_all':
      asObject(body, []);
      return where(collection, () => true);
    case 'match':
      return match(collection, body);
    case 'term':
      return term(collection, body);
    case 'terms':
      return terms(collection, body);
    case 'range':
      return range(collection, body);
    case 'prefix':
      return prefix(collection, body);
    case 'exists':
      return exists(collection, body);
    case 'ids': {
      const keys = asList(asObject(body, ['values'])['values']);
      return where(collection, (document) => keys.includes(document.key));
    }
    case 'bool':
      return bool(collection, body);
    default:
      throw new Error(`the oracle does not know the clause ${clause}`);
  }
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
): { field: string; operand: Json | undefined; operator: Json | undefined } {
  const [field, value] = onlyEntry(body);
  if (!isObject(value)) return { field, operand: value, operator: undefined };
  const long = asObject(value, [name, ...options]);
  return { field, operand: long[name], operator: long['operator'] };
}

function match(collection: Collection, body: Json): Matches {
  const { field: name, operand, operator } = operandOf(body, 'query', ['operator']);
  const field = fieldNamed(collection.schema, name);
  if (field.kind !== 'text') return exactly(collection, name, operand);
  const found = [...new Set(wordsOf(field, asText(operand)))].map((word) => holdingTerm(collection, name, word));
  if (found.length === 0) return new Map();
  if (operator !== undefined && operator !== 'and' && operator !== 'or') throw new Error('the oracle knows and, or');
  return operator === 'and' ? sumWhereAll(found) : sumWhereAny(found);
}

function term(collection: Collection, body: Json): Matches {
  const { field, operand } = operandOf(body, 'value');
  return exactly(collection, field, operand);
}

/** Documents with exactly this value: by relevance where the field holds terms, score 1 where it holds numbers. */
function exactly(collection: Collection, name: string, operand: Json | undefined): Matches {
  const field = fieldNamed(collection.schema, name);
  const value = valueOf(field.kind, operand);
  if (typeof value === 'string') return holdingTerm(collection, name, value);
  return where(collection, (document) => valuesOf(document, field).includes(value));
}

function terms(collection: Collection, body: Json): Matches {
  const [name, operands] = onlyEntry(body);
  const field = fieldNamed(collection.schema, name);
  const values = asList(operands).map((operand) => valueOf(field.kind, operand));
  return where(collection, (document) => {
    const held: (number | string)[] = isNumeric(field.kind) ? valuesOf(document, field) : termsOf(document, field);
    return held.some((value) => values.includes(value));
  });
}

function range(collection: Collection, body: Json): Matches {
  const [name, bounds] = onlyEntry(body);
  const field = fieldNamed(collection.schema, name);
  if (field.kind === 'text') throw new Error('the oracle has no range of a text');
  const tests: Readonly<Record<string, (order: number) => boolean>> = {
    gt: (order) => order > 0,
    gte: (order) => order >= 0,
    lt: (order) => order < 0,
    lte: (order) => order <= 0,
  };
  const conditions = Object.entries(asObject(bounds, Object.keys(tests)));
  return where(collection, (document) =>
    valuesOf(document, field).some((value) =>
      conditions.every(([relation, bound]) => tests[relation]!(compareValues(value, valueOf(field.kind, bound)))),
    ),
  );
}

function prefix(collection: Collection, body: Json): Matches {
  const { field: name, operand } = operandOf(body, 'value');
  const field = fieldNamed(collection.schema, name);
  if (isNumeric(field.kind)) throw new Error('the oracle has no prefix of a number');
  return where(collection, (document) => termsOf(document, field).some((held) => held.startsWith(asText(operand))));
}

function exists(collection: Collection, body: Json): Matches {
  const field = fieldNamed(collection.schema, asText(asObject(body, ['field'])['field']));
  return where(collection, (document) => valuesOf(document, field).length > 0);
}

/**
 * Documents that hold a term, by BM25: idf × tf / (tf + 1.2 × (1 − 0.75 + 0.75 × length / average length)), where
 * idf = ln(1 + (N − n + 0.5) / (n + 0.5)), N documents have a term in the field and n of them hold this one. In a
 * keyword field tf and length count as one occurrence in a field of average length: idf / (1 + 1.2).
 */
function holdingTerm(collection: Collection, name: string, word: string): Matches {
  const field = fieldNamed(collection.schema, name);
  const all = collection.documents.map((document) => ({ document, held: termsOf(document, field) }));
  const having = all.filter(({ held }) => held.length > 0);
  const holding = having.filter(({ held }) => held.includes(word));
  const averageLength = having.reduce((sum, { held }) => sum + held.length, 0) / having.length;
  const idf = Math.log(1 + (having.length - holding.length + 0.5) / (holding.length + 0.5));
  return new Map(
    holding.map(({ document, held }) => {
      if (field.kind === 'keyword') return [document, idf / 2.2];
      const frequency = held.filter((other) => other === word).length;
      const saturation = 1.2 * (0.25 + (0.75 * countedLength(held.length)) / averageLength);
      return [document, (idf * frequency) / (frequency + saturation)];
    }),
  );
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
  const body = asObject(json, ['must', 'should', 'filter', 'must_not']);
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
    if (!required && should.length > 0 && !should.some(holds)) continue;
    result.set(document, sumOf(document, [...must, ...should]));
  }
  return result;
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
