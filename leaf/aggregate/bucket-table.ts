import { KeyWindow } from './key-window.ts';
import type { Steps } from '../schedule/steps.ts';
import { HashedBuckets } from './hashed-buckets.ts';
import { bucketsMax, longer, roomFor } from './room-for.ts';
import { check, type TaskBudget } from './task-budget.ts';

/** Numbers that the window of a table may have however few buckets there are. */
const windowMin = 65_536;

/** Buckets up to which another index is filled at once: some hundredths of a millisecond. */
const movedAtOnceMax = 4096;
/** Buckets moved in a step, and in about the time of a document. */
const movedInStep = 1024;
const movedPerDocument = 16;
/** Buckets that each one looked for moves to another index: all are moved before it is replaced in turn, or soon after. */
const movedWithEach = 4;

/**
 * Numbers the buckets of one aggregation by the bucket they are nested in and their key, and counts documents.
 *
 * One index for all parents, in flat columns: some 50 bytes a bucket however few each parent has. Where keys are whole numbers that
 * lie close together the index is an array by parent and key (key-window.ts); else, and where that would be larger, a hash table
 * (hashed-buckets.ts). Where it is replaced by a larger one, buckets are moved to that a few at a time, and are found in the former meanwhile.
 */
export class BucketTable {
  /** Buckets so far. */
  size = 0;
  private readonly budget: TaskBudget;
  private readonly sizeMax: number;
  /** Buckets that the index is made for; there may be more room in the columns. */
  private room: number;
  // By bucket.
  private readonly columns: { keys: Float64Array; parents: Uint32Array };
  /** Exact to 2^53: a document of a roll-up counts for many. */
  private counts: Float64Array;
  /** The last round in which it was counted. */
  private rounds: Uint32Array;
  /** The one made before it in the same parent, plus one; 0 for the first. */
  private previous: Uint32Array;
  // By parent.
  private lasts: Uint32Array = new Uint32Array(1);
  private sizes: Uint32Array = new Uint32Array(1);
  /** Null where buckets are found by hash. */
  private window: KeyWindow | null = KeyWindow.empty;
  private hashed: HashedBuckets;
  /** Those that the index has replaced, while not all of their buckets are in it. */
  private former: (KeyWindow | HashedBuckets)[] = [];
  /** Buckets before it are in the index, and those from `movedEnd` on. */
  private moved = 0;
  private movedEnd = 0;
  /** Of all buckets. */
  private readonly extents = { keyMin: Infinity, keyMax: -Infinity, parentMax: 0 };
  /** Whether all keys are whole numbers. */
  private isWhole = true;
  private round = 0;
  private parentCount = 0;

  /** @param sizeMax buckets that one parent's may have */
  constructor(budget: TaskBudget, sizeMax = Infinity) {
    this.budget = budget;
    this.sizeMax = sizeMax;
    const capacity = budget.firstCapacity();
    this.room = capacity;
    this.columns = { keys: new Float64Array(capacity), parents: new Uint32Array(capacity) };
    this.hashed = new HashedBuckets(this.columns, 0);
    this.counts = new Float64Array(capacity);
    this.rounds = new Uint32Array(capacity);
    this.previous = new Uint32Array(capacity);
  }

  /**
   * The buckets of keys, each in a parent's bucket; new ones at their first appearance. Hot: where keys lie close together it is
   * a look into an array for each.
   * @param keys and `parents`, the first `count`, for which `found` becomes the buckets
   * @throws SheafError AGGREGATION_TOO_MANY_BUCKETS
   */
  bucketsOf(parents: Uint32Array, keys: Float64Array | Uint32Array, count: number, found: Uint32Array): void {
    for (let i = 0; i < count;) {
      const { window } = this;
      if (window !== null) i = window.find(parents, keys, { start: i, end: count }, found);
      else for (; i < count && this.window === null; i++) found[i] = this.bucketOf(parents[i]!, keys[i]!);
      // The first that is not there.
      if (i < count) {
        found[i] = this.bucketOf(parents[i]!, keys[i]!);
        i++;
      }
    }
  }

  /**
   * The bucket of a key in a parent's bucket; a new one at its first appearance.
   * @throws SheafError AGGREGATION_TOO_MANY_BUCKETS
   */
  bucketOf(parent: number, key: number): number {
    const { window } = this;
    const known = window === null ? this.hashed.at(parent, key) : window.at(parent, key);
    if (known !== 0) return known - 1;
    return this.former.length === 0 ? this.add(parent, key) : this.bucketOfFormer(parent, key);
  }

  /** The same of one that may not be in the index yet. */
  private bucketOfFormer(parent: number, key: number): number {
    let known = 0;
    for (const former of this.former) known ||= former.at(parent, key);
    this.move(movedWithEach);
    return known === 0 ? this.add(parent, key) : known - 1;
  }

  /**
   * Counts a document in each of the buckets.
   * @param found the buckets of documents, the first `count`
   */
  count(found: Uint32Array, count: number): void {
    const { counts } = this;
    for (let i = 0; i < count; i++) counts[found[i]!]!++;
  }

  /** Counts so many documents in each of the buckets. @param counts and `found`, the first `count` */
  countMany(found: Uint32Array, counts: Uint32Array, count: number): void {
    for (let i = 0; i < count; i++) this.counts[found[i]!]! += counts[i]!;
  }

