import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../../shared/random/random.ts';
import { CoDel } from './codel.ts';

/** Jobs that leave a queue every 10 ms: how long each waited, as `wait` or `wait/waiting`; which are shed. */
function shed(waits: string): number[] {
  const codel = new CoDel({ targetMs: 5, intervalMs: 100 });
  return waits.split(' ').flatMap((job, i) => {
    const [waitedMs, waiting = '1'] = job.split('/');
    return codel.take(i * 10, Number(waitedMs), Number(waiting)) ? [i * 10] : [];
  });
}

const times = (count: number, job: string): string => Array.from({ length: count }, () => job).join(' ');

// Each row: waits in milliseconds of a job every 10 ms, when one is shed.
const rows: [name: string, waits: string, expected: number[]][] = [
  ['short waits', times(50, '4.9'), []],
  ['long ones for less than an interval', `${times(10, '50')} 1`, []],
  ['long ones for an interval', times(11, '5'), [100]],
  // 100 + 100/√1, + 100/√2, + 100/√3, each at the next job.
  ['sooner and sooner while it lasts', times(34, '50'), [100, 200, 280, 330]],
  ['one short wait ends it', `${times(15, '50')} 1 ${times(11, '50')}`, [100, 260]],
  ['it goes on where it ended', `${times(34, '50')} 1 ${times(18, '50')}`, [100, 200, 280, 330, 450, 510]],
  ['it goes on after two as well', `${times(30, '50')} 1 ${times(19, '50')}`, [100, 200, 280, 410, 490]],
  // The next was due at 378: 16 intervals later it begins anew, with 100 to the next, and before with 100/√3.
  [
    'within 16 intervals of the next',
    `${times(34, '50')} ${times(153, '1')} ${times(18, '50')}`,
    [100, 200, 280, 330, 1970, 2030],
  ],
  ['not after that', `${times(34, '50')} ${times(154, '1')} ${times(21, '50')}`, [100, 200, 280, 330, 1980, 2080]],
  ['nothing waits behind', times(50, '50/0'), []],
];
for (const [name, waits, expected] of rows) {
  test(`CoDel: ${name}`, () => assert.deepEqual(shed(waits), expected));
}

test('CoDel: waits of a few jobs are short, however long jobs take', () => {
  const sheds = (waitedMs: number): boolean => {
    const codel = new CoDel({ targetMs: 5, intervalMs: 100 });
    return Array.from({ length: 20 }, (_, i) => codel.take(i * 10, waitedMs, 1, 5)).includes(true);
  };
  assert.deepEqual([sheds(19.9), sheds(20)], [false, true]);
});

test('CoDel: a queue stands from the first shed job to the first short wait, or until nothing is taken for an interval', () => {
  const codel = new CoDel({ targetMs: 5, intervalMs: 100 });
  for (let now = 0; now < 100; now += 10) codel.take(now, 50, 1);
  assert.equal(codel.isStanding(99), false);
  codel.take(100, 50, 1);
  assert.deepEqual([codel.isStanding(101), codel.isStanding(199), codel.isStanding(200)], [true, true, false]);
  codel.take(150, 1, 1);
  assert.equal(codel.isStanding(151), false);
});

/** Virtual server: jobs come at random, each is served for a fixed time unless shed. Mean wait of the second half, ms. */
function meanWait(seed: number, load: number, isShedding: boolean): number {
  const random = createRandom(seed);
  const codel = new CoDel({ targetMs: 5, intervalMs: 100 });
  const serviceMs = 1;
  const arrivals: number[] = [];
  for (let now = 0; now < 20_000;) arrivals.push((now += (-Math.log(1 - random.next()) * serviceMs) / load));
  let free = 0;
  const waits: number[] = [];
  arrivals.forEach((arrivedAt, i) => {
    const startedAt = Math.max(arrivedAt, free);
    const waiting = (arrivals[i + 1] ?? Infinity) <= startedAt ? 1 : 0;
    if (codel.take(startedAt, startedAt - arrivedAt, waiting) && isShedding) return;
    free = startedAt + serviceMs;
    if (arrivedAt > 10_000) waits.push(startedAt - arrivedAt);
  });
  return waits.reduce((sum, wait) => sum + wait, 0) / waits.length;
}

test('CoDel: holds the wait of an overloaded queue down, and leaves one that is not overloaded alone', (t) => {
  const seed = 5;
  const [overloaded, unshed, light] = [
    meanWait(seed, 1.1, true),
    meanWait(seed, 1.1, false),
    meanWait(seed, 0.5, true),
  ];
  t.diagnostic(`seed ${seed}: ${overloaded.toFixed(1)}, ${unshed.toFixed(1)}, ${light.toFixed(2)} ms`);
  assert(overloaded < 60 && unshed > 500 && light < 1);
});
