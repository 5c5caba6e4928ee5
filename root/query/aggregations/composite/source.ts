/** What a kind of source of a composite aggregation is at the root: how a caller writes it, and a key of it. */
import type { SourceByKind, SourceKind, SourceOf } from '../../../../shared/aggregation/composite/source.ts';
import type { Properties } from '../../../../shared/json/read-object.ts';
import type { RequestNode } from '../../../../shared/json/request-node.ts';
import type { IndexedField } from '../../../../shared/schema/schema.ts';
import type { FieldKind } from '../../../../shared/schema/kinds/field-kinds.ts';

export interface CallerSource<K extends SourceKind, Name extends string = string> {
  /** Its options, besides those that all have. */
  readonly names: readonly Name[];
  /** Kinds of fields that it takes. */
  readonly kinds: readonly FieldKind[];
  /** Reads its options. */
  read(this: void, properties: Properties<Name>, field: IndexedField, node: RequestNode): SourceByKind[K];
  /** Reads a key as answers show it. */
  readKey(this: void, node: RequestNode, source: SourceOf<K>, field: IndexedField): number | string;
}
