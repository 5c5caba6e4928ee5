import { isObject } from '../../json/read-object.ts';
import { shaped, validateFieldTerms, validateWholeNumbers } from '../../json/validators.ts';
import type { FieldTerms } from '../../query/query.ts';
import type { PlacedTerm, SetExpression } from '../../query/set-expression.ts';
import type { Statistics } from '../../ranking/statistics.ts';
import { isCount, isStatistics, isWhole, sumOfBytes, type Fields } from '../partial-fields.ts';
import { validateExpression, validatePlacedTerms } from '../validate-sets.ts';
import type { PartialBase, TaskBase, TaskMessage } from './task.ts';

/** What the shards of a term index have of an expression: the sets of its terms, combined as far as the leaf holds them. */
export interface SetsTask extends TaskBase {
  readonly kind: 'sets';
  /** Each once. Those of shards that are not asked are another leaf's. */
  readonly terms: readonly PlacedTerm[];
  readonly expression: SetExpression;
  /** Nodes of the expression whose sets must come alone, because scores depend on them. */
  readonly apart: readonly number[];
  /** Terms, by place in the list, whose frequencies and lengths score; each is a node that comes alone. */
  readonly frequencies: readonly number[];
  /** Asks for the counts that scoring these terms needs. */
  readonly scoring: FieldTerms;
}

/**
 * Sets of ordinals, in the frame's body one after the other as portable Roaring bitmaps; then for each of `postings` its
 * frequencies and its length codes. Every document that matches is in all sets that it belongs to; of the others some are
 * left out.
 */
export interface SetsPartial extends PartialBase {
  readonly kind: 'sets';
  /** Bytes of each set. */
  readonly sets: readonly number[];
  /** What the sets stand for: a node of the expression, or some of its parts by their positions. */
  readonly nodes: readonly { readonly node: number; readonly parts: readonly number[] | null; readonly set: number }[];
  /** Parallel to the documents of a set: `frequencyBytes` for each frequency, then one for each length code. */
  readonly postings: readonly TermPostings[];
  /** Of the terms that are these shards', and of their fields over the whole index, up to the lowest of `offsets`. */
  readonly statistics: Statistics;
  /** Documents of the whole index up to there. */
  readonly collection: number;
}

export interface TermPostings {
  readonly term: number;
  readonly set: number;
  readonly documents: number;
  readonly frequencyBytes: 1 | 4;
}

export const setsMessage: TaskMessage<SetsTask> = {
  validate: shaped({
    terms: validatePlacedTerms,
    expression: validateExpression,
    apart: validateWholeNumbers,
    frequencies: validateWholeNumbers,
    scoring: validateFieldTerms,
  }),
  isAnswer: (_task, partial, body) => areSets(partial, body.length),
};

function areSets({ sets, nodes, postings, statistics, collection }: Fields, bodyBytes: number): boolean {
  if (!Array.isArray(sets) || !Array.isArray(nodes) || !Array.isArray(postings)) return false;
  const isSet = (value: unknown): boolean => isWhole(value) && value < sets.length;
  const areNodes = nodes.every((each: unknown) => {
    if (!isObject(each) || !isWhole(each['node']) || !isSet(each['set'])) return false;
    return each['parts'] === null || (Array.isArray(each['parts']) && each['parts'].every(isWhole));
  });
  if (!areNodes || !isStatistics(statistics) || !isCount(collection)) return false;
  let bytes = sumOfBytes(sets);
  for (const each of postings as unknown[]) {
    if (!isObject(each) || !isWhole(each['term']) || !isSet(each['set']) || !isWhole(each['documents'])) return false;
    if (each['frequencyBytes'] !== 1 && each['frequencyBytes'] !== 4) return false;
    bytes += each['documents'] * (each['frequencyBytes'] + 1);
  }
  return bytes === bodyBytes;
}
