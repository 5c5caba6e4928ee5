import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rememberWords } from './remember-words.ts';

test('rememberWords: works once on a word seen lately, gives the same after it was forgotten, and long words anew', () => {
  let calls = 0;
  const length = rememberWords((word) => {
    calls++;
    return word.length;
  });
  assert.deepEqual([length('abc'), length('abc'), calls], [3, 3, 1]);
  for (let i = 0; i < 100_000; i++) assert.equal(length(`w${i}`), String(i).length + 1);
  assert.equal(calls, 100_001);
  assert.deepEqual([length('abc'), calls], [3, 100_002]);
  const long = 'x'.repeat(100);
  assert.deepEqual([length(long), length(long), calls], [100, 100, 100_004]);
});
