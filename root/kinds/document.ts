/** The document index: every stage of `search.ts`, and documents that come, are replaced and go by their keys. */
import { finishAggregations } from '../../shared/aggregation/result.ts';
import { isWholeIn } from '../gather/whole-fields.ts';
import { searchDocuments } from '../search.ts';
import { rowRefusals } from './refusals.ts';
import type { RootKind } from './root-kind.ts';

export const documentKind: RootKind = {
  joins: true,
  skips: true,
  sizeDefault: null,
  prepare: (_index, request) => request,
  search: searchDocuments,
  finish: ({ schema }, { aggregations, pipelines, bigInts = 'string' }, { partials, missing = null, ...found }) => {
    const options = { ...found, missing, isWhole: isWholeIn(schema), bigInts };
    const results = finishAggregations(aggregations, partials, options);
    pipelines?.run(results, { isComplete: found.isComplete });
    return results;
  },
  entriesOf: () => ({ are: 'documents', deletable: true }),
  refusals: {
    getDocument: null,
    putDocument: null,
    changeDocument: null,
    deleteDocument: null,
    putKeyed: null,
    tellOutcomes: null,
    route: null,
    ...rowRefusals,
  },
};
