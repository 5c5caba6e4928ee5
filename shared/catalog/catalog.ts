/**
 * The catalog: which indexes exist, and which aliases stand for them. It is the fold of the catalog partition, so every reader that has read up to the
 * same offset holds the same state; an entry that is not valid where it stands changes nothing (the first one wins).
 */
import { isDeepStrictEqual } from 'node:util';
import { SheafError } from '../errors.ts';
import { countFields, fieldCollisions, fieldsFit } from '../schema/collisions.ts';
import type { Fields } from '../schema/collisions.ts';
import { limits } from '../limits.ts';
import { indexKinds } from '../index-kinds/index-kinds.ts';
import type { IndexBody } from '../schema/parse.ts';
import { changeAliases, isExpirable, withoutIndex, type Aliases } from './aliases.ts';
import { takeOver } from './take-over.ts';
import { fieldConflicts, mergeFields, missingFields } from './merge-fields.ts';
import { createUnder } from './create-under.ts';
import { setSource, type Sources } from './sources.ts';
import { setTemplate, type Templates } from './templates.ts';
import { readCatalogChange } from './catalog-change.ts';
import { indexIdAt, type IdParts } from './index-id.ts';
import { TrieMap } from '../trie/trie-map.ts';
import type { CatalogChange, IndexDefinition, IndexMove, MoveEnd, MoveStep } from './definition.ts';

export type { CatalogChange, IndexDefinition } from './definition.ts';

export interface CatalogState {
  /** Offset of the last entry read, −1 before the first. */
  readonly offset: number;
  /** By name. */
  readonly indexes: TrieMap<IndexDefinition>;
  /** By name, which no index has. Each index of each exists. */
  readonly aliases: Aliases;
  /** By name. */
  readonly templates: Templates;
  /** By name. */
  readonly sources: Sources;
  /** Offsets of the last entries that changed aliases, templates or sources, ascending: whoever appended one reads here whether it was valid. */
  readonly applied: readonly number[];
}

/** An entry is looked for as soon as it was read back. */
const appliedKept = 64;

export const emptyCatalog: CatalogState = {
  offset: -1,
  indexes: TrieMap.of(),
  aliases: TrieMap.of(),
  templates: TrieMap.of(),
  sources: TrieMap.of(),
  applied: [],
};

/** The index of a name, or undefined. */
export function findIndex(state: CatalogState, name: string): IndexDefinition | undefined {
  return state.indexes.get(name);
}

/**
 * The state after one more entry, at the same cost however many indexes there are. Pure; an entry at or below the state's offset changes nothing.
 * @throws SheafError BATCH_INVALID when it is no entry of a catalog
 */
export function applyCatalogEntry(state: CatalogState, offset: number, name: string, body: Uint8Array): CatalogState {
  if (offset <= state.offset) return state;
  const change = readCatalogChange('put', name, body);
  switch (change.change) {
    case 'setAliases':
      return applyAliases(state, offset, change);
    case 'createUnder': {
      const changed = createUnder(state, { id: indexIdAt(offset, partsOf(change)), name }, change);
      return 'fault' in changed ? { ...state, offset } : applied(state, offset, changed);
    }
    case 'expire': {
      const { indexes, aliases } = state;
      const isMeant = indexes.get(name)?.id === change.id && isExpirable(aliases, change);
      if (!isMeant) return { ...state, offset };
      return applied(state, offset, { indexes: indexes.without(name), aliases: withoutIndex(aliases, change.id) });
    }
    case 'setTemplate': {
      const changed = setTemplate(state.templates, change.template);
      return 'fault' in changed ? { ...state, offset } : applied(state, offset, changed);
    }
    case 'deleteTemplate': {
      const templates = state.templates.without(change.template);
      return templates === state.templates ? { ...state, offset } : applied(state, offset, { templates });
    }
    case 'setSource': {
      const changed = setSource(state.sources, change.source, offset);
      return 'fault' in changed ? { ...state, offset } : applied(state, offset, changed);
    }
    case 'deleteSource': {
      const sources = state.sources.without(change.source);
      return sources === state.sources ? { ...state, offset } : applied(state, offset, { sources });
    }
    case 'create':
    case 'addFields':
    case 'setReplicas':
    case 'delete':
    case 'move':
      return applyToIndex(state, offset, name, change);
  }
}

