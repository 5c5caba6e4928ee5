import assert from 'node:assert/strict';
import { test } from 'node:test';
import { endOfCounting, endOfFinding, endOfSets, fetchDeadline, planDeadlines } from './deadline.ts';

// Each row: when the request arrived, its timeout, the reserve that the merge wants, when the answer leaves, until when leaves are
// waited for.
const plans: [name: string, arrivedAt: number, timeoutMs: number, reserveMs: number, answerBy: number, by: number][] = [
  ['the reserve is kept', 1000, 200, 30, 1200, 1170],
  ['no more than half of the time is', 1000, 200, 150, 1200, 1100],
  ['no reserve', 1000, 200, 0, 1200, 1200],
];
for (const [name, arrivedAt, timeoutMs, reserveMs, answerBy, scatterBy] of plans) {
  test(`planDeadlines: ${name}`, () => {
    assert.deepEqual(planDeadlines(arrivedAt, timeoutMs, reserveMs), { answerBy, scatterBy });
  });
}

// Each row: how long before the end of the scatter it is; what is left for the rounds after, where the round that counts, the one that
// finds and the one of term sets no longer wait for what is late; until when is fetched. All before the end of the scatter.
const ends: [leftMs: number, counting: number, finding: number, sets: number, fetch: number][] = [
  [0, 0, 0, 0, 0],
  [80, 40, 10, 20, 40],
  [400, 200, 50, 100, 200],
  [4000, 2000, 50, 1000, 2000],
];
for (const [leftMs, counting, finding, sets, fetch] of ends) {
  test(`deadlines of rounds: with ${leftMs} ms left`, () => {
    const deadlines = planDeadlines(1000, 9000, 0);
    const { scatterBy } = deadlines;
    const now = scatterBy - leftMs;
    const rounds = [endOfCounting, endOfFinding, endOfSets].map((endOf) => endOf(now, deadlines));
    assert.deepEqual(
      rounds.map(({ enoughFrom }) => scatterBy - enoughFrom),
      [counting, finding, sets],
    );
    assert.equal(scatterBy - fetchDeadline(now, deadlines), fetch);
    for (const { deadline } of rounds) assert.equal(deadline, scatterBy, 'what makes no answer yet is waited for');
  });
}

test('deadlines of rounds: past the end of the scatter no time is left, and none is made up', () => {
  const deadlines = planDeadlines(1000, 200, 0);
  assert.equal(fetchDeadline(1300, deadlines), 1300);
  assert.equal(endOfFinding(1300, deadlines).enoughFrom, 1200);
  assert.equal(endOfSets(1300, deadlines).enoughFrom, 1200);
});

test('deadlines of rounds: what finds is told to leaves, that they answer with what they have; counting is whole or not at all', () => {
  const deadlines = planDeadlines(1000, 200, 0);
  const cut = [endOfCounting, endOfFinding, endOfSets].map((endOf) => endOf(1000, deadlines).cutsShort);
  assert.deepEqual(cut, [false, true, true]);
});
