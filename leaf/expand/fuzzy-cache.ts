import type { Dictionary } from '../dictionary/dictionary.ts';
import type { OrdinalSet } from './ordinal-set.ts';

/** Words of one dictionary that are kept in mind. */
const wordsMax = 32;

/**
 * What misspelt words may be meant for, of late: a search asks twice, first for the counts and then for the documents, and the
 * dictionary, of which most is read for it, does not change.
 */
export class FuzzyCache {
  private readonly byDictionary = new WeakMap<Dictionary, Map<string, readonly OrdinalSet[]>>();

  /** @param name as nearName gives it */
  find(dictionary: Dictionary, name: string): readonly OrdinalSet[] | undefined {
    return this.byDictionary.get(dictionary)?.get(name);
  }

  /** Keeps what takes little memory, in place of what came first. */
  keep(dictionary: Dictionary, name: string, byEdits: readonly OrdinalSet[]): void {
    if (!byEdits.every(({ isSmall }) => isSmall)) return;
    let known = this.byDictionary.get(dictionary);
    if (known === undefined) this.byDictionary.set(dictionary, (known = new Map()));
    known.set(name, byEdits);
    const [first] = known.keys();
    if (known.size > wordsMax && first !== undefined) known.delete(first);
  }
}