function partsOf({ epoch, definition }: Extract<CatalogChange, { definition: unknown }>): IdParts {
  return { epoch, base: definition.restored?.base };
}

type IndexChange = Extract<CatalogChange, { change: 'create' | 'addFields' | 'setReplicas' | 'delete' | 'move' }>;

function applyToIndex(state: CatalogState, offset: number, name: string, change: IndexChange): CatalogState {
  if (change.change === 'create' && state.aliases.get(name) !== undefined) return { ...state, offset };
  const indexes = changeIndexes(state.indexes, offset, name, change);
  const isDeleted = change.change === 'delete' && indexes !== state.indexes;
  return { ...state, offset, indexes, ...(isDeleted ? { aliases: withoutIndex(state.aliases, change.id) } : {}) };
}

function applyAliases(
  state: CatalogState,
  offset: number,
  { actions, ends }: Extract<CatalogChange, { change: 'setAliases' }>,
): CatalogState {
  const before = ends === undefined ? state.indexes : replaced(state.indexes, ends, offset);
  if (before === null) return { ...state, offset };
  const changed = changeAliases(before, state.aliases, actions);
  if ('fault' in changed) return { ...state, offset };
  const { aliases, indexes } = changed;
  if (aliases === state.aliases && indexes === state.indexes) return { ...state, offset };
  return applied(state, offset, { indexes, aliases });
}

function applied(state: CatalogState, offset: number, changed: Partial<CatalogState>): CatalogState {
  return { ...state, ...changed, offset, applied: [...state.applied, offset].slice(-appliedKept) };
}

/** The indexes after one of them was replaced; null where it is not held since that offset, or was not copied as far as it is to be. */
function replaced(indexes: CatalogState['indexes'], ends: MoveEnd, offset: number): typeof indexes | null {
  const [index, copy] = [indexes.get(ends.index), indexes.get(ends.into)];
  if (index?.id !== ends.id || copy?.id !== ends.intoId) return null;
  const { heldAt, until } = index.move ?? {};
  if (heldAt !== ends.heldAt || !isDeepStrictEqual(until, ends.until)) return null;
  const taken = takeOver(index, copy, ends);
  if (taken === null) return null;
  return indexes.with(ends.index, { ...withMove(index, null), replacedAt: offset }).with(ends.into, taken);
}

function withMove({ move: _before, ...index }: IndexDefinition, move: IndexMove | null): IndexDefinition {
  return move === null ? index : { ...index, move };
}

/** The move of an index after a step; what it was where the step does not follow on it. */
function moveAfter(
  before: IndexMove | null,
  { job, ...change }: { readonly job: number } & MoveStep,
  offset: number,
): IndexMove | null {
  const isHeld = (before?.heldAt ?? null) !== null;
  // Of jobs of the same index there is one at a time: what another left is of one that has ended.
  if (change.step === 'begin') return isHeld || before?.job === job ? before : { job, heldAt: null };
  if (before?.job !== job) return before;
  switch (change.step) {
    case 'hold':
      return isHeld ? before : { job, heldAt: offset };
    case 'measure': {
      if (!isHeld || before.heldAt !== change.heldAt) return before;
      const until = change.until.map((each, shard) => Math.max(each, before.until?.[shard] ?? -1));
      return { ...before, until };
    }
    case 'release':
      return isHeld ? { job, heldAt: null } : before;
    case 'end':
      return null;
  }
}

