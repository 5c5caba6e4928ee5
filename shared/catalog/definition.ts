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
}

/** Body of a catalog entry; the entry's key is the index's name. */
export type CatalogChange =
  | { readonly change: 'create'; readonly definition: Omit<IndexDefinition, 'id' | 'name'> }
  | { readonly change: 'addFields'; readonly id: string; readonly fields: Readonly<Record<string, FieldDefinition>> }
  | { readonly change: 'setReplicas'; readonly id: string; readonly replicas: number }
  | { readonly change: 'delete'; readonly id: string };
