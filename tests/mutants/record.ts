/** What finders have found so far, and so whom to ask first. */
import { simulation, type Candidate } from './finders.ts';

/** How often a finder is thought to find a bug of a file before it was tried. */
const ownLikelihood = 0.7;
const otherLikelihood = 0.1;
/** What a finder is thought to take before it was measured, and one that hangs on sockets, threads or time. */
const thoughtMs = 2000;
const thoughtMsOfTime = 20_000;

interface Tries {
  tried: number;
  found: number;
}

export class FinderRecord {
  private readonly tries = new Map<string, Tries>();
  private readonly tookMs = new Map<string, number>();
  /** Seeds of the simulation that have found something, the last first. */
  private readonly seeds: number[] = [];

  /** Those that are likely to find most in a second come first, and the simulation last. */
  sort(file: string, candidates: readonly Candidate[]): Candidate[] {
    const worth = ({ finder, isOwn }: Candidate): number => {
      if (finder === simulation) return 0;
      const { tried, found } = this.triesOf(file, finder.name);
      const likelihood = (found + (isOwn ? ownLikelihood : otherLikelihood)) / (tried + 1);
      return likelihood / (this.tookMs.get(finder.name) ?? (finder.isOfTime ? thoughtMsOfTime : thoughtMs));
    };
    return [...candidates].sort((a, b) => worth(b) - worth(a));
  }

  /** @param tookMs what a finder takes where it finds nothing */
  noteTime(finder: string, tookMs: number): void {
    this.tookMs.set(finder, tookMs);
  }

  note(file: string, finder: string, found: boolean): void {
    const tries = this.triesOf(file, finder);
    tries.tried++;
    if (found) tries.found++;
    this.tries.set(keyOf(file, finder), tries);
  }

  noteSeed(seed: number): void {
    if (this.seeds.includes(seed)) this.seeds.splice(this.seeds.indexOf(seed), 1);
    this.seeds.unshift(seed);
  }

  /** So many seeds from 1 on, those first that have found something. */
  orderSeeds(count: number): number[] {
    const all = Array.from({ length: count }, (_, i) => i + 1);
    return [...this.seeds, ...all.filter((seed) => !this.seeds.includes(seed))];
  }

  private triesOf(file: string, finder: string): Tries {
    return this.tries.get(keyOf(file, finder)) ?? { tried: 0, found: 0 };
  }
}

function keyOf(file: string, finder: string): string {
  return `${file} ${finder}`;
}
