import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { IndexDefinition } from '../../shared/catalog/catalog.ts';
import { asSheafError } from '../../shared/errors.ts';
import type { IndexKind } from '../../shared/index-kinds/index-kinds.ts';
import { parseIndexBody } from '../../shared/schema/parse.ts';
import { requireOperation, type IndexOperation } from './root-kind.ts';
import { rootKinds } from './root-kinds.ts';

const fields = { fields: { title: { kind: 'text' } } };
const schemas: { readonly [K in IndexKind]: object } = {
  document: fields,
  term: fields,
  rollup: { dimensions: { page: { kind: 'keyword' } }, metrics: { views: {} } },
};

function indexOf(kind: IndexKind): IndexDefinition {
  const { given: _given, ...definition } = parseIndexBody({ kind, schema: schemas[kind] });
  return { ...definition, id: 'x0', name: kind };
}

function outcome(kind: IndexKind, operation: IndexOperation): string {
  try {
    requireOperation(rootKinds, indexOf(kind), operation);
    return 'yes';
  } catch (error) {
    const { code, detail } = asSheafError(error);
    assert.equal(detail['index'], kind);
    return code;
  }
}

// Each row: what is asked of an index, and what becomes of it by the kind of the index.
const rows: [operation: IndexOperation, document: string, term: string, rollup: string][] = [
  ['getDocument', 'yes', 'yes', 'INDEX_KIND_WRONG'],
  ['putDocument', 'yes', 'INDEX_APPEND_ONLY', 'INDEX_KIND_WRONG'],
  ['deleteDocument', 'yes', 'INDEX_APPEND_ONLY', 'INDEX_KIND_WRONG'],
  ['putKeyed', 'yes', 'yes', 'INDEX_KIND_WRONG'],
  ['tellOutcomes', 'yes', 'INDEX_KIND_WRONG', 'INDEX_KIND_WRONG'],
  ['count', 'INDEX_KIND_WRONG', 'INDEX_KIND_WRONG', 'yes'],
  ['readRows', 'INDEX_KIND_WRONG', 'INDEX_KIND_WRONG', 'yes'],
];
for (const [operation, ...expected] of rows) {
  test(`requireOperation: ${operation}`, () => {
    const kinds = ['document', 'term', 'rollup'] as const;
    assert.deepEqual(
      kinds.map((kind) => outcome(kind, operation)),
      expected,
    );
  });
}

test('RootKind: what the documents of a write are', () => {
  const rollup = indexOf('rollup');
  assert.deepEqual(rootKinds.document.entriesOf(indexOf('document')), { are: 'documents', deletable: true });
  assert.deepEqual(rootKinds.term.entriesOf(indexOf('term')), { are: 'documents', deletable: false });
  assert.deepEqual(rootKinds.rollup.entriesOf(rollup), { are: 'increments', of: rollup.rollup });
});
