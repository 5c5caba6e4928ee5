/** An index that is created with its place in aliases, and perhaps takes over what is written to one. Pure. */
import { changeAliases, writeTarget, type AliasFault, type Aliases } from './aliases.ts';
import type { AliasAction, CreateUnder, IndexDefinition } from './definition.ts';
import type { TrieMap } from '../trie/trie-map.ts';

/** Why an index cannot be created where the entry stands. */
export type CreateFault =
  | AliasFault
  | { readonly kind: 'nameTaken'; readonly name: string }
  /** Another index is written to by now, or none. */
  | { readonly kind: 'rolledAlready'; readonly alias: string };

interface Named {
  readonly indexes: TrieMap<IndexDefinition>;
  readonly aliases: Aliases;
}

/** What there is then, or why it is what it was. */
export function createUnder(
  { indexes: before, aliases }: Named,
  { id, name }: Pick<IndexDefinition, 'id' | 'name'>,
  { definition, aliases: added, from, atMs }: Omit<CreateUnder, 'change'>,
): Named | { readonly fault: CreateFault } {
  if (before.get(name) !== undefined || aliases.get(name) !== undefined) {
    return { fault: { kind: 'nameTaken', name } };
  }
  const indexes = before.with(name, { ...definition, id, name, createdAtMs: atMs });
  const actions: AliasAction[] = added.map(({ alias, ...target }) => {
    return { action: 'add', alias, target: { index: name, id, ...target } };
  });
  if (from !== undefined) {
    const { alias } = from;
    const old = writeTarget(aliases.get(alias));
    if (old?.id !== from.id) return { fault: { kind: 'rolledAlready', alias } };
    const { write: _write, ...kept } = old;
    const filter = old.filter === undefined ? {} : { filter: old.filter };
    actions.unshift(
      { action: 'add', alias, target: { ...kept, rolledAtMs: atMs } },
      { action: 'add', alias, target: { index: name, id, ...filter, write: true } },
    );
  }
  const changed = changeAliases(indexes, aliases, actions);
  return 'fault' in changed ? changed : { indexes, aliases: changed.aliases };
}
