import { hash64 } from '../../shared/hashing/hash.ts';
import type { Dictionary } from '../dictionary/dictionary.ts';
import type { Steps } from '../schedule/steps.ts';
import type { Segment } from '../segment/open.ts';
import type { KeywordField } from '../segment/layouts/keyword-layout.ts';
import { keywordFieldOf } from '../segment/columns-of.ts';
import type { TermCaches } from './term-caches.ts';
import type { TaskBudget } from './task-budget.ts';

/** What reading and hashing a term takes, in values that are added up. */
const workPerTerm = 32;

const hashed = new BigUint64Array(1);
/** Little-endian, as every platform is that runs this. */
const hashedHalves = new Uint32Array(hashed.buffer);

/**
 * The hashes of the terms of a keyword field, which hold in every segment. All collectors of a field in a task share them,
 * and a term is read and hashed once a segment, or not at all where its hash is kept from earlier searches (term-caches.ts). Memory: 8
 * bytes a term of the segment.
 */
export class OrdinalHashes {
  /** The field in the segment that was entered; null where it has none. */
  field: KeywordField | null = null;
  /** By ordinal of this segment, the high half first; both 0 where it was not met yet. */
  hashes: Uint32Array = new Uint32Array(0);
  private readonly name: string;
  private readonly budget: TaskBudget;
  private segment: Segment | null = null;
  /** Those kept from earlier searches, whole. */
  private readonly known = new Map<Dictionary, Uint32Array>();

  constructor(name: string, budget: TaskBudget) {
    this.name = name;
    this.budget = budget;
  }

  /** To be called before the first segment, once by each collector. @param segments that will be entered */
  *prepare(segments: readonly Segment[], caches: TermCaches): Steps<void> {
    for (const segment of segments) {
      const dictionary = keywordFieldOf(segment, this.name)?.dictionary;
      if (dictionary === undefined || this.known.has(dictionary)) continue;
      const found = yield* caches.hashed.of([dictionary]);
      if (found !== null) this.known.set(dictionary, found.hashes);
    }
  }

  /** May be called once by each collector. */
  enterSegment(segment: Segment): void {
    if (segment === this.segment) return;
    this.segment = segment;
    this.field = keywordFieldOf(segment, this.name);
    const dictionary = this.field?.dictionary;
    const known = dictionary && this.known.get(dictionary);
    this.hashes = known ?? new Uint32Array(2 * (dictionary?.size ?? 0));
  }

  /** Makes sure that `hashes` has that of an ordinal. */
  read(ordinal: number): void {
    this.budget.spend(workPerTerm);
    hashed[0] = hash64(this.field!.dictionary.termAt(ordinal));
    this.hashes[2 * ordinal] = hashedHalves[1]!;
    this.hashes[2 * ordinal + 1] = hashedHalves[0]!;
  }
}
