/** What an index is, and what may become of one: the contents of catalog entries. */
import type { IndexKind } from '../index-kinds/index-kinds.ts';
import type { IndexContents } from '../index-kinds/shared-kind.ts';
import type { FieldDefinition } from '../schema/schema.ts';

export interface IndexDefinition extends IndexContents {
  /** Made of the log offset of the entry that created the index: unique, never used again. */
  readonly id: string;
  readonly name: string;
  readonly kind: IndexKind;
  readonly shards: number;
  readonly replicas: number;
  /** Documents are written, read and deleted with a routing only; absent, it is up to each of them. */
  readonly routing?: 'required';
}

/** One of the indexes of an alias. */
export interface AliasTarget {
  readonly index: string;
  /** Of the index: another one that takes its name later is not meant. */
  readonly id: string;
  /** The query, as JSON, of the documents that the alias shows; all of them where it is absent. */
  readonly filter?: unknown;
  /** Writes through the alias go here. */
  readonly write?: true;
}

export interface AliasDefinition {
  readonly name: string;
  /** At least one, by the names of the indexes; at most one of them is written to. */
  readonly indexes: readonly AliasTarget[];
}

/** An index that is in the alias already is added as it is said now. */
export type AliasAction =
  | { readonly action: 'add'; readonly alias: string; readonly target: AliasTarget }
  | { readonly action: 'remove'; readonly alias: string; readonly id: string };

/** Body of a catalog entry; the entry's key is the index's name, or `aliasesKey`. */
export type CatalogChange =
  | { readonly change: 'create'; readonly definition: Omit<IndexDefinition, 'id' | 'name'> }
  | { readonly change: 'addFields'; readonly id: string; readonly fields: Readonly<Record<string, FieldDefinition>> }
  | { readonly change: 'setReplicas'; readonly id: string; readonly replicas: number }
  | { readonly change: 'delete'; readonly id: string }
  | { readonly change: 'setAliases'; readonly actions: readonly AliasAction[] };

/** The key of entries about aliases, which is no name of an index. */
export const aliasesKey = '_aliases';
