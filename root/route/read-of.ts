/**
 * Conditions on the document that was read: they name the index that it was read of, since another may have the name by now, or its place
 * under an alias, and offsets of logs begin in each anew. Pure.
 */
import type { IndexDefinition } from '../../shared/catalog/catalog.ts';
import { isIndexId, termOfIndex } from '../../shared/catalog/index-id.ts';
import type { Condition } from '../../shared/judge/change.ts';

/** As it is asked, before it is known which index is written to. */
export type AskedCondition =
  | Exclude<Condition, { readonly kind: 'sequence' }>
  /** The term is that of an index: see termOfIndex. */
  | { readonly kind: 'sequence'; readonly sequence: number; readonly term: number };

/** No entry of a log has this offset. */
const noSequence = Number.MAX_SAFE_INTEGER;

/**
 * The condition as the index judges it: on a document of another index it never holds. One that is restored goes on with the documents and
 * offsets of the index before, and gives none of those again.
 */
export function conditionIn({ id, restored }: ReadIndex, asked: AskedCondition): Condition {
  if (asked.kind !== 'sequence') return asked;
  const { sequence, term } = asked;
  // An index that is still to be created has no id, and nothing can have been read of it.
  const isOfIndex =
    (isIndexId(id) && term === termOfIndex(id)) || (restored !== undefined && term === termOfIndex(restored.id));
  return { kind: 'sequence', sequence: isOfIndex ? sequence : noSequence };
}

/** What an index is known by to those who have read of it. */
export type ReadIndex = Pick<IndexDefinition, 'id' | 'restored'>;
