/**
 * Impacts: pairs of a frequency and a length code such that every document of a block is at most as frequent and at
 * least as long as one of them. The best score of the block is then at most the best of the pairs, whatever the
 * collection's counts are. A pair is 16 bits: frequency × 256 + code, where the frequency 255 means any number; 0 is no pair.
 *
 * Source: Grand, Muir, Ferenczi and Lin, "From MaxScore to Block-Max WAND: The Story of How Lucene Significantly
 * Improved Query Evaluation Performance" (2020).
 */
import { lengthOfCode } from '../score/length-code.ts';

/** This frequency in a pair means itself or any greater one. */
export const boundlessFrequency = 255;

/** Collects the pairs of a block or of a whole list. */
export class ImpactCollector {
  /** By frequency: the least code seen with it, 256 for none. */
  private readonly leastCodes = new Uint16Array(256).fill(256);
  private frequencyMax = 0;
  /** What a length counts as beside a frequency: which pairs to join depends on it, not whether they are sound. */
  private readonly typicalLength: number;
  private readonly pairs = new Uint16Array(256);

  constructor(typicalLength: number) {
    this.typicalLength = Math.max(1, typicalLength);
  }

  add(frequency: number, code: number): void {
    const capped = frequency < boundlessFrequency ? frequency : boundlessFrequency;
    if (capped > this.frequencyMax) this.frequencyMax = capped;
    if (code < this.leastCodes[capped]!) this.leastCodes[capped] = code;
  }

  /** Writes at most `pairsMax` pairs, fills up with 0, and forgets what was added. */
  take(into: Uint16Array, pairsMax: number): void {
    let count = this.competitive();
    while (count > pairsMax) count = this.joinTwo(count);
    for (let i = 0; i < pairsMax; i++) into[i] = i < count ? this.pairs[i]! : 0;
  }

  /** Pairs that no other dominates, by descending frequency and so by descending code. */
  private competitive(): number {
    let count = 0;
    let least = 256;
    for (let frequency = this.frequencyMax; frequency > 0; frequency--) {
      const code = this.leastCodes[frequency]!;
      this.leastCodes[frequency] = 256;
      if (code >= least) continue;
      least = code;
      this.pairs[count++] = (frequency << 8) | code;
    }
    this.frequencyMax = 0;
    return count;
  }

  /** Joins the two neighbours that lose least by it. */
  private joinTwo(count: number): number {
    const { pairs } = this;
    let best = 0;
    let bestLoss = Infinity;
    for (let i = 0; i + 1 < count; i++) {
      const better = Math.max(this.worth(pairs[i]!), this.worth(pairs[i + 1]!));
      const loss = this.worth(joined(pairs[i]!, pairs[i + 1]!)) - better;
      if (loss >= bestLoss) continue;
      best = i;
      bestLoss = loss;
    }
    pairs[best] = joined(pairs[best]!, pairs[best + 1]!);
    pairs.copyWithin(best + 1, best + 2, count);
    return count - 1;
  }

  private worth(pair: number): number {
    const frequency = pair >>> 8;
    return frequency / (frequency + 0.3 + (0.9 * lengthOfCode[pair & 0xff]!) / this.typicalLength);
  }
}

/** As frequent as the first, which is the more frequent, and as short as the second, which is the shorter. */
function joined(first: number, second: number): number {
  return (first & 0xff00) | (second & 0xff);
}
