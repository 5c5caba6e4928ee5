/** The roll-up index: rows are searched as documents are, by a search of the parts they are stored in (rollup/). */
import { rollupOf } from '../../shared/index-kinds/rollup.ts';
import { rollupResults } from '../rollup/rollup-results.ts';
import { rollupSearch } from '../rollup/rollup-search.ts';
import { searchDocuments } from '../search.ts';
import { wrongKind } from './refusals.ts';
import type { RootKind } from './root-kind.ts';

const noDocuments = wrongKind(
  'a roll-up keeps sums, no documents: add with POST /v1/counters/{index} or POST /v1/indexes/{index}/documents',
);

export const rollupKind: RootKind = {
  // Each keeps its own sums of its own values.
  joins: false,
  skips: false,
  // It has no hits to list.
  sizeDefault: 0,
  prepare: (index, request) => rollupSearch(rollupOf(index), request),
  search: searchDocuments,
  *finish(index, { aggregations, pipelines, bigInts = 'string' }, { partials, missing = null, ...found }) {
    // Dimensions are not added up, and metrics are whole in any case.
    const options = { ...found, bigInts, missing, isWhole: () => false };
    const results = yield* rollupResults(rollupOf(index), aggregations, partials, options);
    if (pipelines !== undefined) yield* pipelines.run(results, { isComplete: found.isComplete });
    return results;
  },
  entriesOf: (index) => ({ are: 'increments', of: rollupOf(index) }),
  refusals: {
    getDocument: noDocuments,
    putDocument: noDocuments,
    changeDocument: noDocuments,
    deleteDocument: noDocuments,
    putKeyed: wrongKind('leave out the parameter key: increments have no key'),
    tellOutcomes: wrongKind('leave out result=wait: an increment is counted, and accepted says how many were'),
    route: wrongKind('leave out the routing: rows are spread by their dimensions'),
    count: null,
    readRows: null,
  },
};
