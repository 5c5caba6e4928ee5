import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cpuSince, parseStat, sumOf } from './cpu-time.ts';

// Each row: the name in the line, which may hold what parts fields; 150 ticks of user and 25 of system time follow.
for (const name of ['node', 'a b', 'a) S 1 (b']) {
  test(`parseStat: reads the times behind the name (${name})`, () => {
    assert.equal(parseStat(`42 (${name}) S 1 42 42 0 -1 4194560 5 6 7 8 150 25 1 2 20 0 11 0 999`), 1750);
  });
}

test('cpuSince: is the difference, and all of a process that is new', () => {
  assert.deepEqual(cpuSince({ root: 100, gone: 5 }, { root: 130, 'leaf-0': 20 }), { root: 30, 'leaf-0': 20 });
});

test('sumOf: adds the processes of a role', () => {
  assert.equal(sumOf({ root: 1, 'leaf-0': 20, 'leaf-1': 300 }, 'leaf'), 320);
});
