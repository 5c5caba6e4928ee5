import type { Dictionary } from '../dictionary/dictionary.ts';
import type { Steps } from '../schedule/steps.ts';

/** Lists of dictionaries that are kept in mind, whether something was made of them or not. */
const listsMax = 1024;

interface Made {
  /** Memory it takes. */
  readonly sizeBytes: number;
}

interface Remembered<T> {
  /** Not kept alive: they go with their segments. */
  readonly dictionaries: readonly WeakRef<Dictionary>[];
  /** Null where they were asked for once, or are too many. */
  readonly made: T | null;
}

/** Makes something of dictionaries; null where that is not to be. */
type Make<T> = (dictionaries: readonly Dictionary[]) => Steps<T | null>;

/**
 * What is made of the terms of segments and serves every query: made when the same dictionaries, in the same order, are asked for
 * the second time. Segments do not change, so nothing has to be invalidated; what is of segments that are gone is forgotten.
 */
export class DictionaryCache<T extends Made> {
  private readonly bytesMax: number;
  private readonly make: Make<T>;
  /** Those used last at the end. */
  private remembered: Remembered<T>[] = [];

  /** @param bytesMax of all that is kept; what is larger alone is not kept */
  constructor(bytesMax: number, make: Make<T>) {
    this.bytesMax = bytesMax;
    this.make = make;
  }

  get sizeBytes(): number {
    return this.remembered.reduce((sum, { made }) => sum + (made?.sizeBytes ?? 0), 0);
  }

  /** Null where it is not there and is not to be made, or not yet. */
  *of(dictionaries: readonly Dictionary[]): Steps<T | null> {
    const at = this.remembered.findIndex((list) => isOf(list, dictionaries));
    const known = this.remembered[at];
    if (known === undefined) {
      this.keep(dictionaries, null);
      return null;
    }
    const made = known.made ?? (yield* this.make(dictionaries));
    this.keep(dictionaries, made);
    return made;
  }

  /** Makes room by forgetting what is gone, then what was used the longest ago. */
  private keep(dictionaries: readonly Dictionary[], made: T | null): void {
    const kept = this.remembered.filter((list) => isThere(list) && !isOf(list, dictionaries));
    kept.push({ dictionaries: dictionaries.map((dictionary) => new WeakRef(dictionary)), made });
    this.remembered = kept.slice(-listsMax);
    while (this.sizeBytes > this.bytesMax) this.remembered.shift();
  }
}

function isThere({ dictionaries }: Remembered<unknown>): boolean {
  return dictionaries.every((ref) => ref.deref() !== undefined);
}

function isOf(list: Remembered<unknown>, dictionaries: readonly Dictionary[]): boolean {
  return (
    list.dictionaries.length === dictionaries.length &&
    list.dictionaries.every((ref, i) => ref.deref() === dictionaries[i])
  );
}
