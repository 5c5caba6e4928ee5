import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HoldHistory } from './hold-history.ts';

// Each row: what searches that held sources back came to (F had to fetch), whether the next holds them back.
const rows: [name: string, before: string, expected: boolean][] = [
  ['nothing is known', '', true],
  ['one had to fetch', 'F', true],
  ['two in a row had to', 'FF', false],
  ['one in ten had to', '.........F', true],
  ['it is better again', 'FF..', true],
];
for (const [name, before, expected] of rows) {
  test(`HoldHistory: ${name}`, () => {
    const history = new HoldHistory();
    for (const end of before) history.record('a', end === 'F');
    assert.equal(history.favours('a'), expected);
    assert.equal(history.favours('b'), true, 'another kind is another matter');
  });
}

test('HoldHistory: what is not worth it is tried again once in sixteen times, until it is', () => {
  const history = new HoldHistory();
  const asked = (count: number): string =>
    Array.from({ length: count }, () => (history.favours('a') ? 'h' : '.')).join('');
  for (let i = 0; i < 3; i++) history.record('a', true);
  assert.equal(asked(34), `${'.'.repeat(15)}h${'.'.repeat(15)}h..`);
  for (let i = 0; i < 3; i++) history.record('a', false);
  assert.equal(asked(4), 'hhhh');
});

test('HoldHistory: forgets the kinds that were not met for longest', () => {
  const history = new HoldHistory();
  for (let i = 0; i < 2; i++) history.record('a', true);
  for (let i = 0; i < 999; i++) history.record(`other ${i}`, false);
  assert.equal(history.favours('a'), false);
  history.record('one more', false);
  assert.equal(history.favours('a'), true);
});
