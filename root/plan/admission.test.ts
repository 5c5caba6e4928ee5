import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Priority } from '../../shared/protocol/priority.ts';
import { Admission } from './admission.ts';

const calm = { overloaded: false, shedding: false };
const overload = { overloaded: true, shedding: false };

/** How many of so many queries that come at once are let in. */
function admitted(
  admission: Admission,
  count: number,
  now: number,
  pressure = calm,
  priority: Priority = 'interactive',
) {
  let sum = 0;
  for (let i = 0; i < count; i++) if (admission.admit(priority, pressure, now)) sum++;
  return sum;
}

/** @param timeShare of its timeout that each query took */
function release(admission: Admission, count: number, timeShare = 1): void {
  for (let i = 0; i < count; i++) admission.release(timeShare);
}

test('Admission: without overload everything is let in', () => {
  assert.equal(admitted(new Admission(), 5000, 0), 5000);
});

test('Admission: overload limits what is under way, more at every look, but not below two', () => {
  const admission = new Admission();
  admitted(admission, 100, 0);
  assert.equal(admitted(admission, 1, 100, overload), 0);
  assert.equal(admission.concurrencyMax, 80);
  admitted(admission, 9, 150, overload);
  assert.equal(admission.concurrencyMax, 80);
  release(admission, 90);
  admitted(admission, 1, 200, overload);
  assert.equal(admission.concurrencyMax, 8);
  release(admission, 10);
  for (let now = 300; now < 2000; now += 100) release(admission, admitted(admission, 1, now, overload));
  assert.equal(admission.concurrencyMax, 2);
});

test('Admission: a queue that costs nobody much of the timeout is no reason to refuse', () => {
  const admission = new Admission();
  for (let now = 0; now < 5000; now += 100) {
    assert.equal(admitted(admission, 16, now, overload), 16);
    release(admission, 16, 0.1);
  }
  assert.equal(admission.concurrencyMax, Infinity);
});

test('Admission: the limit rises at every look without overload', () => {
  const admission = new Admission();
  admitted(admission, 10, 0);
  admitted(admission, 1, 100, overload);
  assert.deepEqual([admission.concurrencyMax, admission.inFlight], [8, 10]);
  release(admission, 10);
  release(admission, admitted(admission, 1, 200));
  assert.ok(Math.abs(admission.concurrencyMax - 9.4) < 1e-9, 'a query was refused before');
  release(admission, admitted(admission, 1, 250));
  assert.ok(Math.abs(admission.concurrencyMax - 9.4) < 1e-9, 'it is too soon to look again');
  release(admission, admitted(admission, 1, 300));
  assert.ok(Math.abs(admission.concurrencyMax - 10.87) < 1e-9, 'none was refused since');
});

test('Admission: long after the overload there is no limit', () => {
  const admission = new Admission();
  admitted(admission, 10, 0);
  admitted(admission, 1, 100, overload);
  release(admission, 10);
  assert.equal(admitted(admission, 1000, 30_101), 1000);
});

test('Admission: batch queries have a part of the limit, and none of it while leaves shed them', () => {
  const admission = new Admission();
  admitted(admission, 10, 0);
  admitted(admission, 1, 100, overload);
  release(admission, 10);
  assert.equal(admitted(admission, 10, 150, calm, 'batch'), 4);
  assert.equal(admitted(admission, 10, 150), 4);
  assert.equal(admitted(new Admission(), 10, 0, { overloaded: false, shedding: true }, 'batch'), 0);
});

test('Admission: releasing more than was let in is a fault', () => {
  assert.throws(() => new Admission().release(0));
});

/**
 * A service of one server that takes `serviceMs` a query, and says that it is overloaded when its queue has not been
 * short for 100 ms, as CoDel does. Queries come at `rate` times its capacity for 20 s; one counts when it is answered
 * within a second.
 */
function simulate(rate: number, limited: boolean): { goodput: number; worstMs: number } {
  const serviceMs = 5;
  const admission = new Admission();
  const ends: { readonly at: number; readonly tookMs: number }[] = [];
  let [free, shortAt, good, worstMs] = [0, 0, 0, 0];
  const endMs = 20_000;
  for (let now = 0; now < endMs; now += serviceMs / rate) {
    while (ends.length > 0 && ends[0]!.at <= now) admission.release(ends.shift()!.tookMs / 1000);
    const waitMs = Math.max(0, free - now);
    if (waitMs < serviceMs) shortAt = now;
    const pressure = { overloaded: now - shortAt > 100, shedding: false };
    if (!limited) admission.admit('interactive', calm, now);
    else if (!admission.admit('interactive', pressure, now)) continue;
    free = Math.max(free, now) + serviceMs;
    ends.push({ at: free, tookMs: free - now });
    if (free - now > 1000) continue;
    good++;
    if (now > endMs / 2) worstMs = Math.max(worstMs, free - now);
  }
  return { goodput: (good * serviceMs) / endMs, worstMs };
}

test('Admission: at 150 % of its capacity a service stays as useful as it can be, and answers fast', (t) => {
  const [limited, open] = [simulate(1.5, true), simulate(1.5, false)];
  t.diagnostic(`limited ${JSON.stringify(limited)}, open ${JSON.stringify(open)}`);
  assert.ok(limited.goodput > 0.9 && limited.worstMs < 500);
  assert.ok(open.goodput < 0.5);
});
