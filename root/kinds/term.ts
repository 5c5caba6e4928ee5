/** The term index: stages of its own (terms/), and documents that are only ever added. */
import { searchTerms } from '../terms/search-terms.ts';
import { appendOnly, rowRefusals, wrongKind } from './refusals.ts';
import type { RootKind } from './root-kind.ts';

export const termKind: RootKind = {
  joins: true,
  skips: false,
  sizeDefault: null,
  prepare: (_index, request) => request,
  search: searchTerms,
  // Its stages refuse aggregations.
  *finish() {
    yield;
    return {};
  },
  entriesOf: () => ({ are: 'documents', deletable: false }),
  refusals: {
    getDocument: null,
    putDocument: appendOnly,
    changeDocument: appendOnly,
    deleteDocument: appendOnly,
    putKeyed: null,
    tellOutcomes: wrongKind('leave out result=wait: what is taken is added, and accepted counts it'),
    route: wrongKind('leave out the routing: the documents of a term index are not spread by their keys'),
    ...rowRefusals,
  },
};
