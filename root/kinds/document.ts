/** The document index: every stage of `search.ts`, and documents that come, are replaced and go by their keys. */
import { finishInSteps } from '../../shared/aggregation/result.ts';
import { definitionOf } from '../../shared/schema/kinds/field-kinds.ts';
import { findField } from '../../shared/schema/find-field.ts';
import { searchDocuments } from '../search.ts';
import { rowRefusals } from './refusals.ts';
import type { RootKind } from './root-kind.ts';

export const documentKind: RootKind = {
  joins: true,
  skips: true,
  sizeDefault: null,
  prepare: (_index, request) => request,
  search: searchDocuments,
  *finish({ schema }, { aggregations, pipelines, bigInts = 'string' }, { partials, isComplete, missing = null }) {
    const isWhole = (name: string): boolean => {
      const field = findField(schema, name);
      return field !== undefined && definitionOf(field.kind).isWhole === true;
    };
    const results = yield* finishInSteps(aggregations, partials, { isComplete, missing, isWhole, bigInts });
    pipelines?.run(results, { isComplete });
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
