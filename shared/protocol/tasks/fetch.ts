import { recordOf, shaped, validateWholeNumbers, type Validator } from '../../json/validators.ts';
import { limits } from '../../limits.ts';
import type { SourceFilter } from '../../query/request.ts';
import { areFetchedDocuments, type FetchedDocuments } from '../fetched-documents.ts';
import { validateSourceFilter } from '../validate-hits.ts';
import type { PartialBase, TaskBase, TaskMessage } from './task.ts';

/**
 * Keys and sources that a search has held back. A log offset names one version of a document for good, so one that was replaced or
 * deleted since is as good as a live one, as long as no merge has dropped it.
 */
export interface FetchTask extends TaskBase {
  readonly kind: 'fetch';
  /** Log offsets of the hits by shard (as a decimal string): some of each shard asked. */
  readonly hits: Readonly<Record<string, readonly number[]>>;
  readonly source: SourceFilter;
}

/** The frame's body has keys and sources, in this order. What is not among them is no longer there. */
export interface FetchPartial extends PartialBase {
  readonly kind: 'fetch';
  readonly found: FetchedDocuments;
}

const validateOffsets = recordOf(validateWholeNumbers);

/** Log offsets by shard, no more than a search gives hits. */
const validateHits: Validator = (node) => {
  const hits = validateOffsets(node) as Readonly<Record<string, readonly number[]>>;
  const limit = limits.resultWindowMax;
  const actual = Object.values(hits).reduce((sum, offsets) => sum + offsets.length, 0);
  if (actual > limit) throw node.invalid({ expected: 'no more hits than a search gives', limit, actual });
  return hits;
};

export const fetchMessage: TaskMessage<FetchTask> = {
  validate: shaped({ hits: validateHits, source: validateSourceFilter }),
  isAnswer: (_task, { found }, body) => areFetchedDocuments(found, body.length),
};
