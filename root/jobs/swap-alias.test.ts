import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emptyCatalog, type IndexDefinition } from '../../shared/catalog/catalog.ts';
import { TrieMap } from '../../shared/trie/trie-map.ts';
import { checkSwap } from './swap-alias.ts';

const schema = { dynamic: 'false', fields: {} } as const;
const indexOf = (name: string, id: string): IndexDefinition => ({
  id,
  name,
  kind: 'document',
  schema,
  shards: 1,
  replicas: 1,
});
const state = {
  ...emptyCatalog,
  indexes: TrieMap.of([
    ['films-1', indexOf('films-1', 'x1')],
    ['films-2', indexOf('films-2', 'x2')],
    ['other', indexOf('other', 'x3')],
  ]),
  aliases: TrieMap.of([['films', { name: 'films', indexes: [{ index: 'films-1', id: 'x1' }] }]]),
};
const swap = { index: 'films-1', indexId: 'x1', into: 'films-2', intoId: 'x2' };

// Each row: the situation, the swap, the error and its detail; null: it could be done.
const rows: [
  situation: string,
  swap: Parameters<typeof checkSwap>[1],
  expected: [code: string, detail: object] | null,
][] = [
  ['a swap', { ...swap, alias: 'films' }, null],
  ['no alias', swap, null],
  [
    'an alias that the index is not in',
    { ...swap, index: 'other', indexId: 'x3', alias: 'films' },
    ['ALIAS_NOT_FOUND', { alias: 'films', index: 'other' }],
  ],
  [
    'a copy that is gone',
    { ...swap, into: 'films-3', intoId: 'x9', alias: 'films' },
    ['INDEX_NOT_FOUND', { index: 'films-3' }],
  ],
  [
    'a name that is taken',
    { ...swap, index: 'other', indexId: 'x3', alias: 'other', retireAs: 'films' },
    ['NAME_TAKEN', { index: 'films' }],
  ],
];
for (const [situation, asked, expected] of rows) {
  test(`checkSwap: ${situation}`, () => {
    if (expected === null) return checkSwap(state, asked);
    const [code, detail] = expected;
    assert.throws(() => checkSwap(state, asked), { code, detail });
  });
}
