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

/**
 * @param index that the request is written to now
 * @param answer of the log, when the request was recorded
 * @throws SheafError INDEX_HELD where that is still open; REPEAT_DIFFERS where a part of it counts; OUTCOME_UNCERTAIN where nobody knows any more
 */
export function whatBecameOf(
  { indexes }: Indexes,
  index: Pick<IndexDefinition, 'id' | 'took'>,
  answer: RequestAnswer,
): Recorded {
  const [first] = answer;
  if (first === undefined) return { kind: 'counts' };
  const id = indexIdOf(first[0]);
  if (id === index.id) return { kind: 'counts' };
  const all = Array.from(indexes.values());
  const takes = [index, ...all].flatMap(({ took = [] }) => took.filter((each) => each.id === id));
  const [taken] = takes;
  if (taken === undefined) return withoutTake(all.find((each) => each.id === id));
  const copied = answer.filter(([partition, last]) => last <= (taken.until[numberOfPartition(partition)] ?? -1));
  if (copied.length === answer.length) return { kind: 'counts' };
  if (copied.length === 0) return { kind: 'left', id };
  const reason = 'a part of it is in the copy that took the place of the index, and a part is not';
  throw new SheafError('REPEAT_DIFFERS', { detail: { reason, index: id } });
}

/** An index that nothing took the place of, as far as anybody knows; undefined where it was deleted. */
function withoutTake(index: IndexDefinition | undefined): Recorded {
  if (index === undefined) return { kind: 'counts' };
  if ((index.move?.heldAt ?? null) !== null) throw new SheafError('INDEX_HELD', { detail: { index: index.name } });
  if (index.replacedAt === undefined) return { kind: 'counts' };
  const reason = 'the copy that took the place of the index was deleted';
  throw new SheafError('OUTCOME_UNCERTAIN', { detail: { reason, index: index.name } });
}
