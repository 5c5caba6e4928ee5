import { nearName, type NearWord } from '../../shared/query/near-name.ts';
import { EditDistance } from '../../shared/query/patterns/edit-distance.ts';
import type { Dictionary } from '../dictionary/dictionary.ts';
import type { Steps } from '../schedule/steps.ts';
import { comparedPerDocument, workPerStep } from './comparing.ts';
import type { FuzzyCache } from './fuzzy-cache.ts';
import { OrdinalSet } from './ordinal-set.ts';

/** Ordinals of the terms within some edits of a word, by how many; in steps. */
export function* expandFuzzy(dictionary: Dictionary, word: NearWord, cache: FuzzyCache): Steps<readonly OrdinalSet[]> {
  const name = nearName(word);
  const known = cache.find(dictionary, name);
  if (known !== undefined) return known;
  const { term, edits, prefixLength } = word;
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
  cache.keep(dictionary, name, byDistance);
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
