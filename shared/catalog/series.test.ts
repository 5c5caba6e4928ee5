import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nextName } from './series.ts';

// Each row: a name, names that are taken, the next.
const rows: [name: string, taken: string, next: string | null][] = [
  ['logs-000001', '', 'logs-000002'],
  ['logs-9', '', 'logs-10'],
  ['logs-099', '', 'logs-100'],
  ['logs-999', '', 'logs-1000'],
  ['logs-1', 'logs-2 logs-3', 'logs-4'],
  ['logs-2026-01-31', '', 'logs-2026-01-32'],
  ['logs', '', null],
  ['logs1', '', null],
  ['logs-1a', '', null],
  ['-1', '', '-2'],
];
for (const [name, taken, next] of rows) {
  test(`nextName: ${name}${taken === '' ? '' : ` where there are ${taken}`}`, () => {
    assert.equal(
      nextName(name, (other) => taken.split(' ').includes(other)),
      next,
    );
  });
}

test('nextName: it ends where all are taken', () => {
  assert.equal(
    nextName('logs-1', () => true),
    null,
  );
});
