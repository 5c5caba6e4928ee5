import { hash64, hashBytes64 } from '../../shared/hashing/hash.ts';
import { compareSlices } from '../dictionary/dictionary.ts';

/** Document keys by docId, and an open-addressing hash table from key to docId. */
export interface KeyContents {
  /** Where each key begins in `bytes`: one more than there are documents. */
  readonly starts: Uint32Array;
  /** Keys as UTF-8, end to end. */
  readonly bytes: Uint8Array;
  /**
   * docId + 1, or 0 for an empty slot: half as many slots again as documents. A key stands in the first slot that was
   * free from ⌊h × slots / 2^32⌋ on, wrapping round, where h is the low half of the xxh64 of its UTF-8; docIds entered in order.
   */
  readonly slots: Uint32Array;
}

/** Number of slots for a number of documents. */
export function slotCount(documents: number): number {
  return 4 + documents + Math.ceil(documents / 2);
}

/** Where a key's search begins. */
function firstSlot(hash: number, slots: number): number {
  return Math.floor((hash * slots) / 0x1_0000_0000);
}

function slotAfter(slot: number, slots: number): number {
  return slot + 1 === slots ? 0 : slot + 1;
}

function low32(hash: bigint): number {
  return Number(BigInt.asUintN(32, hash));
}

/** Enters the keys into a new table. @throws Error when a key is there twice, which is a fault of the caller */
export function hashKeys(starts: Uint32Array, bytes: Uint8Array): Uint32Array {
  const documents = starts.length - 1;
  const slots = new Uint32Array(slotCount(documents));
  const hashes = new Uint32Array(documents);
  for (let docId = 0; docId < documents; docId++) {
    const start = starts[docId]!;
    const end = starts[docId + 1]!;
    const hash = low32(hashBytes64(bytes.subarray(start, end)));
    hashes[docId] = hash;
    let slot = firstSlot(hash, slots.length);
    for (let taken = slots[slot]!; taken !== 0; taken = slots[slot]!) {
      const other = taken - 1;
      if (hashes[other] === hash && compareSlices(bytes, start, end, bytes, starts[other]!, starts[taken]!) === 0) {
        throw new Error(`document key twice in one segment: ${Buffer.from(bytes.subarray(start, end)).toString()}`);
      }
      slot = slotAfter(slot, slots.length);
    }
    slots[slot] = docId + 1;
  }
  return slots;
}

/** A key as tables look it up: made once for as many tables as are asked. */
export interface WantedKey {
  /** UTF-8. */
  readonly bytes: Uint8Array;
  /** The low half of their xxh64. */
  readonly hash: number;
}

/** Null for a key that no document has: as UTF-8 a lone surrogate would become the replacement character of another key. */
export function wantedKey(key: string): WantedKey | null {
  return key.isWellFormed() ? { bytes: Buffer.from(key), hash: low32(hash64(key)) } : null;
}

export class KeyTable implements KeyContents {
  readonly starts: Uint32Array;
  readonly bytes: Uint8Array;
  readonly slots: Uint32Array;
  private readonly text: Buffer;

  constructor(contents: KeyContents) {
    this.starts = contents.starts;
    this.bytes = contents.bytes;
    this.slots = contents.slots;
    this.text = Buffer.from(this.bytes.buffer, this.bytes.byteOffset, this.bytes.byteLength);
  }

  keyAt(docId: number): string {
    return this.text.toString('utf8', this.starts[docId], this.starts[docId + 1]);
  }

  /** The document of a key, −1 if there is none. Cost: one hash and about one comparison. */
  docIdOfKey(key: string): number {
    return this.docIdOf(wantedKey(key));
  }

  /** As `docIdOfKey`. Cost: about one comparison. */
  docIdOf(key: WantedKey | null): number {
    if (key === null) return -1;
    const { bytes: wanted, hash } = key;
    let slot = firstSlot(hash, this.slots.length);
    for (let taken = this.slots[slot]!; taken !== 0; taken = this.slots[slot]!) {
      const start = this.starts[taken - 1]!;
      if (compareSlices(this.bytes, start, this.starts[taken]!, wanted, 0, wanted.length) === 0) return taken - 1;
      slot = slotAfter(slot, this.slots.length);
    }
    return -1;
  }
}
