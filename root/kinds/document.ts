/** The document index: every stage of `search.ts`, and documents that come, are replaced and go by their keys. */
import { finishAggregations } from '../../shared/aggregation/result.ts';
import { searchDocuments } from '../search.ts';
import { rowRefusals } from './refusals.ts';
import type { RootKind } from './root-kind.ts';

export const documentKind: RootKind = {
  sizeDefault: null,
  prepare: (_index, request) => request,
  search: searchDocuments,
  finish: (_index, { aggregations }, { partials, isComplete }) =>
    finishAggregations(aggregations, partials, { isComplete }),
  entriesOf: () => ({ are: 'documents', deletable: true }),
  refusals: { getDocument: null, putDocument: null, deleteDocument: null, putKeyed: null, ...rowRefusals },
};
