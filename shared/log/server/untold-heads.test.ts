import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limits } from '../../limits.ts';
import { UntoldHeads } from './untold-heads.ts';

test('UntoldHeads: tells each change once, at its newest, and longest untold first where it is too much', () => {
  const more = 5;
  const names = Array.from({ length: limits.headsToldMax + more }, (_, i) => `x0/${i}`);
  const heads = new Map(names.map((name, i) => [name, i]));
  const untold = new UntoldHeads(heads);
  const first = untold.take();
  assert.deepEqual([first.partitions.length, first.heads[7], first.rest], [limits.headsToldMax, 7, more]);
  heads.set('x0/7', 100);
  untold.changed('x0/7');
  heads.set('x0/7', 101);
  untold.changed('x0/7');
  const last = names.slice(-more);
  const offsets = last.map((name) => heads.get(name)!);
  assert.deepEqual(untold.take(), { partitions: [...last, 'x0/7'], heads: [...offsets, 101], rest: 0 });
  assert.deepEqual(untold.take(), { partitions: [], heads: [], rest: 0 });
});
