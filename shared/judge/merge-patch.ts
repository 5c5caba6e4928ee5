/**
 * A document after a partial one is laid over it: objects are merged member by member, anything else is replaced.
 *
 * A name with dots is a path, as names of fields are: what the document has under that path, in whichever of the ways to write it, is what
 * the patch names, and a new member goes into the objects that are there. Where none is, it is kept as it was written.
 *
 * Where nulls remove members it is the JSON merge patch of RFC 7396. What the patch does not name keeps its value, and
 * every number its digits as they were written: 9007199254740993 is not rounded by a patch of another field. Members keep
 * their order, those whose names are array indexes first. The same on every machine, for good: see judge.ts.
 */
import { isRawJSON, parseKeepingDigits } from '../json/raw-json.ts';
import { isObject } from '../json/read-object.ts';
import { limits } from '../limits.ts';

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
  /** Whether it has more levels of objects and arrays than a document may have: a path is laid into objects that are there. */
  readonly isTooDeep: boolean;
}

/**
 * @param source the document, @param partial what is laid over it: JSON objects in UTF-8
 * @returns null where one of the two is no JSON object
 */
export function mergePatch(source: Uint8Array, partial: Uint8Array, { nulls }: MergePatchOptions): Merged | null {
  const before = parse(source);
  const patch = parse(partial);
  if (!isMergeable(before) || !isMergeable(patch)) return null;
  const merged = merge(before, patch, nulls === 'removed');
  const text = JSON.stringify(merged);
  const isTooDeep = isDeeper(merged, limits.documentDepthMax);
  return { source: Buffer.from(text), isSame: text === JSON.stringify(before), isTooDeep };
}

function merge(before: Members, patch: Members, isRemoving: boolean): Members {
  const merged = copyOf(before);
  const target = new PatchTarget(merged);
  for (const { value, ...at } of valuesOf(patch, { names: [], length: 0 })) {
    target.lay(at, isRemoving && value === null ? removed : value);
  }
  return merged;
}

/** In the place of a value: there is to be none. */
const removed = Symbol('removed');

/** What is longer is no path but a name in each of its objects: no field has a longer one. A part of the judgement, as all of this. */
const pathLengthMax = 256;
/** Objects that are looked into for one path: a document may have more ways to write it than can be counted. A part of the judgement. */
const looksMax = 16;

interface PatchPath {
  /** From the patch to the value; each may be a path itself. */
  readonly names: readonly string[];
  /** Of the whole path. */
  readonly length: number;
}

interface PatchValue extends PatchPath {
  /** No object that has members. */
  readonly value: Value;
}

function* valuesOf(patch: Members, above: PatchPath): Generator<PatchValue> {
  for (const name of Object.keys(patch)) {
    const value = patch[name];
    const dot = above.names.length === 0 ? 0 : 1;
    const at = { names: [...above.names, name], length: above.length + dot + name.length };
    if (isMergeable(value) && Object.keys(value).length > 0) yield* valuesOf(value, at);
    else yield { ...at, value };
  }
}

/** A member of an object, which it may not have. */
interface Place {
  readonly object: Members;
  readonly name: string;
}

/** The members of an object that are objects, by the steps of their names. */
interface Inner {
  readonly deeper: Map<string, Inner>;
  object: Members | null;
}

/** The document, whose objects are changed. Cost of a path: its steps, in each of the objects that are looked into. */
class PatchTarget {
  private readonly document: Members;
  /** Of the objects that were looked into. */
  private readonly inners = new Map<Members, Inner>();

  constructor(document: Members) {
    this.document = document;
  }

  lay({ names, length }: PatchPath, value: Value): void {
    const looks = { left: looksMax };
    const found = length > pathLengthMax ? null : this.find(this.document, names.join('.').split('.'), looks);
    const place = found ?? this.reach(names);
    // An object without members changes nothing in one that is there.
    if (!isMergeable(value)) this.write(place, value);
    else if (!isMergeable(memberOf(place))) this.write(place, newMembers());
  }

