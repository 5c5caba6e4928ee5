import { SheafError } from '../../shared/errors.ts';
import { limits } from '../../shared/limits.ts';
import type { Query } from '../../shared/query/query.ts';
import type { Steps } from '../aggregate/collector.ts';
import type { Dictionary } from '../dictionary/dictionary.ts';
import { EditDistance } from './edit-distance.ts';
import { compileWildcard, matchesWildcard } from './wildcard.ts';

type QueryOf<K extends Query['kind']> = Extract<Query, { kind: K }>;

/** Terms between two pauses, and what looking at one costs, in documents. */
const termsPerStep = 256;
const termCost = 4;

/** By distance; all in the first place for a pattern. */
type Expanded = readonly number[][];

/** What was expanded in steps. Forgotten with the query, which lives as long as its task. */
const prepared = new WeakMap<ExpandedQuery, WeakMap<Dictionary, Expanded>>();

export type ExpandedQuery = QueryOf<'wildcard' | 'fuzzy'>;

/**
 * Finds the terms of a query in steps, each of which says what it cost in documents: a pattern that begins with `*` is matched with
 * every term of a dictionary, which may take far longer than others may be kept waiting. The query is then expanded at once.
 * @throws SheafError QUERY_TOO_MANY_TERMS
 */
export function* prepareExpansion(dictionary: Dictionary, query: ExpandedQuery): Steps<void> {
  const expanded = yield* query.kind === 'wildcard' ? wildcardSteps(dictionary, query) : fuzzySteps(dictionary, query);
  let byDictionary = prepared.get(query);
  if (byDictionary === undefined) prepared.set(query, (byDictionary = new WeakMap()));
  byDictionary.set(dictionary, expanded);
}

/** Ordinals of the terms that match a pattern, ascending. @throws SheafError QUERY_TOO_MANY_TERMS */
export function expandWildcard(dictionary: Dictionary, query: QueryOf<'wildcard'>): readonly number[] {
  return (prepared.get(query)?.get(dictionary) ?? finish(wildcardSteps(dictionary, query)))[0]!;
}

/**
 * Ordinals of the terms within some edits of a word, ascending, by distance.
 * @throws SheafError QUERY_TOO_MANY_TERMS
 */
export function expandFuzzy(dictionary: Dictionary, query: QueryOf<'fuzzy'>): Expanded {
  return prepared.get(query)?.get(dictionary) ?? finish(fuzzySteps(dictionary, query));
}

function finish<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

function* wildcardSteps(dictionary: Dictionary, { field, pattern }: QueryOf<'wildcard'>): Steps<Expanded> {
  const wildcard = compileWildcard(pattern);
  const ordinals: number[] = [];
  const { start, end } = dictionary.prefixRange(wildcard.prefix);
  if (start >= end) return [ordinals];
  const cursor = dictionary.cursorAt(start);
  for (let ordinal = start; ordinal < end; ordinal++, cursor.next()) {
    if (matchesWildcard(wildcard, cursor.bytes, cursor.length)) ordinals.push(ordinal);
    if ((ordinal - start) % termsPerStep === termsPerStep - 1) yield termsPerStep * termCost;
  }
  return [checked(ordinals, field)];
}

function* fuzzySteps(dictionary: Dictionary, query: QueryOf<'fuzzy'>): Steps<Expanded> {
  const { field, term, edits, prefixLength } = query;
  const byDistance: number[][] = Array.from({ length: edits + 1 }, () => []);
  const prefix = Array.from(term).slice(0, prefixLength).join('');
  const { start, end } = dictionary.prefixRange(prefix);
  if (start >= end) return byDistance;
  const distance = new EditDistance(term, edits);
  const cursor = dictionary.cursorAt(start);
  // No character is longer than four bytes.
  const bytesMax = 4 * (Array.from(term).length + edits);
  const codes = new Uint32Array(bytesMax);
  for (let ordinal = start; ordinal < end; ordinal++, cursor.next()) {
    if ((ordinal - start) % termsPerStep === termsPerStep - 1) yield termsPerStep * termCost;
    if (cursor.length > bytesMax) continue;
    byDistance[distance.to(codes, decode(cursor.bytes, cursor.length, codes))]?.push(ordinal);
  }
  checked(byDistance.flat(), field);
  return byDistance;
}

/** Reads well-formed UTF-8. Returns the number of code points. */
function decode(bytes: Uint8Array, length: number, codes: Uint32Array): number {
  let count = 0;
  for (let at = 0; at < length;) {
    const first = bytes[at++]!;
    const more = first < 0x80 ? 0 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
    let code = more === 0 ? first : first & (0x3f >> more);
    for (let i = 0; i < more; i++) code = (code << 6) | (bytes[at++]! & 0x3f);
    codes[count++] = code;
  }
  return count;
}

function checked(ordinals: number[], field: string): number[] {
  if (ordinals.length <= limits.expandedTermsMax) return ordinals;
  const detail = { field, limit: limits.expandedTermsMax, actual: ordinals.length };
  throw new SheafError('QUERY_TOO_MANY_TERMS', { detail });
}