  /** Counts a document, which may count for several. */
  countWeighted(bucket: number, weight: number): void {
    this.counts[bucket]! += weight;
  }

  /** To be called before the values of one document are filed. */
  beginDocument(): void {
    this.round++;
  }

  /** Whether this is the first time that it is called with the bucket since `beginDocument`. */
  isFirst(bucket: number): boolean {
    if (this.rounds[bucket] === this.round) return false;
    this.rounds[bucket] = this.round;
    return true;
  }

  countOf(bucket: number): number {
    return this.counts[bucket]!;
  }

  keyOf(bucket: number): number {
    return this.columns.keys[bucket]!;
  }

  /** How many buckets a parent's bucket has. */
  sizeOf(parent: number): number {
    return this.sizes[parent] ?? 0;
  }

  /** How many buckets a parent's bucket that has any has on average. */
  get meanSize(): number {
    return this.size / Math.max(1, this.parentCount);
  }

  /** Moves what is left to the index, before `ascendingIn` is asked. */
  *settle(): Steps<void> {
    while (this.former.length > 0) {
      this.move(movedInStep);
      yield movedInStep / movedPerDocument;
    }
  }

  /** The buckets in a parent's bucket by ascending key, where that is known without sorting; else null. */
  ascendingIn(parent: number): Uint32Array | null {
    if (this.window === null || this.former.length > 0) return null;
    return this.window.bucketsIn(parent, this.sizeOf(parent));
  }

  /** The buckets in a parent's bucket, in the order they were made. */
  bucketsIn(parent: number): Uint32Array {
    const buckets = new Uint32Array(this.sizeOf(parent));
    let bucket = this.lasts[parent] ?? 0;
    for (let i = buckets.length - 1; i >= 0; i--) {
      buckets[i] = bucket - 1;
      bucket = this.previous[bucket - 1]!;
    }
    return buckets;
  }

  private add(parent: number, key: number): number {
    this.budget.holdBucket();
    if (this.size === this.room) this.growBuckets(2 * this.room);
    if (parent >= this.lasts.length) this.growParents(parent + 1);
    const bucket = this.size++;
    // 0 and −0 are one key.
    this.columns.keys[bucket] = key + 0;
    this.columns.parents[bucket] = parent;
    this.previous[bucket] = this.lasts[parent]!;
    this.lasts[parent] = bucket + 1;
    if (this.sizes[parent]!++ === 0) this.parentCount++;
    check(this.sizes[parent]!, this.sizeMax);
    const { extents } = this;
    if (parent > extents.parentMax) extents.parentMax = parent;
    if (key < extents.keyMin) extents.keyMin = key + 0;
    if (key > extents.keyMax) extents.keyMax = key + 0;
    this.isWhole &&= Number.isSafeInteger(key);
    if (this.window === null) this.hashed.set(parent, key, bucket);
    else if (!this.window.set(parent, key, bucket)) this.widen();
    return bucket;
  }

  /** Numbers that the window may have: no more memory than a hash table of as many buckets. */
  private get windowMax(): number {
    return Math.max(windowMin, 4 * this.room);
  }

  /** After a key that is outside of the window. */
  private widen(): void {
    const { window, extents, windowMax } = this;
    this.replaceIndex(this.isWhole ? window!.widened(extents, windowMax) : null);
  }

  /** @param window null: by hash */
  private replaceIndex(window: KeyWindow | null): void {
    this.former.push(this.window ?? this.hashed);
    this.window = window;
    this.hashed = new HashedBuckets(this.columns, window === null ? this.room : 0);
    this.moved = 0;
    this.movedEnd = this.size;
    if (this.size <= movedAtOnceMax) this.move(this.size);
    // The last is the one for which there was no room.
    else this.moveOne(this.size - 1);
  }

  private move(count: number): void {
    const end = Math.min(this.moved + count, this.movedEnd);
    for (; this.moved < end; this.moved++) this.moveOne(this.moved);
    if (this.moved === this.movedEnd) this.former = [];
  }

  private moveOne(bucket: number): void {
    const { keys, parents } = this.columns;
    (this.window ?? this.hashed).set(parents[bucket]!, keys[bucket]!, bucket);
  }

  /** Makes room for so many more buckets at once. */
  reserve(count: number): void {
    const needed = Math.min(this.size + count, bucketsMax);
    if (needed > this.room) this.growBuckets(needed);
  }

  private growBuckets(room: number): void {
    this.room = room;
    if (room > this.counts.length) this.growColumns(roomFor(room, this.counts.length));
    if (this.window === null) this.replaceIndex(this.isWhole ? KeyWindow.around(this.extents, this.windowMax) : null);
  }

  private growColumns(length: number): void {
    const { columns } = this;
    columns.keys = longer(columns.keys, new Float64Array(length));
    columns.parents = longer(columns.parents, new Uint32Array(length));
    this.counts = longer(this.counts, new Float64Array(length));
    this.rounds = longer(this.rounds, new Uint32Array(length));
    this.previous = longer(this.previous, new Uint32Array(length));
  }

  private growParents(count: number): void {
    const length = roomFor(count, this.lasts.length);
    this.lasts = longer(this.lasts, new Uint32Array(length));
    this.sizes = longer(this.sizes, new Uint32Array(length));
  }
}
