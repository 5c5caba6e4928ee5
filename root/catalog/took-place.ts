/** Where an index is whose place another one took, and what became of requests that were recorded in it. Pure. */
import type { CatalogState, IndexDefinition } from '../../shared/catalog/catalog.ts';
import { SheafError } from '../../shared/errors.ts';
import { indexIdOf, numberOfPartition } from '../../shared/index-kinds/partitions.ts';
import type { RequestAnswer } from '../../shared/log/keyed-requests.ts';

type Indexes = Pick<CatalogState, 'indexes'>;

/** Whether another index took the place of this one, as far as that is there. Cost: a step for each index. */
export function isTaken({ indexes }: Indexes, id: string): boolean {
  return Array.from(indexes.values()).some(({ took }) => took?.some((each) => each.id === id) === true);
}

/** What became of a request that was recorded before. */
export type Recorded =
  /** It counts: there, or in what took the place of that. */
  | { readonly kind: 'counts' }
  /** It came to count nowhere: the copy that took the place of this index goes not as far. That stays so. */
  | { readonly kind: 'left'; readonly id: string };

/** What a request is written to now. */
export interface WrittenTo {
  readonly index: Pick<IndexDefinition, 'id'>;
  /** By which the request names it: its own, or that of an alias. */
  readonly name: string;
}

/**
 * @param answer of the log, when the request was recorded
 * @throws SheafError INDEX_HELD where that is still open; REPEAT_DIFFERS where a part of it counts; OUTCOME_UNCERTAIN where nobody knows any more
 */
export function whatBecameOf(
  { indexes, aliases }: Pick<CatalogState, 'indexes' | 'aliases'>,
  { index, name }: WrittenTo,
  answer: RequestAnswer,
): Recorded {
  const [first] = answer;
  if (first === undefined) return { kind: 'counts' };
  const id = indexIdOf(first[0]);
  if (id === index.id) return { kind: 'counts' };
  const all = Array.from(indexes.values());
  // There may be several: an alias was led back to the index, and another copy of it made.
  const copied = all
    .flatMap(({ took = [] }) => took.filter((each) => each.id === id))
    .map(({ until }) => answer.filter(([partition, last]) => last <= (until[numberOfPartition(partition)] ?? -1)));
  if (copied.some(({ length }) => length === answer.length)) return { kind: 'counts' };
  const old = all.find((each) => each.id === id);
  if ((old?.move?.heldAt ?? null) !== null) throw new SheafError('INDEX_HELD', { detail: { index: old!.name } });
  // One of several indexes of an alias, whatever took its place elsewhere.
  if (old !== undefined && aliases.get(name)?.indexes.some((each) => each.id === id)) return { kind: 'counts' };
  if (copied.length === 0) return withoutTake(old);
  if (copied.every(({ length }) => length === 0)) return { kind: 'left', id };
  const reason = 'a part of it is in the copy that took the place of the index, and a part is not';
  throw new SheafError('REPEAT_DIFFERS', { detail: { reason, index: id } });
}

/** An index that nothing took the place of, as far as anybody knows; undefined where it was deleted. */
function withoutTake(index: IndexDefinition | undefined): Recorded {
  if (index?.replacedAt === undefined) return { kind: 'counts' };
  const reason = 'the copy that took the place of the index was deleted';
  throw new SheafError('OUTCOME_UNCERTAIN', { detail: { reason, index: index.name } });
}
