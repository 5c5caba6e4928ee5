/**
 * What misspelt words may be meant for, of late: a search asks twice, first for the counts and then for the documents, and the
 * dictionary, of which most is read for it, does not change.
 */
import type { Dictionary } from '../dictionary/dictionary.ts';
import type { OrdinalSet } from './ordinal-set.ts';

/** Words of one dictionary that are kept in mind. */
const wordsMax = 32;

const byDictionary = new WeakMap<Dictionary, Map<string, readonly OrdinalSet[]>>();

/** @param name as nearName gives it */
export function findNear(dictionary: Dictionary, name: string): readonly OrdinalSet[] | undefined {
  return byDictionary.get(dictionary)?.get(name);
}

/** Keeps what takes little memory, in place of what came first. */
export function keepNear(dictionary: Dictionary, name: string, byEdits: readonly OrdinalSet[]): void {
  if (!byEdits.every(({ isSmall }) => isSmall)) return;
  let known = byDictionary.get(dictionary);
  if (known === undefined) byDictionary.set(dictionary, (known = new Map()));
  known.set(name, byEdits);
  const [first] = known.keys();
  if (known.size > wordsMax && first !== undefined) known.delete(first);
}
