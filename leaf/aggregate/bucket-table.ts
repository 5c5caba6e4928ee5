import { KeyWindow } from './key-window.ts';
import { limits } from '../../shared/limits.ts';
import { check, type TaskBudget } from './task-budget.ts';

/** Numbers that the window of a table may have however few buckets there are. */
const windowMin = 65_536;

const noSlots = new Uint32Array(0);

/**
 * Numbers the buckets of one aggregation by the bucket they are nested in and their key, and counts documents.
 *
 * One index for all parents, in flat columns: some 50 bytes a bucket however few each parent has, and growing
 * copies numbers, which never takes long. Where keys are whole numbers that lie close together the index is an array by parent
 * and key (key-window.ts); else, and where that would be larger, a hash table.
 */
export class BucketTable {
  /** Buckets so far. */
  size = 0;
  private readonly budget: TaskBudget;
  private readonly sizeMax: number;
  // By bucket.
  private keys: Float64Array;
  private parents: Uint32Array;
  /** Exact to 2^53: a document of a roll-up counts for many. */
  private counts: Float64Array;
  /** The last round in which it was counted. */
  private rounds: Uint32Array;
  /** The one made before it in the same parent, plus one; 0 for the first. */
  private previous: Uint32Array;
  // By parent.
  private lasts: Uint32Array = new Uint32Array(1);
  private sizes: Uint32Array = new Uint32Array(1);
  /** Buckets plus one by parent and key; null where they are found by hash. */
  private window: KeyWindow | null = KeyWindow.empty;
  /** Buckets plus one by hash; 0 where there is none. At least half of it is empty. Of length 0 where there is a window. */
  private slots: Uint32Array = noSlots;
  /** Of all buckets. */
  private readonly extents = { keyMin: Infinity, keyMax: -Infinity, parentMax: 0 };
  /** Whether all keys are whole numbers. */
  private isWhole = true;
  private round = 0;
  private parentCount = 0;
  private readonly hashed = new Float64Array(1);
  private readonly hashedHalves = new Uint32Array(this.hashed.buffer);

  /** @param sizeMax buckets that one parent's may have */
  constructor(budget: TaskBudget, sizeMax = Infinity) {
    this.budget = budget;
    this.sizeMax = sizeMax;
    const capacity = budget.firstCapacity();
    this.keys = new Float64Array(capacity);
    this.parents = new Uint32Array(capacity);
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
    const { keys, parents, slots } = this;
    if (this.window !== null) {
      const known = this.window.at(parent, key);
      return known === 0 ? this.add(parent, key) : known - 1;
    }
    const mask = slots.length - 1;
    let slot = this.hash(parent, key) & mask;
    for (let found = slots[slot]!; found !== 0; found = slots[slot]!) {
      if (keys[found - 1] === key && parents[found - 1] === parent) return found - 1;
      slot = (slot + 1) & mask;
    }
    return this.add(parent, key);
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
    return this.keys[bucket]!;
  }

  /** How many buckets a parent's bucket has. */
  sizeOf(parent: number): number {
    return this.sizes[parent] ?? 0;
  }

  /** How many buckets a parent's bucket that has any has on average. */
  get meanSize(): number {
    return this.size / Math.max(1, this.parentCount);
  }

  /** The buckets in a parent's bucket by ascending key, where that is known without sorting; else null. */
  ascendingIn(parent: number): Uint32Array | null {
    return this.window === null ? null : this.window.bucketsIn(parent, this.sizeOf(parent));
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
    if (this.size === this.keys.length) this.growBuckets(2 * this.keys.length);
    if (parent >= this.lasts.length) this.growParents(parent + 1);
    const bucket = this.size++;
    // 0 and −0 are one key.
    this.keys[bucket] = key + 0;
    this.parents[bucket] = parent;
    this.previous[bucket] = this.lasts[parent]!;
    this.lasts[parent] = bucket + 1;
    if (this.sizes[parent]!++ === 0) this.parentCount++;
    check(this.sizes[parent]!, this.sizeMax);
    const { extents } = this;
    if (parent > extents.parentMax) extents.parentMax = parent;
    if (key < extents.keyMin) extents.keyMin = key + 0;
    if (key > extents.keyMax) extents.keyMax = key + 0;
    this.isWhole &&= Number.isSafeInteger(key);
    if (this.window === null) this.place(bucket);
    else if (!this.window.set(parent, key, bucket)) this.widen();
    return bucket;
  }

  /** Numbers that the window may have: no more memory than a hash table of as many buckets. */
  private get windowMax(): number {
    return Math.max(windowMin, 4 * this.keys.length);
  }

  /** After a key that is outside of the window. */
  private widen(): void {
    const { window, keys, parents, size, extents, windowMax } = this;
    this.window = this.isWhole ? window!.widened(extents, windowMax) : null;
    if (this.window === null) this.hashAll();
    else this.window.fill(parents, keys, size);
  }

  private hashAll(): void {
    this.slots = new Uint32Array(slotCount(this.keys.length));
    for (let bucket = 0; bucket < this.size; bucket++) this.place(bucket);
  }

  private place(bucket: number): void {
    const { slots } = this;
    const mask = slots.length - 1;
    let slot = this.hash(this.parents[bucket]!, this.keys[bucket]!) & mask;
    while (slots[slot] !== 0) slot = (slot + 1) & mask;
    slots[slot] = bucket + 1;
  }

  /** Makes room for so many more buckets at once. */
  reserve(count: number): void {
    const needed = Math.min(this.size + count, limits.bucketsCollectedMax);
    if (needed > this.keys.length) this.growBuckets(needed);
  }

  private growBuckets(capacity: number): void {
    const keys = new Float64Array(capacity);
    keys.set(this.keys);
    this.keys = keys;
    this.parents = grown(this.parents, capacity);
    const counts = new Float64Array(capacity);
    counts.set(this.counts);
    this.counts = counts;
    this.rounds = grown(this.rounds, capacity);
    this.previous = grown(this.previous, capacity);
    if (this.window !== null) return;
    if (this.isWhole) this.window = KeyWindow.around(this.extents, this.windowMax);
    if (this.window === null) this.hashAll();
    else {
      this.slots = noSlots;
      this.window.fill(this.parents, this.keys, this.size);
    }
  }

  private growParents(count: number): void {
    const capacity = Math.max(count, 2 * this.lasts.length);
    this.lasts = grown(this.lasts, capacity);
    this.sizes = grown(this.sizes, capacity);
  }

  /** The bits of parent and key, mixed as MurmurHash3 ends (public domain, Appleby). */
  private hash(parent: number, key: number): number {
    this.hashed[0] = key + 0;
    let hash = Math.imul(this.hashedHalves[0]!, 0xcc9e2d51) ^ Math.imul(parent + 1, 0x9e3779b1);
    hash = Math.imul(hash ^ (hash >>> 15), 0x1b873593) ^ this.hashedHalves[1]!;
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    return hash ^ (hash >>> 16);
  }
}

/** A power of two, at least twice as many as there is room for. */
function slotCount(capacity: number): number {
  return 2 ** Math.ceil(Math.log2(2 * capacity));
}

function grown(column: Uint32Array, length: number): Uint32Array {
  const copy = new Uint32Array(length);
  copy.set(column);
  return copy;
}
