/** Changing aliases: one entry of the catalog, which applies whole or not at all, answered after it was read back. */
import { changeAliases, type AliasFault } from '../../shared/catalog/aliases.ts';
import { findIndex, type CatalogChange, type CatalogState } from '../../shared/catalog/catalog.ts';
import { aliasesKey, type AliasAction } from '../../shared/catalog/definition.ts';
import { SheafError } from '../../shared/errors.ts';
import type { AskedAction } from '../query/parse-aliases-body.ts';
import { anyTime } from '../query/query-scope.ts';
import { readQuery } from '../query/read-query.ts';
import { aliasFaultError } from './alias-fault.ts';

export interface AliasCatalog {
  readonly state: CatalogState;
  catchUp(): Promise<void>;
  append(name: string, change: CatalogChange): Promise<number>;
}

/** Tries before giving up against other roots that change what these actions stand on. */
const attemptsMax = 10;

/**
 * Resolves once all of the actions have applied, in one step for every root and search; where all is as asked already, nothing is
 * appended. Of two that cannot both apply the first in the log does, and the other is told why it cannot.
 * @throws SheafError INDEX_NOT_FOUND, ALIAS_NOT_FOUND, NAME_TAKEN, ALIAS_TWO_WRITE_INDEXES, ALIASES_TOO_MANY, what reading a filter
 *   throws, INDEX_NOT_READY where others keep changing, LOG_UNAVAILABLE, LOG_FULL, PARTITION_STOPPED
 */
export async function setAliases(catalog: AliasCatalog, asked: readonly AskedAction[]): Promise<void> {
  await catalog.catchUp();
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    const { state } = catalog;
    const actions = asked.map((action) => resolve(state, action));
    const changed = changeAliases(state.indexes, state.aliases, actions);
    if ('fault' in changed) throw errorOf(changed.fault, asked);
    if (changed.aliases === state.aliases) return;
    const offset = await catalog.append(aliasesKey, { change: 'setAliases', actions });
    if (catalog.state.applied.includes(offset)) return;
    // Another entry came first, after which this one could not apply, or changed nothing.
  }
  throw new SheafError('INDEX_NOT_READY', { detail: { reason: 'others keep changing the aliases' } });
}

/** The action with the index it means now. */
function resolve(state: CatalogState, { action, alias, index: name, node, filter, write }: AskedAction): AliasAction {
  const index = findIndex(state, name);
  if (index === undefined) throw notFound(state, name, node.at);
  if (action === 'remove') return { action, alias, id: index.id };
  if (filter !== undefined) readQuery(filter, index.schema, { now: anyTime });
  return {
    action,
    alias,
    target: {
      index: name,
      id: index.id,
      ...(filter === undefined ? {} : { filter: filter.value }),
      ...(write ? { write: true } : {}),
    },
  };
}

function notFound({ aliases }: CatalogState, name: string, at: string): SheafError {
  const reason = 'it is an alias, and aliases stand for indexes only';
  const why = aliases.get(name) === undefined ? {} : { reason };
  return new SheafError('INDEX_NOT_FOUND', { at, detail: { index: name, ...why } });
}

function errorOf(fault: AliasFault, asked: readonly AskedAction[]): SheafError {
  if (fault.kind !== 'notInAlias') return aliasFaultError(fault);
  const { alias } = fault;
  const removals = asked.filter((each) => each.action === 'remove' && each.alias === alias);
  return new SheafError('ALIAS_NOT_FOUND', { detail: { alias, indexes: removals.map(({ index }) => index) } });
}
