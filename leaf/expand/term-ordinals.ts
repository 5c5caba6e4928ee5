/** Terms of one dictionary, each once. */
export interface TermOrdinals {
  /** How many there are. */
  readonly size: number;
  /** The least of them that is not below an ordinal, −1 where there is none. */
  next(from: number): number;
}

/** Terms that stand side by side: from `start` up to but not including `end`, which may be less. */
export class OrdinalRange implements TermOrdinals {
  readonly size: number;
  private readonly start: number;
  private readonly end: number;

  constructor(start: number, end: number) {
    this.size = Math.max(0, end - start);
    this.start = start;
    this.end = end;
  }

  next(from: number): number {
    const ordinal = from < this.start ? this.start : from;
    return ordinal < this.end ? ordinal : -1;
  }
}

/** The terms of several sets, of which no two have one in common. */
export class JoinedOrdinals implements TermOrdinals {
  readonly size: number;
  private readonly sets: readonly TermOrdinals[];

  constructor(sets: readonly TermOrdinals[]) {
    this.size = sets.reduce((sum, { size }) => sum + size, 0);
    this.sets = sets;
  }

  next(from: number): number {
    let least = -1;
    for (let i = 0; i < this.sets.length; i++) {
      const ordinal = this.sets[i]!.next(from);
      if (ordinal >= 0 && (least < 0 || ordinal < least)) least = ordinal;
    }
    return least;
  }
}
