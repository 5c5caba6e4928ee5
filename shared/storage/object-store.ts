/**
 * Where files are kept that outlive every machine of a cluster: objects under keys, in a folder or in a bucket.
 *
 * Two sorts of objects, in key spaces that the caller keeps apart. What is put never changes: it is written once, under a
 * key that follows from its content, and whoever writes it again writes the same. What is swapped changes by
 * compare-and-swap: of several that saw one version, one replaces it. Nothing else is asked of a store: no locks, no
 * renames, no order of a listing.
 */
import { SheafError } from '../errors.ts';

/** An object that is swapped, as it was read. */
export interface StoredVersion {
  readonly bytes: Uint8Array;
  /** Names this state of the object, and no other that it ever has or had. Opaque. */
  readonly version: string;
}

/** A file as the store has or shall have it. */
export interface FileContent {
  readonly sizeBytes: number;
  /** SHA-256 of the content, in hexadecimal. */
  readonly sha256: string;
}

export interface TransferOptions {
  /** Looked at between the pieces of a file: what is under way then ends by itself. */
  readonly signal: AbortSignal;
  /** Called before each piece is sent or asked for, with its bytes; resolves when it may go. */
  readonly admit?: (bytes: number) => Promise<void>;
}

export interface ObjectStore {
  /** Where it is, as it was configured: never with credentials. */
  readonly place: string;

  /** @throws SheafError STORAGE_UNAVAILABLE, STORAGE_REFUSED */
  read(key: string): Promise<StoredVersion | null>;

  /**
   * Replaces the object where its version is `expected`; null: where there is none. Resolves once it is durable. No two
   * states of an object may have the same bytes: a store may name its versions by what is in them.
   * @returns the new version
   * @throws SheafError STORAGE_CONFLICT where it has another version: nothing is replaced; STORAGE_UNAVAILABLE: it may or
   *   may not be replaced; STORAGE_REFUSED
   */
  swap(key: string, bytes: Uint8Array, expected: string | null): Promise<string>;

  /**
   * Puts a file, durably. Its content is what `content` says, or nothing is put.
   * @throws SheafError STORAGE_UNAVAILABLE, STORAGE_REFUSED, STORAGE_CORRUPT where the file is not what `content` says
   */
  putFile(key: string, path: string, content: FileContent, options: TransferOptions): Promise<void>;

  /**
   * Writes an object that was put into a new file, durably, and proves that it is what `content` says. The file is gone if
   * it fails.
   * @throws SheafError STORAGE_MISSING, STORAGE_CORRUPT, STORAGE_UNAVAILABLE, STORAGE_REFUSED; what the file system throws
   */
  getFile(key: string, path: string, content: FileContent, options: TransferOptions): Promise<void>;

  /**
   * Every key that begins with `prefix`, in no order. What is put or removed meanwhile may be in it or not.
   * @throws SheafError STORAGE_UNAVAILABLE, STORAGE_REFUSED
   */
  list(prefix: string): AsyncIterable<string>;

  /**
   * Removes what was put, and what was swapped under keys that nobody swaps any more. A key that is not there is no fault.
   * @throws SheafError STORAGE_UNAVAILABLE, STORAGE_REFUSED
   */
  remove(keys: readonly string[]): Promise<void>;

  /**
   * What was begun to be written and is no object, by whoever is at it or was before it ended; nothing where the service has rules of its
   * own for that.
   * @throws SheafError STORAGE_UNAVAILABLE, STORAGE_REFUSED
   */
  unfinished(): Promise<readonly Unfinished[]>;

  /** Removes such. Whoever is still at it fails, and has put nothing. @throws SheafError STORAGE_UNAVAILABLE, STORAGE_REFUSED */
  removeUnfinished(names: readonly string[]): Promise<void>;
}

export interface Unfinished {
  readonly name: string;
  readonly sizeBytes: number;
}

const partPattern = /^[A-Za-z0-9_-][A-Za-z0-9._-]*$/;

/** The key, which must lead nowhere else in a folder, or be read as something else in an address. @throws TypeError */
export function checkKey(key: string): string {
  if (key.length > keyLengthMax || !key.split('/').every((part) => partPattern.test(part))) {
    throw new TypeError(`not a key of an object: ${key}`);
  }
  return key;
}

/** Stores take 1,024 bytes; what a prefix needs is left. */
const keyLengthMax = 600;

export function conflict(place: string, key: string): SheafError {
  return new SheafError('STORAGE_CONFLICT', { detail: { place, key } });
}

export function corrupt(place: string, key: string, reason: string): SheafError {
  return new SheafError('STORAGE_CORRUPT', { detail: { place, key, reason } });
}

export function missing(place: string, key: string): SheafError {
  return new SheafError('STORAGE_MISSING', { detail: { place, key } });
}
