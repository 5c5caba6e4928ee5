import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DecidedKey } from './decision.ts';
import { KeyTable } from './key-table.ts';

const key = (name: string): DecidedKey => ({ key: name, digest: `d${name}`, answer: [[name, 1, 1]] });
const known = (table: KeyTable, ...names: string[]): string =>
  names.filter((name) => table.find(name) !== undefined).join('');

test('key table: remembers until it is told to forget, and says what is due by the times of brokers', () => {
  const table = new KeyTable(1000);
  // Each row: offset and time of an entry, its keys, what is due then.
  const rows: [offset: number, atMs: number, keys: string, due: number | null][] = [
    [10, 5000, 'a', null],
    [11, 5050, 'b', null],
    [12, 5100, '', null],
    [20, 6000, 'c', null],
    [21, 6001, '', 10],
    [30, 6101, 'd', 12],
    // Clocks of brokers may differ: time does not go back.
    [31, 3000, 'e', 12],
  ];
  for (const [offset, atMs, keys, due] of rows) {
    table.remember(offset, atMs, Array.from(keys, key));
    assert.equal(table.due(), due, String(offset));
  }
  assert.equal(known(table, 'a', 'b', 'c', 'd', 'e'), 'abcde');
  table.forget(12);
  assert.deepEqual([known(table, 'a', 'b', 'c', 'd', 'e'), table.due(), table.forgotten], ['cde', null, 12]);
  table.forget(11);
  assert.equal(table.forgotten, 12);
});

test('key table: a key that was recorded again after it was forgotten is kept', () => {
  const table = new KeyTable(1000);
  table.remember(1, 0, [key('a')]);
  table.remember(5, 2000, [key('a')]);
  table.forget(5);
  assert.equal(known(table, 'a'), 'a');
});

test('key table: two that have read as far remember the same, wherever they began', () => {
  const [first, second] = [new KeyTable(100), new KeyTable(100)];
  for (let offset = 0; offset < 5000; offset++) {
    for (const table of offset < 3000 ? [first] : [first, second])
      table.remember(offset, offset, [key(String(offset))]);
    const due = first.due();
    if (due === null) continue;
    first.forget(due);
    second.forget(due);
  }
  assert.equal(first.size, second.size);
  assert.ok(first.size >= 100 && first.size < 125, String(first.size));
});
