import { hashBytes64 } from '../../shared/hashing/hash.ts';
import type { Steps } from '../schedule/steps.ts';
import type { Dictionary } from './dictionary.ts';

export interface HashedTerms {
  /** By ordinal, the high half first: xxh64 of the terms' UTF-8. */
  readonly hashes: Uint32Array;
  readonly sizeBytes: number;
}

/** Terms hashed between two yields, and what one takes in documents that are looked at. */
const termsPerStep = 128;
const workPerTerm = 8;

const hashed = new BigUint64Array(1);
/** Little-endian, as every platform is that runs this. */
const hashedHalves = new Uint32Array(hashed.buffer);

/** The hashes of all terms of a dictionary. @returns null where they would be more bytes than `bytesMax` */
export function* hashTerms(dictionary: Dictionary, bytesMax: number): Steps<HashedTerms | null> {
  const sizeBytes = 8 * dictionary.size;
  if (sizeBytes > bytesMax) return null;
  const hashes = new Uint32Array(2 * dictionary.size);
  const cursor = dictionary.cursorAtStart();
  for (let i = 0; cursor.next(); i++) {
    hashed[0] = hashBytes64(cursor.bytes.subarray(0, cursor.length));
    hashes[2 * i] = hashedHalves[1]!;
    hashes[2 * i + 1] = hashedHalves[0]!;
    if ((i + 1) % termsPerStep === 0) yield termsPerStep * workPerTerm;
  }
  return { hashes, sizeBytes };
}
