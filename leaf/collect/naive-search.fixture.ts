/** Searches by reading every document: the slow twin of SearchRun. */
import { analyze } from '../../shared/analysis/standard.ts';
import type { Query, QueryOf } from '../../shared/query/query.ts';
import { bm25, inverseDocumentFrequency, keywordScore } from '../../shared/ranking/bm25.ts';
import { compareStrings } from '../../shared/ranking/order.ts';
import type { SortKey, SortValue } from '../../shared/ranking/order.ts';
import { definitionOf } from '../../shared/schema/kinds/field-kinds.ts';
import type { Layout } from '../../shared/schema/layouts.ts';
import { readValue } from '../../shared/schema/values.ts';
import { naivePhraseFrequency } from './naive-phrase.fixture.ts';
import { fields } from '../segment/random-documents.fixture.ts';

export interface NaiveDocument {
  readonly shard: number;
  readonly offset: number;
  readonly key: string;
  readonly values: ReadonlyMap<string, readonly (string | number)[]>;
  /** The JSON it was made of. */
  readonly source: string;
  /** Where it was found by a query. */
  readonly score?: number;
}

function valuesAt(value: unknown, path: readonly string[]): unknown[] {
  if (Array.isArray(value)) return value.flatMap((item) => valuesAt(item, path));
  if (path.length === 0) return value === null || value === undefined ? [] : [value];
  if (typeof value !== 'object' || value === null) return [];
  return valuesAt((value as Record<string, unknown>)[path[0]!], path.slice(1));
}

export function naiveDocument(
  place: { shard: number; offset: number; key: string },
  source: Uint8Array,
): NaiveDocument {
  const parsed: unknown = JSON.parse(Buffer.from(source).toString());
  const values = new Map<string, (string | number)[]>();
  for (const { name, path, kind } of fields) {
    const read = valuesAt(parsed, path.split('.')).map((value) => readValue(kind, value));
    values.set(
      name,
      read.flatMap((reading) => (reading.kind === 'wrong' ? [] : [reading.value])),
    );
  }
  return { ...place, values, source: Buffer.from(source).toString() };
}

export const valuesOf = (document: NaiveDocument, field: string): readonly (string | number)[] =>
  document.values.get(field) ?? [];

function layoutOf(field: string): Layout | undefined {
  const found = fields.find(({ name }) => name === field);
  return found === undefined ? undefined : definitionOf(found.kind).layout;
}

function termsOf(document: NaiveDocument, field: string): readonly string[] {
  const values = valuesOf(document, field).map(String);
  return layoutOf(field) === 'text' ? values.flatMap(analyze) : values;
}

type Fuzzy = Extract<Query, { kind: 'fuzzy' }>;

function isNear(term: string, query: Fuzzy): boolean {
  const [a, b] = [Array.from(term), Array.from(query.term)];
  const begins = b.slice(0, query.prefixLength).every((character, at) => a[at] === character);
  return begins && editsBetween(a, b, query.edits) <= query.edits;
}

/** By trying all edits; `most` + 1 for more. */
function editsBetween(a: readonly string[], b: readonly string[], most: number): number {
  if (a.length === 0 || b.length === 0) return a.length + b.length;
  const rest = editsBetween(a.slice(1), b.slice(1), most);
  if (a[0] === b[0] && rest <= most) return rest;
  if (most === 0) return 1;
  const tries = [rest, editsBetween(a.slice(1), b, most - 1), editsBetween(a, b.slice(1), most - 1)];
  if (a[0] === b[1] && a[1] === b[0] && a.length > 1) tries.push(editsBetween(a.slice(2), b.slice(2), most - 1));
  return 1 + Math.min(...tries);
}

type Range = Extract<Query, { kind: 'numberRange' | 'keywordRange' }>;

function inRange(value: string | number, range: Range): boolean {
  const compare = (bound: string | number): number =>
    typeof value === 'number' && typeof bound === 'number'
      ? value - bound
      : compareStrings(String(value), String(bound));
  if (range.low !== undefined && !(compare(range.low) > 0 || (range.lowInclusive && compare(range.low) === 0)))
    return false;
  return range.high === undefined || compare(range.high) < 0 || (range.highInclusive && compare(range.high) === 0);
}

