/**
 * A document after a partial one is laid over it: objects are merged member by member, anything else is replaced.
 *
 * Where nulls remove members it is the JSON merge patch of RFC 7396. What the patch does not name keeps its value, and
 * every number its digits as they were written: 9007199254740993 is not rounded by a patch of another field. Members keep
 * their order, those whose names are array indexes first. The same on every machine, for good: see judge.ts.
 */
import { isRawJSON, parseKeepingDigits } from '../json/raw-json.ts';
import { isObject } from '../json/read-object.ts';

/** A JSON value in which a number that would not be written as it was is kept as its text. */
type Value = unknown;
type Members = Record<string, Value>;

export interface MergePatchOptions {
  /** What a member of the patch that is null does. */
  readonly nulls: 'kept' | 'removed';
}

export interface Merged {
  /** UTF-8. */
  readonly source: Uint8Array;
  /** Whether it says the same as the document before. */
  readonly isSame: boolean;
}

/**
 * @param source the document, @param partial what is laid over it: JSON objects in UTF-8
 * @returns null where one of the two is no JSON object
 */
export function mergePatch(source: Uint8Array, partial: Uint8Array, { nulls }: MergePatchOptions): Merged | null {
  const before = parse(source);
  const patch = parse(partial);
  if (!isMergeable(before) || !isMergeable(patch)) return null;
  const text = JSON.stringify(merge(before, patch, nulls === 'removed'));
  return { source: Buffer.from(text), isSame: text === JSON.stringify(before) };
}

function merge(before: Members, patch: Members, isRemoving: boolean): Members {
  const merged: Members = Object.create(null) as Members;
  for (const name of Object.keys(before)) merged[name] = before[name];
  for (const name of Object.keys(patch)) {
    const value = patch[name];
    if (isRemoving && value === null) delete merged[name];
    else if (isMergeable(value)) {
      const inner = merged[name];
      if (isMergeable(inner)) merged[name] = merge(inner, value, isRemoving);
      else merged[name] = isRemoving ? merge({}, value, isRemoving) : value;
    } else merged[name] = value;
  }
  return merged;
}

function isMergeable(value: Value): value is Members {
  return isObject(value) && !isRawJSON(value);
}

function parse(bytes: Uint8Array): Value {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  try {
    return parseKeepingDigits(text);
  } catch {
    return undefined;
  }
}
