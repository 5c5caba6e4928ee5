import { SheafError } from '../../shared/errors.ts';
import { limits } from '../../shared/limits.ts';
import type { Query } from '../../shared/query/query.ts';
import type { Steps } from '../aggregate/collector.ts';
import type { Dictionary } from '../dictionary/dictionary.ts';
import { EditDistance } from './edit-distance.ts';
import { compileWildcard, matchesWildcard } from './wildcard.ts';

type QueryOf<K extends Query['kind']> = Extract<Query, { kind: K }>;

/** Steps compared of a pattern and a term, or of two words, for what a document costs. */
const comparedPerDocument = 64;
/** Work after which a step ends, in documents: generators cost, too. */
const workPerStep = 64;

/**
 * Ordinals of the terms that match a pattern, ascending. In steps of about so much work, because a pattern can be made
 * to take long with each of many terms.
 * @throws SheafError QUERY_TOO_MANY_TERMS
 */
export function* wildcardSteps(dictionary: Dictionary, { field, pattern }: QueryOf<'wildcard'>): Steps<number[]> {
  const wildcard = compileWildcard(pattern);
  const ordinals: number[] = [];
  const { start, end } = dictionary.prefixRange(wildcard.prefix);
  if (start >= end) return ordinals;
  const cursor = dictionary.cursorAt(start);
  let work = 0;
  for (let ordinal = start; ordinal < end; ordinal++, cursor.next()) {
    if (matchesWildcard(wildcard, cursor.bytes, cursor.length)) ordinals.push(ordinal);
    work += (wildcard.pieces.length * cursor.length) / comparedPerDocument;
    if (work < workPerStep) continue;
    yield work;
    work = 0;
  }
  return checked(ordinals, field);
}

/**
 * Ordinals of the terms within some edits of a word, ascending, by distance; in steps.
 * @throws SheafError QUERY_TOO_MANY_TERMS
 */
export function* fuzzySteps(dictionary: Dictionary, query: QueryOf<'fuzzy'>): Steps<number[][]> {
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
  let work = 0;
  for (let ordinal = start; ordinal < end; ordinal++, cursor.next()) {
    if (cursor.length <= bytesMax) {
      byDistance[distance.to(codes, decode(cursor.bytes, cursor.length, codes))]?.push(ordinal);
      work += (term.length * cursor.length) / comparedPerDocument;
    } else work++;
    if (work < workPerStep) continue;
    yield work;
    work = 0;
  }
  checked(byDistance.flat(), field);
  return byDistance;
}

/** The same at once. */
export function expandWildcard(dictionary: Dictionary, query: QueryOf<'wildcard'>): number[] {
  return atOnce(wildcardSteps(dictionary, query));
}

/** The same at once. */
export function expandFuzzy(dictionary: Dictionary, query: QueryOf<'fuzzy'>): number[][] {
  return atOnce(fuzzySteps(dictionary, query));
}

function atOnce<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** Whether one term is within the edits that a distance is for. */
export function isNear(distance: EditDistance, term: string, edits: number): boolean {
  const codes = Uint32Array.from(Array.from(term), (character) => character.codePointAt(0)!);
  return distance.to(codes, codes.length) <= edits;
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
