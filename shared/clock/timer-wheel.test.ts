import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../random/random.ts';
import { TimerWheel, type WheelTimer } from './timer-wheel.ts';

// Each row: when timers are due, with the wheel made at 0; the times it is advanced to; what fires at each.
const rows: [name: string, due: number[], advances: number[], fired: string[]][] = [
  ['nothing before its time', [5.5], [5, 5.4, 5.5, 9], ['', '', '5.5', '']],
  ['in the order of their times', [7, 3, 5], [10], ['3 5 7']],
  ['one that is already due', [-3], [0], ['-3']],
  ['turns apart in one slot', [10, 522, 1034], [10, 521, 522, 5000], ['10', '', '522', '1034']],
  ['after a long sleep', [1, 100, 600, 3000], [2000, 4000], ['1 100 600', '3000']],
];
for (const [name, due, advances, expected] of rows) {
  test(`timer wheel: ${name}`, () => {
    const wheel = new TimerWheel(0);
    let fired: number[] = [];
    for (const at of due) wheel.schedule(at, () => fired.push(at));
    const seen = advances.map((now) => {
      fired = [];
      wheel.advance(now);
      return fired.join(' ');
    });
    assert.deepEqual(seen, expected);
  });
}

test('timer wheel: fires exactly what a plain list would, with cancels and sleeps', (t) => {
  const seed = 41;
  t.diagnostic(`seed ${seed}`);
  const random = createRandom(seed);
  for (let run = 0; run < 200; run++) {
    let now = random.next() * 1e6;
    const wheel = new TimerWheel(now);
    const plain = new Map<WheelTimer, number>();
    for (let i = 0; i < 200; i++) {
      const action = random.next();
      if (action < 0.5) {
        const at = now + random.next() * random.pick([2, 600, 5000]) - 1;
        const timer = wheel.schedule(at, () => {
          assert.ok(plain.delete(timer), 'fired twice or after a cancel');
          assert.ok(at <= now, 'fired early');
        });
        plain.set(timer, at);
      } else if (action < 0.7 && plain.size > 0) {
        const timer = random.pick([...plain.keys()]);
        wheel.cancel(timer);
        wheel.cancel(timer);
        plain.delete(timer);
      } else {
        const earliest = Math.min(...plain.values());
        const next = wheel.nextAt();
        assert.ok(next <= Math.max(earliest, now) || earliest === next, `next at ${next}, earliest ${earliest}`);
        now = random.chance(0.5) ? Math.max(now, Math.min(next, now + 2000)) : now + random.next() * 2000;
        wheel.advance(now);
        for (const at of plain.values()) assert.ok(at > now, 'due and not fired');
      }
      assert.equal(wheel.count, plain.size);
    }
  }
});

test('timer wheel: a callback may schedule and cancel', () => {
  const wheel = new TimerWheel(0);
  const fired: string[] = [];
  const second = wheel.schedule(2, () => fired.push('second'));
  wheel.schedule(1, () => {
    wheel.cancel(second);
    wheel.schedule(1.5, () => fired.push('third'));
  });
  wheel.advance(3);
  assert.deepEqual(fired, []);
  wheel.advance(3);
  assert.deepEqual(fired, ['third']);
  assert.equal(wheel.count, 0);
});
