import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allAtOnce, type Steps } from '../../shared/aggregation/steps.ts';
import { limits } from '../../shared/limits.ts';
import { withinLimit } from './result-limit.ts';

/** Buckets of which each counts how often it is looked at: once for what is in it, and once when it is written. */
function bucketsOf(count: number, textLength: number): { results: Record<string, unknown>; looks: () => number } {
  let looks = 0;
  const buckets = Array.from({ length: count }, (_, key) => ({
    key,
    get text() {
      looks++;
      return 'x'.repeat(textLength);
    },
  }));
  return { results: { x: { buckets } }, looks: () => looks };
}

function* made<T>(results: T): Steps<T> {
  yield;
  return results;
}

test('withinLimit: results that fit are given as they are, a bucket a step', () => {
  const { results, looks } = bucketsOf(1000, 500);
  const work = withinLimit(made(results));
  for (let step = work.next(), before = 0; ; step = work.next()) {
    assert.ok(looks() - before <= 2, `${looks() - before} looks in a step`);
    before = looks();
    if (step.done !== true) continue;
    assert.equal(step.value, results);
    break;
  }
  assert.equal(looks(), 2000);
});

test('withinLimit: what is larger is refused, and not written to its end', () => {
  const { results, looks } = bucketsOf(100_000, 500);
  const limit = limits.jobResultBytesMax;
  assert.throws(
    () => allAtOnce(withinLimit(made(results))),
    (error: { code?: string; detail?: { limit?: number; actual?: number } }) =>
      error.code === 'JOB_RESULT_TOO_LARGE' && error.detail?.limit === limit && Number(error.detail.actual) > limit,
  );
  assert.ok(looks() < (2 * limit) / 500, `${looks()} looks`);
});

test('withinLimit: bytes are counted, not characters', () => {
  const results = { text: 'é'.repeat(limits.jobResultBytesMax / 2) };
  assert.throws(() => allAtOnce(withinLimit(made(results))), { code: 'JOB_RESULT_TOO_LARGE' });
});