export function naiveMatches(document: NaiveDocument, query: Query): boolean {
  switch (query.kind) {
    case 'all':
      return true;
    case 'none':
      return false;
    case 'term':
      return termsOf(document, query.field).includes(query.term);
    case 'keywords':
      return termsOf(document, query.field).some((term) => query.terms.includes(term));
    case 'numbers':
      return valuesOf(document, query.field).some((value) => query.values.includes(Number(value)));
    case 'numberRange':
    case 'keywordRange':
      return valuesOf(document, query.field).some((value) => inRange(value, query));
    case 'prefix':
      return termsOf(document, query.field).some((term) => term.startsWith(query.prefix));
    case 'wildcard': {
      // Patterns of the fixtures have neither escapes nor characters that mean something in an expression.
      const expression = new RegExp(`^${query.pattern.replaceAll('*', '.*').replaceAll('?', '.')}$`, 'su');
      return termsOf(document, query.field).some((term) => expression.test(term));
    }
    case 'regexp': {
      // Patterns of the fixtures mean the same to JavaScript.
      const expression = new RegExp(`^(?:${query.pattern})$`, query.isCaseInsensitive ? 'siu' : 'su');
      return termsOf(document, query.field).some((term) => expression.test(term));
    }
    case 'fuzzy':
      return termsOf(document, query.field).some((term) => isNear(term, query));
    case 'phrase':
      return phraseFrequency(document, query) > 0;
    case 'exists':
      return valuesOf(document, query.field).length > 0;
    case 'ids':
      return query.keys.includes(document.key);
    case 'bool': {
      const { must, filter, should, mustNot } = query;
      const matches = (child: Query): boolean => naiveMatches(document, child);
      const needed = Math.max(
        query.minimumShouldMatch ?? 0,
        must.length + filter.length === 0 && should.length > 0 ? 1 : 0,
      );
      const enough = should.filter(matches).length >= needed;
      return [...must, ...filter].every(matches) && !mustNot.some(matches) && enough;
    }
    case 'boosted':
    case 'constantScore':
    case 'scriptScore':
      return naiveMatches(document, query.query);
    case 'script':
      return naiveScript(document, query.script.source, query.script.params, 0) !== 0;
    case 'boosting':
      return naiveMatches(document, query.positive);
    case 'disMax':
      return query.queries.some((child) => naiveMatches(document, child));
  }
}

/** What a length counts as: at most four significant bits of what is above 24 stay. */
function shownLength(length: number): number {
  if (length < 40) return length;
  const unit = 2 ** (Math.floor(Math.log2(length - 24)) - 3);
  return 24 + Math.floor((length - 24) / unit) * unit;
}

function phraseFrequency(document: NaiveDocument, query: Extract<Query, { kind: 'phrase' }>): number {
  if (layoutOf(query.field) !== 'text') return 0;
  return naivePhraseFrequency(valuesOf(document, query.field).map(String), query);
}

/** @param all every live document of the collection */
export function naiveScore(all: readonly NaiveDocument[], document: NaiveDocument, query: Query): number {
  switch (query.kind) {
    case 'bool': {
      let sum = 0;
      for (const child of [...query.must, ...query.should]) {
        if (naiveMatches(document, child)) sum += naiveScore(all, document, child);
      }
      return sum;
    }
    case 'boosted':
      return query.boost * naiveScore(all, document, query.query);
    case 'boosting': {
      const score = naiveScore(all, document, query.positive);
      return naiveMatches(document, query.negative) ? score * query.negativeBoost : score;
    }
    case 'constantScore':
      return query.score;
    case 'scriptScore': {
      const { source, params } = query.script;
      return Math.max(0, naiveScript(document, source, params, naiveScore(all, document, query.query)));
    }
    case 'disMax': {
      const matching = query.queries.filter((child) => naiveMatches(document, child));
      const scores = matching.map((child) => naiveScore(all, document, child));
      // In this order of sums, as the engine: scores are compared to the last bit.
      const most = Math.max(...scores);
      return most + query.tieBreaker * (scores.reduce((sum, score) => sum + score, 0) - most);
    }
    case 'fuzzy':
      return fuzzyScore(all, document, query);
    case 'term':
    case 'phrase':
      return termScore(all, document, query);
    case 'all':
    case 'none':
    case 'keywords':
    case 'numbers':
    case 'numberRange':
    case 'keywordRange':
    case 'prefix':
    case 'wildcard':
    case 'regexp':
    case 'exists':
    case 'ids':
    case 'script':
      return 1;
  }
}

