/** An entry of the catalog as it is read: by the log before it is recorded, and by everybody after. Pure. */
import { SheafError } from '../errors.ts';
import { indexKinds } from '../index-kinds/index-kinds.ts';
import { isObject, readEntries, readObject } from '../json/read-object.ts';
import { ownValue } from '../json/own-value.ts';
import { RequestNode } from '../json/request-node.ts';
import { limits } from '../limits.ts';
import type { EntryKind } from '../log/batch.ts';
import { fieldProperties, readFieldOptions } from '../schema/read-field-options.ts';
import { isArrayOf } from '../json/is-array-of.ts';
import { isAliasTarget } from './stored-alias.ts';
import { epochPattern } from './index-id.ts';
import { isRestored } from './stored-index.ts';
import { isSourceSpec } from './stored-source.ts';
import { isTemplateAlias, isTemplateFrame } from './stored-template.ts';
import { moveSteps, type AliasAction, type CatalogChange } from './definition.ts';

/** What each change has besides its name; a change that is not here is of a newer version, or none. */
const checks: { readonly [K in CatalogChange['change']]: (change: Record<string, unknown>) => boolean } = {
  create: ({ definition, atMs, epoch }) =>
    isNewIndex(definition) && (atMs === undefined || isTime(atMs)) && isEpochOf(epoch, definition),
  createUnder: ({ definition, aliases, from, atMs, epoch }) =>
    isNewIndex(definition) &&
    isEpochOf(epoch, definition) &&
    areTemplateAliases(aliases) &&
    (from === undefined || isFrom(from)) &&
    isTime(atMs),
  expire: ({ id, alias }) => typeof id === 'string' && typeof alias === 'string',
  setTemplate: ({ template }) =>
    isTemplateFrame(template) && isNewIndex(template.definition) && template.patterns.length <= limits.patternsMax,
  deleteTemplate: ({ template }) => typeof template === 'string',
  setSource: ({ source }) => isSourceSpec(source),
  deleteSource: ({ source }) => typeof source === 'string',
  addFields: ({ id, fields }) => typeof id === 'string' && areFields(fields),
  setReplicas: ({ id, replicas }) => typeof id === 'string' && isWithin(replicas, limits.replicasMax),
  delete: ({ id }) => typeof id === 'string',
  move: ({ id, job, step, heldAt, until }) =>
    typeof id === 'string' &&
    isWithin(job, Number.MAX_SAFE_INTEGER, 0) &&
    (moveSteps as readonly unknown[]).includes(step) &&
    (step !== 'measure' || (isOffset(heldAt) && areOffsets(until))),
  setAliases: ({ actions, ends }) =>
    isArrayOf(actions, isAliasAction) &&
    actions.length <= limits.aliasActionsMax &&
    (ends === undefined || isMoveEnd(ends)),
};

/** @throws SheafError BATCH_INVALID unless it is an entry that every reader of the catalog understands */
export function readCatalogChange(kind: EntryKind, name: string, body: Uint8Array): CatalogChange {
  const change = kind === 'put' ? parse(body) : null;
  const check = isObject(change) ? ownValue(checks, String(change['change'])) : undefined;
  if (check?.(change as Record<string, unknown>) === true) return change as CatalogChange;
  const reason = 'not a change of the catalog';
  throw new SheafError('BATCH_INVALID', { detail: { reason, index: name.slice(0, limits.indexNameLengthMax) } });
}

function isMoveEnd(value: unknown): boolean {
  if (!isObject(value) || !isObject(value['base'])) return false;
  const { lacks, replicas } = value['base'];
  if (!isArrayOf(lacks, isText) || lacks.length > limits.fieldsMax || !isWithin(replicas, limits.replicasMax))
    return false;
  if (!['index', 'id', 'into', 'intoId'].every((name) => typeof value[name] === 'string')) return false;
  return isOffset(value['heldAt']) && areOffsets(value['until']) && areOffsets(value['from']);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isOffset(value: unknown): boolean {
  return isWithin(value, Number.MAX_SAFE_INTEGER, 0);
}

/** By shard; −1 where it has nothing. */
function areOffsets(value: unknown): boolean {
  const isHead = (each: unknown): each is number => isWithin(each, Number.MAX_SAFE_INTEGER, -1);
  return isArrayOf(value, isHead) && value.length <= limits.shardsMax;
}

function isAliasAction(value: unknown): value is AliasAction {
  if (!isObject(value)) return false;
  if (value['action'] === 'rename') return ['id', 'from', 'to'].every((name) => typeof value[name] === 'string');
  if (typeof value['alias'] !== 'string') return false;
  if (value['action'] === 'remove') return typeof value['id'] === 'string';
  return value['action'] === 'add' && isAliasTarget(value['target']);
}

function areTemplateAliases(value: unknown): boolean {
  if (!isArrayOf(value, isTemplateAlias) || value.length > limits.templateAliasesMax) return false;
  return value.every((each) => !('rolledAtMs' in each) || isTime(each.rolledAtMs));
}

function isFrom(value: unknown): boolean {
  return isObject(value) && typeof value['alias'] === 'string' && typeof value['id'] === 'string';
}

/** Milliseconds since 1970. */
function isTime(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** The epoch is a part of the id, and a base stands behind it only. */
function isEpochOf(epoch: unknown, definition: unknown): boolean {
  if (typeof epoch === 'string') return epochPattern.test(epoch);
  return epoch === undefined && !(isObject(definition) && 'restored' in definition);
}

function isNewIndex(value: unknown): boolean {
  return isObject(value) && isDefinition(value);
}

function isDefinition({
  kind,
  shards,
  replicas,
  schema,
  routing,
  restored,
  ...ofKind
}: Record<string, unknown>): boolean {
  if (typeof kind !== 'string' || !Object.hasOwn(indexKinds, kind)) return false;
  if (!isWithin(shards, limits.shardsMax) || !isWithin(replicas, limits.replicasMax)) return false;
  if (routing !== undefined && routing !== 'required') return false;
  if (restored !== undefined && !isRestored(restored, shards)) return false;
  return isObject(schema) && areFields(schema['fields']) && Object.values(ofKind).every(isObject);
}

/** Fields of kinds and with options that are known here. */
function areFields(value: unknown): boolean {
  try {
    for (const { node } of readEntries(RequestNode.body(value))) {
      const properties = readObject(node, [...fieldProperties, 'fields']);
      readFieldOptions(properties);
      properties.optional(
        'fields',
        (fields) => readEntries(fields).forEach(({ node: sub }) => readSub(sub)),
        undefined,
      );
    }
    return true;
  } catch (error) {
    if (error instanceof SheafError) return false;
    throw error;
  }
}

function readSub(node: RequestNode): void {
  readFieldOptions(readObject(node, fieldProperties));
}

function isWithin(value: unknown, max: number, min = 1): boolean {
  return Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max;
}

function parse(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString());
  } catch {
    return null;
  }
}
