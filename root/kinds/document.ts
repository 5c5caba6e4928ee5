/** The document index: every stage of `search.ts`, and documents that come, are replaced and go by their keys. */
import { finishInSteps } from '../../shared/aggregation/result.ts';
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
  *finish(index, { aggregations, pipelines, bigInts = 'string' }, found) {
    const { partials, missing = null, indexes = [index], ...told } = found;
    const names = new Map(indexes.map(({ id, name }) => [id, name]));
    const nameOf = (id: string): string => names.get(id) ?? id;
    const options = { ...told, missing, isWhole: isWholeIn(index.schema), nameOf, bigInts };
    const results = yield* finishInSteps(aggregations, partials, options);
    if (pipelines !== undefined) yield* pipelines.run(results, { isComplete: told.isComplete });
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