/** The scripts of the fixtures, which read one field; 0 for what is no number, or no finite one. */
function naiveScript(
  document: NaiveDocument,
  source: string,
  params: Readonly<Record<string, number>>,
  score: number,
): number {
  const field = /doc\['([^']*)'\]/.exec(source)?.[1] ?? '';
  const held = valuesOf(document, field);
  const least = Math.min(...held.map(Number));
  const meanings: Readonly<Record<string, number>> = {
    'doc[F].value > params.a': held.length > 0 && least > params['a']! ? 1 : 0,
    'doc[F].size() % 2': held.length % 2,
    'doc[F].empty ? _score : doc[F].value * params.a': held.length === 0 ? score : least * params['a']!,
    '_score * params.a + 1': score * params['a']! + 1,
    'doc[F].value / 0': 0,
  };
  const value = meanings[source.replaceAll(/'[^']*'/g, 'F')];
  if (value === undefined) throw new Error(`the slow twin does not know ${source}`);
  return Number.isFinite(value) ? value : 0;
}

function fuzzyScore(all: readonly NaiveDocument[], document: NaiveDocument, query: QueryOf<'fuzzy'>): number {
  const worths = termsOf(document, query.field)
    .filter((term) => isNear(term, query))
    .map((term) => 1 / 2 ** editsBetween(Array.from(term), Array.from(query.term), query.edits));
  const holding = all.filter((other) => naiveMatches(other, query)).length;
  const having = all.map((other) => termsOf(other, query.field).length).filter((length) => length > 0);
  const weight = inverseDocumentFrequency(having.length, holding);
  if (layoutOf(query.field) === 'keyword') return bm25(weight, Math.max(...worths), 1, 1);
  const average = having.reduce((sum, length) => sum + length, 0) / having.length;
  const frequency = worths.reduce((sum, worth) => sum + worth, 0);
  return bm25(weight, frequency, shownLength(termsOf(document, query.field).length), average);
}

function termScore(
  all: readonly NaiveDocument[],
  document: NaiveDocument,
  query: QueryOf<'term'> | QueryOf<'phrase'>,
): number {
  const { field } = query;
  const lengths = all.map((other) => termsOf(other, field).length).filter((length) => length > 0);
  const idf = (term: string): number =>
    inverseDocumentFrequency(lengths.length, all.filter((other) => termsOf(other, field).includes(term)).length);
  const terms = query.kind === 'term' ? [query.term] : query.terms.flat();
  const weight = terms.reduce((sum, term) => sum + idf(term), 0);
  if (layoutOf(field) === 'keyword') return keywordScore(weight);
  const own = termsOf(document, field);
  const average = lengths.reduce((sum, length) => sum + length, 0) / lengths.length;
  const frequency =
    query.kind === 'phrase' ? phraseFrequency(document, query) : own.filter((other) => other === query.term).length;
  return bm25(weight, frequency, shownLength(own.length), average);
}

export function naiveSortValue(
  all: readonly NaiveDocument[],
  document: NaiveDocument,
  query: Query,
  key: SortKey,
): SortValue {
  if (key.by === 'position') return document.offset;
  if (key.by === 'score') return naiveScore(all, document, query);
  return naiveFieldValue(document, key);
}

export function naiveFieldValue(document: NaiveDocument, key: Extract<SortKey, { by: 'field' }>): SortValue {
  const values = valuesOf(document, key.field).toSorted((a, b) =>
    typeof a === 'number' && typeof b === 'number' ? a - b : compareStrings(String(a), String(b)),
  );
  const mode = key.mode ?? (key.descending ? 'max' : 'min');
  return (mode === 'max' ? values.at(-1) : values[0]) ?? null;
}
