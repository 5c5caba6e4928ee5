import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SheafError } from '../../shared/errors.ts';
import { profiled, profiledBy } from './profiled-error.ts';
import { Timeline } from './timeline.ts';

const coverage = { ratio: 0.5 };
const root = { clock: { now: () => 30 } } as unknown as Parameters<typeof profiled>[0]['root'];

// Each row: what failed, whether a profile was asked for, whether the error tells it.
const rows: [name: string, error: Error, isAsked: boolean, isTold: boolean][] = [
  ['leaves were asked', new SheafError('COVERAGE_TOO_LOW', { detail: { coverage } }), true, true],
  ['nobody wants a profile', new SheafError('COVERAGE_TOO_LOW', { detail: { coverage } }), false, false],
  ['no leaf was asked', new SheafError('TOKEN_INVALID', { detail: { reason: 'x' } }), true, false],
  ['it is a fault of the programme', new TypeError('oops'), true, false],
];
for (const [name, error, isAsked, isTold] of rows) {
  test(`profiled: ${name}`, () => {
    const told = profiled({ root, timeline: isAsked ? new Timeline(10) : null }, error);
    if (!isTold) return assert.equal(told, error, 'the error itself');
    assert.ok(told instanceof SheafError && error instanceof SheafError);
    const { profile, ...detail } = told.detail;
    assert.deepEqual([told.code, detail, told.cause], [error.code, error.detail, error]);
    assert.deepEqual(profile, new Timeline(10).render(30, 30), 'nothing was merged');
  });
}

test('profiledBy: without a timeline the error is the error', () => {
  const error = new SheafError('COVERAGE_TOO_LOW', { detail: { coverage } });
  assert.equal(profiledBy(null, error), error);
});
