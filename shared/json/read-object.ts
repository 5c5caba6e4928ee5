/** Strict reading of JSON objects: names that are not known are faults, never ignored. */
import type { Reader } from './readers.ts';
import type { RequestNode } from './request-node.ts';

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The properties of an object whose names have been checked. */
export class Properties<Name extends string> {
  private readonly node: RequestNode;
  private readonly values: Readonly<Record<string, unknown>>;

  constructor(node: RequestNode, values: Readonly<Record<string, unknown>>) {
    this.node = node;
    this.values = values;
  }

  has(name: Name): boolean {
    return Object.hasOwn(this.values, name);
  }

  /** @throws SheafError REQUEST_FIELD_MISSING */
  required<T>(name: Name, reader: Reader<T>): T {
    if (!this.has(name)) throw this.node.fault('REQUEST_FIELD_MISSING', { field: name });
    return reader(this.node.child(name, this.values[name]));
  }

  /** The property, or `fallback` where it is absent; null is not absent. */
  optional<T, F>(name: Name, reader: Reader<T>, fallback: F): T | F {
    return this.has(name) ? this.required(name, reader) : fallback;
  }
}

/**
 * An object that has no other properties than these.
 * @throws SheafError REQUEST_TYPE_WRONG, REQUEST_FIELD_UNKNOWN
 */
export function readObject<const Name extends string>(
  node: RequestNode,
  allowed: readonly Name[],
): Properties<NoInfer<Name>> {
  const { value } = node;
  if (!isObject(value)) throw node.wrongType('an object');
  for (const name of Object.keys(value)) {
    if (!(allowed as readonly string[]).includes(name)) {
      throw node.child(name, value[name]).fault('REQUEST_FIELD_UNKNOWN', { field: name, allowed });
    }
  }
  return new Properties(node, value);
}

export interface Entry {
  readonly name: string;
  readonly node: RequestNode;
}

/** The properties of an object whose names are the caller's, in order. */
export function readEntries(node: RequestNode): Entry[] {
  const { value } = node;
  if (!isObject(value)) throw node.wrongType('an object');
  return Object.keys(value).map((name) => ({ name, node: node.child(name, value[name]) }));
}

/** The only property of an object. @param expected what such an object is, for the fault */
export function readOnlyEntry(node: RequestNode, expected: string): Entry {
  const entries = readEntries(node);
  const [entry] = entries;
  if (entry === undefined || entries.length > 1) {
    throw node.invalid({ expected, actual: `an object with ${entries.length} properties` });
  }
  return entry;
}
