import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emptyCatalog, type CatalogState, type IndexDefinition } from '../../shared/catalog/catalog.ts';
import { createRandom } from '../../shared/random/random.ts';
import { TrieMap } from '../../shared/trie/trie-map.ts';
import { indexesUnder } from './indexes-under.ts';

const index = (name: string): IndexDefinition => ({
  id: `x${name}`,
  name,
  kind: 'document',
  schema: { dynamic: 'strict', fields: {} },
  shards: 1,
  replicas: 1,
});

function catalogOf(names: readonly string[], aliases: CatalogState['aliases'] = TrieMap.of()): CatalogState {
  return { ...emptyCatalog, indexes: TrieMap.of(names.map((name) => [name, index(name)])), aliases };
}

const target = (name: string, filter?: object) => ({ index: name, id: `x${name}`, ...(filter && { filter }) });
const state = catalogOf(
  ['a1', 'a2', 'b1', 'b22'],
  TrieMap.of([
    ['all', { name: 'all', indexes: [target('a1'), target('b1')] }],
    ['some', { name: 'some', indexes: [target('a1', { one: 1 }), target('b22', { two: 2 })] }],
    ['more', { name: 'more', indexes: [target('a1', { three: 3 })] }],
  ]),
);

// Each row: what is named; the indexes, with their filters.
const rows: [expression: string, expected: string][] = [
  ['a1', 'a1'],
  ['b1,a1', 'a1 b1'],
  ['a*', 'a1 a2 b1'],
  ['b*', 'b1 b22'],
  ['*', 'a1 a2 b1 b22'],
  ['*1', 'a1 b1'],
  ['b*2', 'b22'],
  ['b2*2', 'b22'],
  ['b22*2', ''],
  ['**2**', 'a2 b22'],
  ['c*', ''],
  ['all', 'a1 b1'],
  ['some', 'a1[{"one":1}] b22[{"two":2}]'],
  ['some,more', 'a1[{"one":1},{"three":3}] b22[{"two":2}]'],
  ['some,a1', 'a1 b22[{"two":2}]'],
  ['all,some', 'a1 b1 b22[{"two":2}]'],
  ['m*e', 'a1[{"three":3}]'],
];
for (const [expression, expected] of rows) {
  test(`indexesUnder: ${expression}`, () => {
    const found = indexesUnder(state, expression.split(','));
    const shown = found.map(
      ({ index: { name }, filters }) => `${name}${filters === null ? '' : JSON.stringify(filters)}`,
    );
    assert.equal(shown.join(' '), expected);
  });
}

test('indexesUnder: a name of nothing, among others', () => {
  assert.throws(() => indexesUnder(state, ['a1', 'c']), { code: 'INDEX_NOT_FOUND' });
});

test('indexesUnder: a pattern of more indexes than the limit', () => {
  const names = Array.from({ length: 10_000 }, (_, i) => `logs-${i}`);
  assert.equal(indexesUnder(catalogOf(names.slice(0, 1000)), ['logs-*']).length, 1000);
  assert.throws(() => indexesUnder(catalogOf(names), ['logs-*']), { code: 'SEARCH_INDEXES_TOO_MANY' });
});

test('indexesUnder: patterns fit as a regular expression does', (t) => {
  const seed = 4;
  t.diagnostic(`seed ${seed}`);
  const random = createRandom(seed);
  const wordOf = (letters: string[], length: number): string =>
    Array.from({ length: random.integer(1, length) }, () => random.pick(letters)).join('');
  const names = [...new Set(Array.from({ length: 200 }, () => wordOf(['a', 'b'], 7)))].sort();
  for (let i = 0; i < 500; i++) {
    const pattern = `${wordOf(['a', 'b', '*'], 5)}*${wordOf(['a', 'b', '*'], 3)}`;
    const twin = new RegExp(`^${pattern.replaceAll('*', '.*')}$`);
    const found = indexesUnder(catalogOf(names), [pattern]).map(({ index: { name } }) => name);
    assert.deepEqual(
      found,
      names.filter((name) => twin.test(name)),
      pattern,
    );
  }
});

test('indexesUnder: a pattern of many stars takes no longer than a name is long', () => {
  const names = Array.from({ length: 500 }, (_, i) => `${'a'.repeat(96)}${i}`);
  assert.deepEqual(indexesUnder(catalogOf(names), [`${'*a'.repeat(90)}*b`]), []);
});
