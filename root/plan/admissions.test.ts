import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Admissions } from './admissions.ts';

const calm = { overloaded: false, shedding: false };
const overload = { overloaded: true, shedding: false };

/** So many queries of an index are under way, and its leaves are overloaded. */
function overloaded(admissions: Admissions, index: string, underWay: number): void {
  for (let i = 0; i < underWay; i++) admissions.of(index, 0).admit('interactive', calm, 0);
  admissions.of(index, 100).admit('interactive', overload, 100);
}

test('Admissions: the overload of one index holds back no other', () => {
  const admissions = new Admissions();
  overloaded(admissions, 'a', 100);
  assert.equal(admissions.of('a', 101).admit('interactive', overload, 101), false);
  for (let i = 0; i < 200; i++) assert.ok(admissions.of('b', 101).admit('interactive', calm, 101));
  assert.equal(admissions.inFlight, 300);
});

test('Admissions: the calm of one index lifts the limit of no other', () => {
  const admissions = new Admissions();
  overloaded(admissions, 'a', 100);
  const { concurrencyMax } = admissions.of('a', 101);
  for (let now = 200; now < 5000; now += 100) {
    assert.ok(admissions.of('b', now).admit('interactive', calm, now));
    admissions.of('b', now).release(0.1);
  }
  assert.equal(admissions.of('a', 5000).concurrencyMax, concurrencyMax);
});

test('Admissions: an index is kept while it is asked, or its overload is not forgotten', () => {
  const admissions = new Admissions();
  overloaded(admissions, 'a', 1);
  for (let i = 0; i < 2; i++) admissions.of('a', 200).release(1);
  admissions.of('b', 200).admit('interactive', calm, 200);
  for (let i = 0; i < 1000; i++) admissions.of(`idle ${i}`, 200);
  assert.equal(admissions.count, 3, 'a, b, and the last idle one');
  assert.equal(admissions.of('a', 300).inFlight, 0);
  admissions.of('c', 30_200);
  assert.equal(admissions.count, 2, 'b, which is asked, and c');
});