function changeIndexes(
  indexes: CatalogState['indexes'],
  offset: number,
  name: string,
  change: IndexChange,
): CatalogState['indexes'] {
  const existing = indexes.get(name);
  switch (change.change) {
    case 'create':
      if (existing !== undefined) return indexes;
      return indexes.with(name, {
        ...change.definition,
        id: indexIdAt(offset, partsOf(change)),
        name,
        ...(change.atMs === undefined ? {} : { createdAtMs: change.atMs }),
      });
    case 'addFields': {
      if (existing?.id !== change.id) return indexes;
      const fields = mergeFields(existing.schema.fields, change.fields);
      if (fieldConflicts(existing.schema.fields, change.fields).length > 0 || !fieldsFit(fields)) return indexes;
      return indexes.with(name, { ...existing, schema: { ...existing.schema, fields } });
    }
    case 'setReplicas': {
      if (existing?.id !== change.id) return indexes;
      return indexes.with(name, { ...existing, replicas: change.replicas });
    }
    case 'delete': {
      if (existing?.id !== change.id) return indexes;
      return indexes.without(name);
    }
    case 'move': {
      if (existing?.id !== change.id) return indexes;
      const before = existing.move ?? null;
      const after = moveAfter(before, change, offset);
      return after === before ? indexes : indexes.with(name, withMove(existing, after));
    }
  }
}

/** The change that creates an index as a PUT asked for it. @param atMs see IndexDefinition.createdAtMs */
export function createFor(
  { given: _given, ...definition }: IndexBody,
  atMs?: number,
): CatalogChange & { change: 'create' } {
  return { change: 'create', definition, ...(atMs === undefined ? {} : { atMs }) };
}

/**
 * What a PUT asks of an index that exists: the next change to append, or `null` when it has all of it: first the fields it
 * lacks, then the number of replicas. An option that the caller left out is no wish for its default, so it never differs; a
 * PUT may be repeated after fields were added.
 * @throws SheafError INDEX_CONFLICT when something that cannot change differs or an added field lies inside another,
 *   SCHEMA_INVALID when there would be more fields than the limit
 */
export function changeFor(existing: IndexDefinition, asked: IndexBody): CatalogChange | null {
  const before = existing.schema.fields;
  const differs = {
    ...optionDifferences(existing, asked),
    ...fieldDifferences(before, asked.schema.fields),
    ...indexKinds[existing.kind].lastingDifferences(existing, asked),
    ...indexKinds[asked.kind].lastingDifferences(existing, asked),
  };
  if (Object.keys(differs).length > 0) {
    throw new SheafError('INDEX_CONFLICT', { detail: { index: existing.name, differs } });
  }
  const missing = missingFields(before, asked.schema.fields);
  if (Object.keys(missing).length === 0) {
    const { replicas } = asked;
    if (!asked.given.has('replicas') || replicas === existing.replicas) return null;
    return { change: 'setReplicas', id: existing.id, replicas };
  }
  const count = countFields(mergeFields(before, missing));
  if (count > limits.fieldsMax) {
    const reason = 'the schema would have more fields than the limit, sub-fields included';
    throw new SheafError('SCHEMA_INVALID', {
      at: '/schema/fields',
      detail: { reason, limit: limits.fieldsMax, actual: count },
    });
  }
  return { change: 'addFields', id: existing.id, fields: missing };
}

function optionDifferences(existing: IndexDefinition, asked: IndexBody): Record<string, unknown> {
  const before = { ...existing, dynamic: existing.schema.dynamic };
  const wanted = { ...asked, dynamic: asked.schema.dynamic };
  const differs: Record<string, unknown> = {};
  for (const option of asked.given) {
    if (option === 'replicas') continue;
    if (before[option] !== wanted[option]) differs[option] = { existing: before[option], asked: wanted[option] };
  }
  return differs;
}

function fieldDifferences(before: Fields, asked: Fields): Record<string, unknown> {
  const fields = fieldConflicts(before, asked);
  if (fields.length > 0) return { fields };
  const collisions = fieldCollisions(mergeFields(before, asked));
  return collisions.length > 0 ? { collisions } : {};
}
