/** Deletes the documents that match, as they were when they were found. */
import { termOfIndex } from '../../../shared/catalog/index-id.ts';
import type { ChangingKind } from './job-kind.ts';

export const deleteByQuery: ChangingKind = {
  does: 'changes',
  operation: 'changeDocument',
  properties: [],
  read: async () => ({}),
  follows: false,
  counts: {},
  needsSources: false,
  lineOf: ({ indexId }, { key, sequence }) =>
    JSON.stringify({ _delete: key, _ifSequence: sequence, _ifTerm: termOfIndex(indexId) }),
};
