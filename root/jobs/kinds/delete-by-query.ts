/** Deletes the documents that match, as they were when they were found. */
import type { ChangingKind } from './job-kind.ts';

export const deleteByQuery: ChangingKind = {
  does: 'changes',
  operation: 'changeDocument',
  properties: [],
  read: async () => ({}),
  follows: false,
  counts: {},
  needsSources: false,
  lineOf: (_spec, { key, sequence }) => JSON.stringify({ _delete: key, _ifSequence: sequence }),
};
