/** The document index: every stage of `search.ts`, and documents that come, are replaced and go by their keys. */
import { finishAggregations } from '../../shared/aggregation/result.ts';
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
  finish: (index, { aggregations, pipelines, bigInts = 'string' }, found) => {
    const { schema } = index;
    const { partials, isComplete, missing = null, indexes = [index] } = found;
    const names = new Map(indexes.map(({ id, name }) => [id, name]));
    const nameOf = (id: string): string => names.get(id) ?? id;
    const isWhole = (name: string): boolean => {
      const field = findField(schema, name);
      return field !== undefined && definitionOf(field.kind).isWhole === true;
    };
    const results = finishAggregations(aggregations, partials, { isComplete, missing, isWhole, nameOf, bigInts });
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
