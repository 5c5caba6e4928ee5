/** An index of buckets by parent and key, whatever keys are: a hash table over their columns. */
export class HashedBuckets {
  /** By bucket. They may be replaced by longer ones. */
  private readonly columns: { readonly keys: Float64Array; readonly parents: Uint32Array };
  /** Buckets plus one; 0 where there is none. At least half of it is empty. */
  private readonly slots: Uint32Array;

  /** @param capacity buckets that there may be */
  constructor(columns: HashedBuckets['columns'], capacity: number) {
    this.columns = columns;
    this.slots = capacity === 0 ? noSlots : new Uint32Array(slotCount(capacity));
  }

  /** The bucket of a key in a parent, plus one; 0 where there is none. */
  at(parent: number, key: number): number {
    const { slots } = this;
    const { keys, parents } = this.columns;
    const mask = slots.length - 1;
    let slot = hash(parent, key) & mask;
    for (let found = slots[slot]!; found !== 0; found = slots[slot]!) {
      if (keys[found - 1] === key && parents[found - 1] === parent) return found;
      slot = (slot + 1) & mask;
    }
    return 0;
  }

  /** Puts a bucket in, once however often. */
  set(parent: number, key: number, bucket: number): void {
    const { slots } = this;
    const mask = slots.length - 1;
    let slot = hash(parent, key) & mask;
    while (slots[slot] !== 0 && slots[slot] !== bucket + 1) slot = (slot + 1) & mask;
    slots[slot] = bucket + 1;
  }
}

const noSlots = new Uint32Array(1);

/** A power of two, at least twice as many as there is room for. */
function slotCount(capacity: number): number {
  return 2 ** Math.ceil(Math.log2(2 * capacity));
}

const hashed = new Float64Array(1);
const hashedHalves = new Uint32Array(hashed.buffer);

/** The bits of parent and key, mixed as MurmurHash3 ends (public domain, Appleby). */
function hash(parent: number, key: number): number {
  hashed[0] = key + 0;
  let bits = Math.imul(hashedHalves[0]!, 0xcc9e2d51) ^ Math.imul(parent + 1, 0x9e3779b1);
  bits = Math.imul(bits ^ (bits >>> 15), 0x1b873593) ^ hashedHalves[1]!;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}
