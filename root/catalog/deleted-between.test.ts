import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emptyCatalog, type CatalogState, type IndexDefinition } from '../../shared/catalog/catalog.ts';
import { TrieMap } from '../../shared/trie/trie-map.ts';
import { deletedBetween } from './deleted-between.ts';

/** Of indexes as NAME=ID. */
function stateOf(text: string): CatalogState {
  const entries = text.split(' ').flatMap((each): [string, IndexDefinition][] => {
    const [name, id] = each.split('=');
    return id === undefined ? [] : [[name!, { name, id } as IndexDefinition]];
  });
  return { ...emptyCatalog, indexes: TrieMap.of(entries) };
}

// Each row: before, after, the ids of those that are deleted.
const rows: [name: string, before: string, after: string, deleted: string][] = [
  ['nothing happened', 'a=x0 b=x1', 'a=x0 b=x1', ''],
  ['one is created', 'a=x0', 'a=x0 b=x1', ''],
  ['one is deleted', 'a=x0 b=x1', 'b=x1', 'x0'],
  ['one is deleted and made again', 'a=x0 b=x1', 'a=x5 b=x1', 'x0'],
  ['one has another name', 'a=x0 b=x1', 'c=x0 b=x1', ''],
  ['one has the name of one that is deleted', 'a=x0 b=x1', 'a=x1', 'x0'],
  ['all are deleted', 'a=x0 b=x1', '', 'x0 x1'],
];
for (const [name, before, after, deleted] of rows) {
  test(`deletedBetween: ${name}`, () => {
    const found = deletedBetween(stateOf(before), stateOf(after)).map(({ id }) => id);
    assert.equal(found.sort().join(' '), deleted);
  });
}
