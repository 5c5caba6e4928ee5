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
  /** While it is copied to an index that is to take its place. */
  readonly move?: IndexMove;
  /** Catalog offset at which another last took its place under an alias. */
  readonly replacedAt?: number;
  /** Documents are written, read and deleted with a routing only; absent, it is up to each of them. */
  readonly routing?: 'required';
}

/** What writers have to know of an index that another is to take the place of: see root/catalog/write-passage.ts. */
export interface IndexMove {
  /** Which job copies it. */
  readonly job: number;
  /** Offset of the entry since which nothing is written to it; null where writes go on. */
  readonly heldAt: number | null;
}

/** In the order in which they come; a hold may be released and come again. */
export const moveSteps = ['begin', 'hold', 'release', 'end'] as const;
export type MoveStep = (typeof moveSteps)[number];

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
  | { readonly action: 'remove'; readonly alias: string; readonly id: string }
  /** Gives an index another name, in the aliases it is in, too. */
  | { readonly action: 'rename'; readonly id: string; readonly from: string; readonly to: string };

/** Aliases change by it only while the index is held since that offset, and it is moved no more then. */
export interface MoveEnd {
  readonly index: string;
  readonly id: string;
  readonly heldAt: number;
}

/** Body of a catalog entry; the entry's key is the index's name, or `aliasesKey`. */
export type CatalogChange =
  | { readonly change: 'create'; readonly definition: Omit<IndexDefinition, 'id' | 'name' | 'move' | 'replacedAt'> }
  | { readonly change: 'addFields'; readonly id: string; readonly fields: Readonly<Record<string, FieldDefinition>> }
  | { readonly change: 'setReplicas'; readonly id: string; readonly replicas: number }
  | { readonly change: 'delete'; readonly id: string }
  | { readonly change: 'move'; readonly id: string; readonly job: number; readonly step: MoveStep }
  | { readonly change: 'setAliases'; readonly actions: readonly AliasAction[]; readonly ends?: MoveEnd };

/** The key of entries about aliases, which is no name of an index. */
export const aliasesKey = '_aliases';
