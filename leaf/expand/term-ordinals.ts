/** Terms of one dictionary, each once. */
export interface TermOrdinals extends Iterable<number> {
  /** How many there are. */
  readonly size: number;
}

/** Terms that stand side by side: from `start` up to but not including `end`, which may be less. */
export function ordinalRange(start: number, end: number): TermOrdinals {
  return {
    size: Math.max(0, end - start),
    *[Symbol.iterator]() {
      for (let ordinal = start; ordinal < end; ordinal++) yield ordinal;
    },
  };
}

/** Of sets of which no two have a term in common, one after the other. */
export function joinedOrdinals(sets: readonly TermOrdinals[]): TermOrdinals {
  return {
    size: sets.reduce((sum, { size }) => sum + size, 0),
    *[Symbol.iterator]() {
      for (const set of sets) yield* set;
    },
  };
}
