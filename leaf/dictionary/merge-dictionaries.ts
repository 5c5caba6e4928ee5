/** Ordinals that hold in several dictionaries: the places of their terms among the terms of all. */
import type { Steps } from '../schedule/steps.ts';
import { compareSlices, type Dictionary } from './dictionary.ts';
import type { TermCursor } from './term-cursor.ts';

export interface MergedOrdinals {
  /** Different terms. */
  readonly size: number;
  /** By dictionary: the merged ordinal of each of its own. */
  readonly maps: readonly Uint32Array[];
  /** By merged ordinal: a dictionary that has the term, and its ordinal there. */
  readonly dictionaries: Uint16Array;
  readonly ordinals: Uint32Array;
  /** Memory it takes: 4 bytes a term of each dictionary, and 6 to 12 a different one. */
  readonly sizeBytes: number;
}

/** So many can be told apart. */
const dictionariesMax = 65_536;
/** At most, of a term of a dictionary. */
const bytesPerTerm = 16;

/** Terms read between two yields, and what one takes in documents that are looked at. */
const termsPerStep = 256;
const workPerTerm = 4;

/**
 * Merges dictionaries in one pass over all of them.
 * @returns null where they are too many, or could take more bytes than `bytesMax`
 */
export function* mergeDictionaries(
  dictionaries: readonly Dictionary[],
  bytesMax: number,
): Steps<MergedOrdinals | null> {
  const total = dictionaries.reduce((sum, { size }) => sum + size, 0);
  if (dictionaries.length > dictionariesMax || bytesPerTerm * total > bytesMax) return null;
  const maps = dictionaries.map(({ size }) => new Uint32Array(size));
  const heap = new CursorHeap(dictionaries);
  const term = new LastTerm();
  const sources = new GrowingSources(dictionaries.reduce((max, { size }) => Math.max(max, size), 1));
  for (let read = 1; heap.least !== null; read++) {
    const { cursor, at } = heap.least;
    if (term.replace(cursor)) sources.add(at, cursor.ordinal);
    maps[at]![cursor.ordinal] = sources.size - 1;
    heap.next();
    if (read % termsPerStep === 0) yield termsPerStep * workPerTerm;
  }
  const { size, dictionaries: from, ordinals } = sources;
  const sizeBytes = 4 * total + from.byteLength + ordinals.byteLength;
  return { size, maps, dictionaries: from, ordinals, sizeBytes };
}

/** The term that was read last. */
class LastTerm {
  private bytes = new Uint8Array(256);
  private length = -1;

  /** Becomes that of a cursor. Returns whether it was another. */
  replace({ bytes, length }: TermCursor): boolean {
    if (length === this.length && compareSlices(bytes, 0, length, this.bytes, 0, length) === 0) return false;
    if (length > this.bytes.length) this.bytes = new Uint8Array(2 * length);
    for (let i = 0; i < length; i++) this.bytes[i] = bytes[i]!;
    this.length = length;
    return true;
  }
}

/** Where the terms are that were found. */
class GrowingSources {
  size = 0;
  dictionaries: Uint16Array;
  ordinals: Uint32Array;

  constructor(capacity: number) {
    this.dictionaries = new Uint16Array(capacity);
    this.ordinals = new Uint32Array(capacity);
  }

  add(dictionary: number, ordinal: number): void {
    if (this.size === this.ordinals.length) this.grow();
    this.dictionaries[this.size] = dictionary;
    this.ordinals[this.size++] = ordinal;
  }

  private grow(): void {
    const capacity = 2 * this.ordinals.length;
    const dictionaries = new Uint16Array(capacity);
    dictionaries.set(this.dictionaries);
    this.dictionaries = dictionaries;
    const ordinals = new Uint32Array(capacity);
    ordinals.set(this.ordinals);
    this.ordinals = ordinals;
  }
}

interface PlacedCursor {
  readonly cursor: TermCursor;
  /** Of its dictionary in the list. */
  readonly at: number;
}

/** Cursors by their terms, the least first; of equal ones the first of the list. */
class CursorHeap {
  private readonly cursors: PlacedCursor[] = [];

  constructor(dictionaries: readonly Dictionary[]) {
    for (const [at, dictionary] of dictionaries.entries()) {
      const cursor = dictionary.cursorAtStart();
      if (cursor.next()) this.cursors.push({ cursor, at });
    }
    for (let i = (this.cursors.length >> 1) - 1; i >= 0; i--) this.sink(i);
  }

  get least(): PlacedCursor | null {
    return this.cursors[0] ?? null;
  }

  /** Moves the least on. */
  next(): void {
    const { cursors } = this;
    if (!cursors[0]!.cursor.next()) {
      const last = cursors.pop()!;
      if (cursors.length === 0) return;
      cursors[0] = last;
    }
    this.sink(0);
  }

  private sink(from: number): void {
    const { cursors } = this;
    const sinking = cursors[from]!;
    let i = from;
    for (let child = 2 * i + 1; child < cursors.length; child = 2 * i + 1) {
      if (child + 1 < cursors.length && isBefore(cursors[child + 1]!, cursors[child]!)) child++;
      if (!isBefore(cursors[child]!, sinking)) break;
      cursors[i] = cursors[child]!;
      i = child;
    }
    cursors[i] = sinking;
  }
}

function isBefore(a: PlacedCursor, b: PlacedCursor): boolean {
  const order = compareSlices(a.cursor.bytes, 0, a.cursor.length, b.cursor.bytes, 0, b.cursor.length);
  return order === 0 ? a.at < b.at : order < 0;
}
