import { hash64 } from '../../shared/hashing/hash.ts';
import type { Segment } from '../segment/open.ts';
import type { KeywordField } from '../segment/layouts/keyword-layout.ts';
import { keywordFieldOf } from '../segment/columns-of.ts';
import type { TaskBudget } from './task-budget.ts';

/** What reading and hashing a term takes, in values that are added up. */
const workPerTerm = 32;

const hashed = new BigUint64Array(1);
/** Little-endian, as every platform is that runs this. */
const hashedHalves = new Uint32Array(hashed.buffer);

/**
 * The hashes of the terms of a keyword field, which hold in every segment. All collectors of a field in a task share them,
 * and a term is read and hashed once a segment. Memory: 8 bytes a term of the segment.
 */
export class OrdinalHashes {
  /** The field in the segment that was entered; null where it has none. */
  field: KeywordField | null = null;
  /** By ordinal of this segment, the high half first; both 0 where it was not met yet. */
  hashes: Uint32Array = new Uint32Array(0);
  private readonly name: string;
  private readonly budget: TaskBudget;
  private segment: Segment | null = null;

  constructor(name: string, budget: TaskBudget) {
    this.name = name;
    this.budget = budget;
  }

  /** May be called once by each collector. */
  enterSegment(segment: Segment): void {
    if (segment === this.segment) return;
    this.segment = segment;
    this.field = keywordFieldOf(segment, this.name);
    this.hashes = new Uint32Array(2 * (this.field?.dictionary.size ?? 0));
  }

  /** Makes sure that `hashes` has that of an ordinal. */
  read(ordinal: number): void {
    this.budget.work += workPerTerm;
    hashed[0] = hash64(this.field!.dictionary.termAt(ordinal));
    this.hashes[2 * ordinal] = hashedHalves[1]!;
    this.hashes[2 * ordinal + 1] = hashedHalves[0]!;
  }
}
