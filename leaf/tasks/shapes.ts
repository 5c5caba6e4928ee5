/**
 * Readers that look at values and leave them as they are: what a task says is used as it came. Lists of scalars are looked
 * at in one pass without a node for each; nodes are made for what is wrong.
 */
import { isObject } from '../../shared/json/read-object.ts';
import type { Reader } from '../../shared/json/readers.ts';
import type { RequestNode } from '../../shared/json/request-node.ts';

/** A look at a value. @throws SheafError REQUEST_TYPE_WRONG, REQUEST_FIELD_MISSING, REQUEST_VALUE_INVALID and the like */
export type Look = Reader<unknown>;

export type Looks = Readonly<Record<string, Look>>;

const none: Looks = {};

const lookAtObject: Reader<Readonly<Record<string, unknown>>> = (node) => {
  if (!isObject(node.value)) throw node.wrongType('an object');
  return node.value;
};

export const lookAtArray: Reader<readonly unknown[]> = (node) => {
  if (!Array.isArray(node.value)) throw node.wrongType('an array');
  return node.value;
};

/** Any finite number: JSON has no others. */
export const lookAtNumber: Reader<number> = (node) => {
  if (typeof node.value !== 'number') throw node.wrongType('a number');
  return node.value;
};

/** The value under a name, which must be there. */
export function lookAtProperty<T>(node: RequestNode, name: string, reader: Reader<T>): T {
  const value = lookAtObject(node);
  if (!Object.hasOwn(value, name)) throw node.fault('REQUEST_FIELD_MISSING', { field: name });
  return reader(node.child(name, value[name]));
}

/** An object with all of these; of the optional ones those that are there are looked at, and what else is there is not. */
export function shaped(required: Looks, optional: Looks = none): Look {
  const must = Object.entries(required);
  const may = Object.entries(optional);
  return (node) => {
    const value = lookAtObject(node);
    for (const [name, look] of must) lookAtProperty(node, name, look);
    for (const [name, look] of may) if (Object.hasOwn(value, name)) look(node.child(name, value[name]));
    return value;
  };
}

/** An object whose values, by whatever names, are all of a kind. */
export function recordOf(look: Look): Look {
  return (node) => {
    const value = lookAtObject(node);
    for (const name of Object.keys(value)) look(node.child(name, value[name]));
    return value;
  };
}

export function listOf(look: Look): Look {
  return (node) => {
    const value = lookAtArray(node);
    for (let i = 0; i < value.length; i++) look(node.child(i, value[i]));
    return value;
  };
}

export const lookAtStrings: Look = scalars('a string', (item) => typeof item === 'string');
export const lookAtNumbers: Look = scalars('a number', (item) => typeof item === 'number');
export const lookAtWholeNumbers: Look = scalars(
  'a whole number from 0',
  (item) => Number.isSafeInteger(item) && (item as number) >= 0,
);

/** Terms by field. */
export const lookAtFieldTerms: Look = recordOf(lookAtStrings);

function scalars(expected: string, accepts: (item: unknown) => boolean): Look {
  return (node) => {
    const value = lookAtArray(node);
    for (let i = 0; i < value.length; i++) {
      if (!accepts(value[i])) throw node.child(i, value[i]).wrongType(expected);
    }
    return value;
  };
}
