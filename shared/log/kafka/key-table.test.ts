import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KeyTable } from './key-table.ts';

/** Remembers keys at times, as `TIME:KEY…`, with a retention of 100, and says which are known then. */
function known(words: string): string {
  const table = new KeyTable(100);
  const names = new Set<string>();
  for (const word of words.split(' ')) {
    const [time, keys = ''] = word.split(':');
    const answer = [['p', Number(time), 1]] as const;
    table.remember(
      Number(time),
      keys.split('').map((key) => ({ key, digest: 'd', answer })),
    );
    for (const key of keys.split('')) names.add(key);
  }
  const found = [...names].flatMap((key) => table.find(key)?.answer.map(([, offset]) => `${key}${offset}`) ?? []);
  assert.equal(table.size, found.length);
  return found.join(' ');
}

// Each row: what was remembered when, what is known at the last of the times, with when it was recorded.
const rows: [words: string, expected: string][] = [
  ['0:a', 'a0'],
  ['0:ab 50:c', 'a0 b0 c50'],
  ['0:a 100:b', 'a0 b100'],
  ['0:a 101:b', 'b101'],
  ['0:a 50:b 151:c', 'c151'],
  ['0:a 101:a', 'a101'],
  ['0:a 101:a 102:b', 'a101 b102'],
  ['0:a 10:b 20:c 115:d 121:e', 'd115 e121'],
];
for (const [words, expected] of rows) test(`KeyTable: ${words}`, () => assert.equal(known(words), expected));
