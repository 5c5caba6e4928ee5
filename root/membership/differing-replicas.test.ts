import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limits } from '../../shared/limits.ts';
import { differencesOf } from './differing-replicas.ts';

// Each row: replicas as LEAF@OFFSET:SKIPPED,SKIPPED; the differences as ENTRY: who has it / who has not.
const rows: [name: string, replicas: string, expected: string][] = [
  ['none', '', ''],
  ['nothing was skipped', 'a@9 b@9', ''],
  ['all skipped it', 'a@9:4 b@7:4 c@8:4', ''],
  ['one read it', 'a@9 b@9:4 c@9:4', '4: a / b,c'],
  ['one has not come to it', 'a@3 b@9:4', ''],
  ['one is at it', 'a@4 b@9:4', '4: a / b'],
  ['each has another', 'a@9:4 b@9:6', '4: b / a; 6: a / b'],
  ['one of two', 'a@9:4,6 b@9:4', '6: b / a'],
];
for (const [name, text, expected] of rows) {
  test(`differencesOf: ${name}`, () => {
    const replicas = text
      .split(' ')
      .filter(Boolean)
      .map((word) => {
        const [, leaf, offset, skipped] = /^(\w)@(\d+)(?::(.*))?$/.exec(word)!;
        const told = skipped === undefined ? {} : { skipped: skipped.split(',').map(Number) };
        return { leaf: leaf!, offset: Number(offset), ...told };
      });
    const shown = differencesOf(replicas).map(
      ({ entry, readBy, skippedBy }) => `${entry}: ${readBy.join(',')} / ${skippedBy.join(',')}`,
    );
    assert.equal(shown.join('; '), expected);
  });
}

test('differencesOf: what a replica tells no more is not compared', () => {
  const all = Array.from({ length: limits.skippedToldMax + 1 }, (_, i) => 2 * i);
  const replicas = [
    { leaf: 'a', offset: 999, skipped: all.slice(1) },
    { leaf: 'b', offset: all.at(-2)!, skipped: all.slice(0, -1) },
  ];
  assert.deepEqual(differencesOf(replicas), []);
  assert.equal(differencesOf([...replicas, { leaf: 'c', offset: 999 }]).length, limits.skippedToldMax);
});
