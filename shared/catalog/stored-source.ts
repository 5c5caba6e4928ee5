/** What is stored and sent of a source, validated. Pure. */
import { isArrayOf } from '../json/is-array-of.ts';
import { isCount } from '../json/is-count.ts';
import { isObject } from '../json/read-object.ts';
import { limits } from '../limits.ts';
import { sourceFacts, type SourceDefinition, type SourceSpec } from './definition.ts';

export function isSource(value: unknown): value is SourceDefinition {
  return isSourceSpec(value) && isCount((value as { readonly id?: unknown }).id);
}

/** All of it but its id. */
export function isSourceSpec(value: unknown): value is SourceSpec {
  if (!isObject(value)) return false;
  const { name, brokers, topic, index, key, at, add, from, deadLetters } = value;
  return (
    [name, topic, index, deadLetters].every((each) => typeof each === 'string') &&
    isArrayOf(brokers, (each): each is string => typeof each === 'string') &&
    brokers.length > 0 &&
    brokers.length <= limits.sourceBrokersMax &&
    isKey(key) &&
    (at === undefined || typeof at === 'string') &&
    isAdded(add) &&
    (from === 'earliest' || from === 'latest')
  );
}

function isKey(value: unknown): boolean {
  if (!isObject(value)) return false;
  return value['of'] === 'field'
    ? typeof value['field'] === 'string'
    : value['of'] === 'message' || value['of'] === 'place';
}

function isAdded(value: unknown): boolean {
  if (!isObject(value)) return false;
  const facts = Object.values(value);
  return (
    facts.length <= sourceFacts.length && facts.every((fact) => (sourceFacts as readonly unknown[]).includes(fact))
  );
}
