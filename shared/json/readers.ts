/**
 * Readers of request values: small functions from a node to a typed value that throw a SheafError saying where and
 * what was expected. Nothing is coerced.
 */
import type { RequestNode } from './request-node.ts';

export type Reader<T> = (node: RequestNode) => T;

export const readString: Reader<string> = (node) => {
  if (typeof node.value !== 'string') throw node.wrongType('a string');
  return node.value;
};

export const readNonEmptyString: Reader<string> = (node) => {
  const text = readString(node);
  if (text === '') throw node.invalid({ expected: 'a string that is not empty' });
  return text;
};

export const readBoolean: Reader<boolean> = (node) => {
  if (typeof node.value !== 'boolean') throw node.wrongType('true or false');
  return node.value;
};

/** A whole number from `min` to `max`, both included. */
export function integerWithin(min: number, max: number): Reader<number> {
  return (node) => {
    const { value } = node;
    if (typeof value !== 'number' || !Number.isInteger(value)) throw node.wrongType('a whole number');
    if (value < min || value > max) {
      throw node.invalid({ expected: `a whole number from ${min} to ${max}`, min, max, actual: node.actual });
    }
    // Adding 0 turns −0 into 0.
    return value + 0;
  };
}

/** A number that passes a test; `expected` says which those are. */
export function numberThat(expected: string, accepts: (value: number) => boolean): Reader<number> {
  return (node) => {
    const { value } = node;
    if (typeof value !== 'number') throw node.wrongType('a number');
    if (!Number.isFinite(value) || !accepts(value)) throw node.invalid({ expected, actual: node.actual });
    return value + 0;
  };
}

export function oneOf<const T extends string>(allowed: readonly T[]): Reader<T> {
  return (node) => {
    const text = readString(node);
    const found = allowed.find((candidate) => candidate === text);
    if (found === undefined) throw node.invalid({ expected: `one of ${allowed.join(', ')}`, allowed });
    return found;
  };
}

/** An array of at most `countMax` values. */
export function arrayOf<T>(reader: Reader<T>, countMax: number): Reader<T[]> {
  return (node) => readArray(node, countMax).map((item, index) => reader(node.child(index, item)));
}

/** The same, its values not read. */
export function readArray(node: RequestNode, countMax: number): readonly unknown[] {
  const { value } = node;
  if (!Array.isArray(value)) throw node.wrongType('an array');
  if (value.length > countMax) {
    throw node.invalid({ expected: `at most ${countMax} values`, limit: countMax, actual: value.length });
  }
  return value;
}

/** One value, or an array of at most `countMax` of them. */
export function oneOrMany<T>(reader: Reader<T>, countMax: number): Reader<T[]> {
  const many = arrayOf(reader, countMax);
  return (node) => (Array.isArray(node.value) ? many(node) : [reader(node)]);
}