  /** What is there under a path: a member with dots in its name comes before one in an object, a longer name before a shorter one. */
  private find(object: Members, steps: readonly string[], looks: { left: number }): Place | null {
    if (looks.left-- <= 0) return null;
    const name = steps.join('.');
    if (Object.hasOwn(object, name)) return { object, name };
    for (const { inner, count } of this.prefixesOf(object, steps)) {
      const found = this.find(inner, steps.slice(count), looks);
      if (found !== null) return found;
    }
    return null;
  }

  /** Where a value goes that is not there: what stands in the way of the objects that lead there is replaced by them. */
  private reach(names: readonly string[]): Place {
    let object = this.document;
    for (const above of names.slice(0, -1)) {
      const place = this.placeIn(object, above);
      const there = memberOf(place);
      if (isMergeable(there)) object = there;
      else this.write(place, (object = newMembers()));
    }
    return this.placeIn(object, names.at(-1)!);
  }

  /** Of a name with dots: in the objects that are there. */
  private placeIn(object: Members, name: string): Place {
    if (Object.hasOwn(object, name) || name.length > pathLengthMax || !name.includes('.')) return { object, name };
    const steps = name.split('.');
    const [longest] = this.prefixesOf(object, steps);
    return longest === undefined ? { object, name } : this.placeIn(longest.inner, steps.slice(longest.count).join('.'));
  }

  /** The members that are objects whose names are the first steps of a path, with how many steps, the most first; never all. */
  private prefixesOf(object: Members, steps: readonly string[]): { readonly inner: Members; readonly count: number }[] {
    const found: { readonly inner: Members; readonly count: number }[] = [];
    let at: Inner | undefined = steps.length > 1 ? this.innersOf(object) : undefined;
    for (let count = 1; count < steps.length; count++) {
      at = at?.deeper.get(steps[count - 1]!);
      if (at === undefined) break;
      if (at.object !== null) found.unshift({ inner: at.object, count });
    }
    return found;
  }

  private innersOf(object: Members): Inner {
    let inners = this.inners.get(object);
    if (inners !== undefined) return inners;
    inners = { deeper: new Map(), object: null };
    this.inners.set(object, inners);
    for (const name of Object.keys(object)) if (isMergeable(object[name])) note(inners, name, object[name]);
    return inners;
  }

  private write({ object, name }: Place, value: Value): void {
    const inners = this.inners.get(object);
    if (inners !== undefined && (isMergeable(value) || isMergeable(memberOf({ object, name })))) {
      note(inners, name, isMergeable(value) ? value : null);
    }
    if (value === removed) delete object[name];
    else object[name] = value;
  }
}

function note(inners: Inner, name: string, object: Members | null): void {
  if (name.length > pathLengthMax) return;
  let at = inners;
  for (const step of name.split('.')) {
    let next = at.deeper.get(step);
    if (next === undefined) at.deeper.set(step, (next = { deeper: new Map(), object: null }));
    at = next;
  }
  at.object = object;
}

function memberOf({ object, name }: Place): Value {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** Objects are copied, and arrays are not looked into. */
function copyOf(members: Members): Members {
  const copy = newMembers();
  for (const name of Object.keys(members)) {
    const value = members[name];
    copy[name] = isMergeable(value) ? copyOf(value) : value;
  }
  return copy;
}

/** Whether it has more levels of objects and arrays, itself the first. */
function isDeeper(value: Value, levels: number): boolean {
  if (typeof value !== 'object' || value === null || isRawJSON(value)) return false;
  if (levels === 0) return true;
  const inner: readonly Value[] = Array.isArray(value) ? value : Object.values(value);
  return inner.some((each) => isDeeper(each, levels - 1));
}

/** Of whose names none has a meaning. */
function newMembers(): Members {
  return Object.create(null) as Members;
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
