import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  baseOfIndex,
  baseOfPartition,
  epochOf,
  epochPattern,
  indexIdAt,
  isIndexId,
  termOfIndex,
  isMadeAt,
} from './index-id.ts';

// Each row: the offset of the entry, its epoch, the base; the id, the base that it tells.
const rows: [offset: number, epoch: string | undefined, base: number | undefined, id: string, told: number][] = [
  [0, undefined, undefined, 'x0', 0],
  [40, undefined, undefined, 'x14', 0],
  [40, 'abcdefgh', undefined, 'x14-abcdefgh', 0],
  [40, 'abcdefgh', 0, 'x14-abcdefgh-0', 0],
  [40, 'abcdefgh', 72, 'x14-abcdefgh-20', 72],
  [Number.MAX_SAFE_INTEGER, '00000000', Number.MAX_SAFE_INTEGER, 'x2gosa7pa2gv-00000000-2gosa7pa2gv', 2 ** 53 - 1],
];
for (const [offset, epoch, base, id, told] of rows) {
  test(`index ids: ${id}`, () => {
    assert.equal(indexIdAt(offset, { epoch, base }), id);
    assert.ok(isIndexId(id));
    assert.ok(isMadeAt(id, offset) && !isMadeAt(id, offset - 1));
    assert.equal(baseOfIndex(id), told);
    assert.equal(baseOfPartition(`${id}/3`), told);
  });
}

for (const text of [
  '',
  'x',
  'y1',
  'x1-',
  'x1-abc',
  'x1-abcdefgh-',
  'x1-ABCDEFGH',
  'x1-abcdefgh-1-1',
  'x1/0',
  'catalog',
]) {
  test(`index ids: ${JSON.stringify(text)} is none, and has no base`, () => {
    assert.ok(!isIndexId(text));
    assert.equal(baseOfIndex(text), 0);
  });
}

test('index ids: partitions of no index begin at 0', () => {
  for (const partition of ['catalog', 'leases', 'jobs', 'p']) assert.equal(baseOfPartition(partition), 0);
});

test('epochOf: the same of the same log, another of another, and such as stands in an id', () => {
  const logs = Array.from({ length: 1000 }, (_, i) => `log ${i}`);
  assert.equal(new Set(logs.map(epochOf)).size, logs.length);
  for (const log of logs) assert.match(epochOf(log), epochPattern);
  assert.equal(epochOf('a'), epochOf('a'));
});

test('termOfIndex: one for each index of a log, another in another log, from 1', () => {
  const offsets = [0, 1, 35, 36, 2 ** 31, 2 ** 32 - 1];
  const ids = [undefined, 'abcdefgh', 'abcdefgi', 'zzzzzzzz'].flatMap((epoch) =>
    offsets.map((offset) => indexIdAt(offset, { epoch })),
  );
  const terms = ids.map(termOfIndex);
  assert.equal(new Set(terms).size, ids.length);
  assert.ok(terms.every((term) => Number.isSafeInteger(term) && term > 0));
  assert.equal(termOfIndex('xb'), 12);
  assert.throws(() => termOfIndex('catalog'), /catalog is no id of an index/);
});
