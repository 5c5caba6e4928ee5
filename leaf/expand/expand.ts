import { nearName } from '../../shared/query/near-name.ts';
import type { Query } from '../../shared/query/query.ts';
import { atOnce } from '../schedule/steps.ts';
import type { Steps } from '../schedule/steps.ts';
import type { Dictionary } from '../dictionary/dictionary.ts';
import { EditDistance } from './edit-distance.ts';
import { findNear, keepNear } from './known-near.ts';
import { OrdinalSet } from './ordinal-set.ts';
import { compileWildcard, matchesWildcard } from './wildcard.ts';

type QueryOf<K extends Query['kind']> = Extract<Query, { kind: K }>;

/** Steps compared of a pattern and a term, or of two words, for what a document costs. */
const comparedPerDocument = 64;
/** Work after which a step ends, in documents: generators cost, too. */
const workPerStep = 64;

/**
 * Ordinals of the terms that match a pattern. In steps, because there can be many terms, and a pattern can be made to take
 * long with each.
 */
export function* wildcardSteps(dictionary: Dictionary, { pattern }: QueryOf<'wildcard'>): Steps<OrdinalSet> {
  const wildcard = compileWildcard(pattern);
  const { start, end } = dictionary.prefixRange(wildcard.prefix);
  const ordinals = new OrdinalSet(start, end);
  if (start >= end) return ordinals;
  const cursor = dictionary.cursorAt(start);
  let work = 0;
  for (let ordinal = start; ordinal < end; ordinal++, cursor.next()) {
    if (matchesWildcard(wildcard, cursor.bytes, cursor.length)) ordinals.add(ordinal);
    work += (wildcard.pieces.length * cursor.length) / comparedPerDocument;
    if (work < workPerStep) continue;
    yield work;
    work = 0;
  }
  return ordinals;
}

/** Ordinals of the terms within some edits of a word, by how many; in steps. */
export function* fuzzySteps(dictionary: Dictionary, query: QueryOf<'fuzzy'>): Steps<readonly OrdinalSet[]> {
  const name = nearName(query);
  const known = findNear(dictionary, name);
  if (known !== undefined) return known;
  const { term, edits, prefixLength } = query;
  const prefix = Array.from(term).slice(0, prefixLength).join('');
  const { start, end } = dictionary.prefixRange(prefix);
  const byDistance = Array.from({ length: edits + 1 }, () => new OrdinalSet(start, end));
  if (start >= end) return byDistance;
  const distance = new EditDistance(term, edits);
  const cursor = dictionary.cursorAt(start);
  // No character is longer than four bytes.
  const bytesMax = 4 * (Array.from(term).length + edits);
  const codes = new Uint32Array(bytesMax);
  let work = 0;
  for (let ordinal = start; ordinal < end; ordinal++, cursor.next()) {
    if (cursor.length <= bytesMax) {
      byDistance[distance.to(codes, decode(cursor.bytes, cursor.length, codes))]?.add(ordinal);
      work += (term.length * cursor.length) / comparedPerDocument;
    } else work++;
    if (work < workPerStep) continue;
    yield work;
    work = 0;
  }
  keepNear(dictionary, name, byDistance);
  return byDistance;
}

/** The same at once, ascending. */
export function expandWildcard(dictionary: Dictionary, query: QueryOf<'wildcard'>): number[] {
  return [...atOnce(wildcardSteps(dictionary, query))];
}

/** The same at once, ascending. */
export function expandFuzzy(dictionary: Dictionary, query: QueryOf<'fuzzy'>): number[][] {
  return atOnce(fuzzySteps(dictionary, query)).map((ordinals) => [...ordinals]);
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
