import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../random/random.ts';
import { BoundedHeap } from './bounded-heap.ts';

test('BoundedHeap: keeps the best of many, and ranks them', (t) => {
  const seed = 59_300_200;
  t.diagnostic(`seed ${seed}`);
  const random = createRandom(seed);
  for (let capacity = 1; capacity <= 40; capacity++) {
    // Each number once, so there is one order.
    const offered = random.shuffle(Array.from({ length: random.integer(0, 80) }, (_, i) => i));
    const kept: number[] = [];
    const heap = new BoundedHeap(capacity, (a, b) => kept[a]! < kept[b]!);
    for (const [i, value] of offered.entries()) {
      if (!heap.isFull) {
        kept.push(value);
        heap.push();
      } else if (value > kept[heap.worst]!) {
        kept[heap.worst] = value;
        heap.replacedWorst();
      }
      const best = offered.slice(0, i + 1).sort((a, b) => b - a);
      // It can be ranked at any time, and goes on.
      assert.deepEqual(
        Array.from(heap.ranked(), (slot) => kept[slot]),
        best.slice(0, capacity),
      );
    }
  }
});
