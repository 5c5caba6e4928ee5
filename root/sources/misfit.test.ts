import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SourceSpec } from '../../shared/catalog/definition.ts';
import { parseIndexBody } from '../../shared/schema/parse.ts';
import { rootKinds } from '../kinds/root-kinds.ts';
import { orders } from './lanes.fixture.ts';
import { misfitOf } from './misfit.ts';

const fields = { id: { kind: 'keyword' }, n: { kind: 'integer' } };
const documents = { schema: { dynamic: 'strict', fields } };
const open = { schema: { dynamic: false, fields } };
const term = { kind: 'term', schema: { fields: { text: { kind: 'text' } } } };
const rollup = { kind: 'rollup', schema: { dimensions: { id: { kind: 'keyword' } }, metrics: { n: {} } } };
const byField = (field: string): Partial<SourceSpec> => ({ key: { of: 'field', field } });

// Each row: the index, more of the source, why no message could be its document.
const rows: [name: string, index: object, more: Partial<SourceSpec>, reason: RegExp | null][] = [
  ['documents', documents, {}, null],
  ['documents by a field', documents, byField('id'), null],
  ['documents by a field that is not there', documents, byField('key'), /lacks fields .*"key"/],
  ['documents with a fact that is not there', documents, { add: { at: 'timestamp' } }, /lacks fields .*"at"/],
  ['documents of an open schema', open, { ...byField('key'), add: { at: 'timestamp' } }, null],
  ['documents that want a routing', { ...documents, routing: 'required' }, {}, /wants a routing/],
  ['a term index by the key of the message', term, {}, /takes no keys/],
  ['a term index by a field', term, byField('text'), null],
  ['a term index by the place', term, { key: { of: 'place' } }, null],
  ['a roll-up', rollup, { key: { of: 'place' } }, null],
  ['a roll-up by a key', rollup, {}, /no keys/],
];
for (const [name, index, more, reason] of rows) {
  test(`misfitOf: ${name}`, () => {
    const { given: _given, ...definition } = parseIndexBody(index);
    const made = { ...definition, id: 'x1', name: 'orders' };
    const misfit = misfitOf({ ...orders, ...more }, made, rootKinds[made.kind].entriesOf(made));
    if (reason === null) assert.equal(misfit, null);
    else assert.match(`${misfit?.code} ${JSON.stringify(misfit?.detail)}`, reason);
  });
}
