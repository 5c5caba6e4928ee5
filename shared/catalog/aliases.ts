/**
 * Aliases: names that stand for indexes, and what becomes of them by an entry of the catalog. All actions of an entry apply,
 * or none does. Pure.
 */
import { limits } from '../limits.ts';
import { keyScopeOfIndex } from './key-scope.ts';
import { TrieMap } from '../trie/trie-map.ts';
import type { AliasAction, AliasDefinition, AliasTarget, IndexDefinition } from './definition.ts';

/** Why actions cannot apply where they stand. */
export type AliasFault =
  /** The index is gone, or another has its name. */
  | { readonly kind: 'noIndex'; readonly index: string }
  | { readonly kind: 'nameTaken'; readonly name: string }
  | { readonly kind: 'notInAlias'; readonly alias: string; readonly id: string }
  | { readonly kind: 'twoWriteIndexes'; readonly alias: string; readonly indexes: readonly string[] }
  | { readonly kind: 'tooManyIndexes'; readonly alias: string; readonly actual: number }
  | { readonly kind: 'tooManyAliases'; readonly actual: number };

/** The one index that an alias is written to: the one that says so, or the only one. Undefined where there is none. */
export function writeTarget(alias: AliasDefinition | undefined): AliasTarget | undefined {
  if (alias === undefined) return undefined;
  const { indexes } = alias;
  return indexes.length === 1 ? indexes[0] : indexes.find(({ write }) => write === true);
}

type Indexes = TrieMap<IndexDefinition>;
export type Aliases = TrieMap<AliasDefinition>;

export interface AliasesChanged {
  readonly aliases: Aliases;
  /** Some may have other names. */
  readonly indexes: Indexes;
}

/**
 * What the aliases are after all of the actions, in turn, or why they are what they were. Cost: a step for each target of the aliases
 * named; of all of them where an index is renamed.
 */
export function changeAliases(
  indexesBefore: Indexes,
  before: Aliases,
  actions: readonly AliasAction[],
): AliasesChanged | { readonly fault: AliasFault } {
  const changed = new Map<string, readonly AliasTarget[]>();
  /** By names that indexes had before: under what requests to them are remembered. */
  const left = new Map<string, string>();
  let indexes = indexesBefore;
  for (const action of actions) {
    if (action.action === 'rename') {
      const { id, from, to } = action;
      const index = indexes.get(from);
      if (index?.id !== id) return { fault: { kind: 'noIndex', index: from } };
      const isTaken = indexes.get(to) !== undefined || (changed.get(to) ?? before.get(to)?.indexes ?? []).length > 0;
      if (isTaken) return { fault: { kind: 'nameTaken', name: to } };
      indexes = indexes.without(from).with(to, { ...index, name: to, isRenamed: true });
      left.set(from, keyScopeOfIndex(index));
      for (const name of new Set([...before.keys(), ...changed.keys()])) {
        const now = changed.get(name) ?? before.get(name)!.indexes;
        if (!now.some((target) => target.id === id)) continue;
        changed.set(name, now.map((target) => (target.id === id ? { ...target, index: to } : target)).sort(byName));
      }
      continue;
    }
    const { alias } = action;
    const targets = changed.get(alias) ?? before.get(alias)?.indexes ?? [];
    if (action.action === 'remove') {
      const others = targets.filter(({ id }) => id !== action.id);
      if (others.length === targets.length) return { fault: { kind: 'notInAlias', alias, id: action.id } };
      changed.set(alias, others);
      continue;
    }
    const { target } = action;
    if (indexes.get(target.index)?.id !== target.id) return { fault: { kind: 'noIndex', index: target.index } };
    if (indexes.get(alias) !== undefined) return { fault: { kind: 'nameTaken', name: alias } };
    const old = targets.find(({ id }) => id === target.id);
    const others = targets.filter((each) => each !== old);
    changed.set(alias, [...others, stillRolled(target, old)].sort(byName));
  }
  let aliases = before;
  for (const [name, targets] of changed) {
    const written = targets.filter(({ write }) => write === true).map(({ index }) => index);
    if (written.length > 1) return { fault: { kind: 'twoWriteIndexes', alias: name, indexes: written } };
    const actual = targets.length;
    if (actual > limits.aliasIndexesMax) return { fault: { kind: 'tooManyIndexes', alias: name, actual } };
    if (isSame(before.get(name)?.indexes ?? [], targets)) continue;
    const keys = left.get(name) ?? before.get(name)?.keys;
    const alias = { name, indexes: targets, ...(keys === undefined ? {} : { keys }) };
    aliases = actual === 0 ? aliases.without(name) : aliases.with(name, alias);
  }
  const actual = aliases.size;
  if (actual > limits.aliasesMax && actual > before.size) return { fault: { kind: 'tooManyAliases', actual } };
  return { aliases, indexes };
}

/** Whether writes through the alias have moved on from the index, and no alias at all is written to by it. */
export function isExpirable(
  aliases: Aliases,
  { id, alias: name }: { readonly id: string; readonly alias: string },
): boolean {
  const target = aliases.get(name)?.indexes.find((each) => each.id === id);
  if (target?.rolledAtMs === undefined) return false;
  return [...aliases.values()].every((alias) => writeTarget(alias)?.id !== id);
}

/** The aliases without an index that is deleted; one that has no other is gone with it. Cost: a step for each target of all of them. */
export function withoutIndex(aliases: Aliases, id: string): Aliases {
  let left = aliases;
  for (const alias of aliases.values()) {
    const indexes = alias.indexes.filter((target) => target.id !== id);
    if (indexes.length === alias.indexes.length) continue;
    left = indexes.length === 0 ? left.without(alias.name) : left.with(alias.name, { ...alias, indexes });
  }
  return left;
}

/** An index that writes have moved on from has that said of it for as long as it is in the alias and not written to again. */
function stillRolled(target: AliasTarget, old: AliasTarget | undefined): AliasTarget {
  const rolledAtMs = target.write === true ? undefined : (target.rolledAtMs ?? old?.rolledAtMs);
  return rolledAtMs === undefined ? target : { ...target, rolledAtMs };
}

/** Both are made by one root of one request, so that their JSON has one order. */
function isSame(one: readonly AliasTarget[], other: readonly AliasTarget[]): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function byName(a: AliasTarget, b: AliasTarget): number {
  return a.index < b.index ? -1 : 1;
}
