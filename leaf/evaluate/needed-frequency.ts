import { boundlessFrequency } from '../postings/impacts.ts';
import type { TermScoring } from './term-iterator.ts';

/** No frequency is enough. */
const never = 0xffffffff;

/** How much below rounding's reach the needed frequency is taken. */
const slack = 1 - 1e-9;

/**
 * How often a term must stand in a document at least, by the length code of the document, so that the document can score
 * above a floor: BM25 turned round. Documents have few different lengths, so that one table look-up and one comparison of
 * whole numbers replace the division of a score, for documents as well as for the pairs that bound a block.
 *
 * A frequency below the needed one cannot score above the floor; one that is not below may or may not.
 */
export class NeededFrequency {
  /** By length code; 0 where it was not computed since the floor rose. */
  private readonly needed = new Uint32Array(256);
  private floor = NaN;
  private readonly scoring: TermScoring;
  private readonly rest: (code: number) => number;

  /** @param rest what a document of a length can score at most by other terms */
  constructor(scoring: TermScoring, rest: (code: number) => number) {
    this.scoring = scoring;
    this.rest = rest;
  }

  /** To be called before documents are looked at, again as the floor rises: an older floor is sound but lets more pass. */
  setFloor(floor: number): void {
    if (floor === this.floor) return;
    this.floor = floor;
    this.needed.fill(0);
  }

  /** At least 1. */
  of(code: number): number {
    const known = this.needed[code]!;
    return known === 0 ? this.compute(code) : known;
  }

  /** Whether a pair of impacts can be that of a document above the floor: see impacts.ts. */
  admits(pair: number): boolean {
    const frequency = pair >>> 8;
    if (frequency === 0) return false;
    return frequency === boundlessFrequency || frequency >= this.of(pair & 0xff);
  }

  private compute(code: number): number {
    const { weight, norms } = this.scoring;
    const least = this.floor - this.rest(code);
    let needed = 1;
    if (least >= weight) needed = never;
    else if (least > 0) {
      // weight × f / (f + norm) > least, solved for f. What would be above all frequencies is as good as never.
      needed = Math.min(never, Math.max(1, Math.ceil(((least * norms[code]!) / (weight - least)) * slack)));
    }
    this.needed[code] = needed;
    return needed;
  }
}
