/**
 * Readers that validate values and leave them as they are: what a task says is used as it came. Lists of scalars are
 * validated in one pass without a node for each; nodes are made for what is wrong.
 */
import { isObject } from './read-object.ts';
import type { Reader } from './readers.ts';
import type { RequestNode } from './request-node.ts';

/** Validates a value. @throws SheafError REQUEST_TYPE_WRONG, REQUEST_FIELD_MISSING, REQUEST_VALUE_INVALID and the like */
export type Validator = Reader<unknown>;

export type Validators = Readonly<Record<string, Validator>>;

const none: Validators = {};

const validateObject: Reader<Readonly<Record<string, unknown>>> = (node) => {
  if (!isObject(node.value)) throw node.wrongType('an object');
  return node.value;
};

export const validateArray: Reader<readonly unknown[]> = (node) => {
  if (!Array.isArray(node.value)) throw node.wrongType('an array');
  return node.value;
};

/** Any finite number: JSON has no others. */
export const validateNumber: Reader<number> = (node) => {
  if (typeof node.value !== 'number') throw node.wrongType('a number');
  return node.value;
};

/** The value under a name, which must be there. */
export function validateProperty<T>(node: RequestNode, name: string, reader: Reader<T>): T {
  const value = validateObject(node);
  if (!Object.hasOwn(value, name)) throw node.fault('REQUEST_FIELD_MISSING', { field: name });
  return reader(node.child(name, value[name]));
}

/** An object with all of these; of the optional ones those that are there are validated, and what else is there is ignored. */
export function shaped(required: Validators, optional: Validators = none): Validator {
  const must = Object.entries(required);
  const may = Object.entries(optional);
  return (node) => {
    const value = validateObject(node);
    for (const [name, validate] of must) validateProperty(node, name, validate);
    for (const [name, validate] of may) if (Object.hasOwn(value, name)) validate(node.child(name, value[name]));
    return value;
  };
}

/** An object whose values, by whatever names, are all of a kind. */
export function recordOf(validate: Validator): Validator {
  return (node) => {
    const value = validateObject(node);
    for (const name of Object.keys(value)) validate(node.child(name, value[name]));
    return value;
  };
}

export function listOf(validate: Validator): Validator {
  return (node) => {
    const value = validateArray(node);
    for (let i = 0; i < value.length; i++) validate(node.child(i, value[i]));
    return value;
  };
}

export const validateStrings: Validator = scalars('a string', (item) => typeof item === 'string');
export const validateNumbers: Validator = scalars('a number', (item) => typeof item === 'number');
export const validateWholeNumbers: Validator = scalars(
  'a whole number from 0',
  (item) => Number.isSafeInteger(item) && (item as number) >= 0,
);

/** Terms by field. */
export const validateFieldTerms: Validator = recordOf(validateStrings);

function scalars(expected: string, accepts: (item: unknown) => boolean): Validator {
  return (node) => {
    const value = validateArray(node);
    for (let i = 0; i < value.length; i++) {
      if (!accepts(value[i])) throw node.child(i, value[i]).wrongType(expected);
    }
    return value;
  };
}
