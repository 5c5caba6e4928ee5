/** What is stored and sent of a template, validated. Pure. */
import { isArrayOf } from '../json/is-array-of.ts';
import { isObject } from '../json/read-object.ts';
import { isCount } from '../json/is-count.ts';
import type { RolloverPolicy, TemplateAlias, TemplateDefinition } from './definition.ts';
import { isNewIndex } from './stored-index.ts';

export function isTemplate(value: unknown): value is TemplateDefinition {
  return isTemplateFrame(value) && isNewIndex(value.definition);
}

/** All of it but what its indexes are like. */
export function isTemplateFrame(value: unknown): value is Omit<TemplateDefinition, 'definition'> & {
  readonly definition: unknown;
} {
  if (!isObject(value) || typeof value['name'] !== 'string' || !isCount(value['priority'])) return false;
  const { patterns, aliases, rollover } = value;
  if (!isArrayOf(patterns, (each): each is string => typeof each === 'string') || patterns.length === 0) return false;
  return isArrayOf(aliases, isTemplateAlias) && (rollover === undefined || isRollover(rollover));
}

/** The filter is read where it is used, by the schema of the index. */
export function isTemplateAlias(value: unknown): value is TemplateAlias {
  if (!isObject(value) || typeof value['alias'] !== 'string') return false;
  const { filter, write } = value;
  return (filter === undefined || isObject(filter)) && (write === undefined || write === true);
}

function isRollover(value: unknown): value is RolloverPolicy {
  if (!isObject(value) || typeof value['alias'] !== 'string') return false;
  const numbers = [value['documents'], value['bytes'], value['ageMs'], value['deleteAfterMs']];
  return numbers.every((each) => each === undefined || isCount(each));
}
