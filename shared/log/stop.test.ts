import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SheafError, type ErrorCode } from '../errors.ts';
import { stopAt, stopped } from './stop.ts';

const of = (code: ErrorCode): SheafError => new SheafError(code, { detail: { entry: 4 } });
const told = (error: SheafError): string => `${error.message} {"entry":4}`;

// Each row: what reading a batch threw, the code and the reason that are told.
const rows: [name: string, error: unknown, code: ErrorCode, reason: string][] = [
  ['not a batch', of('BATCH_INVALID'), 'BATCH_INVALID', told(of('BATCH_INVALID'))],
  ['of a newer version', of('BATCH_VERSION_UNKNOWN'), 'BATCH_VERSION_UNKNOWN', told(of('BATCH_VERSION_UNKNOWN'))],
  [
    'of a newer way to judge',
    of('JUDGEMENT_VERSION_UNKNOWN'),
    'JUDGEMENT_VERSION_UNKNOWN',
    told(of('JUDGEMENT_VERSION_UNKNOWN')),
  ],
  ['an error of another kind keeps its words', of('INTERNAL'), 'BATCH_INVALID', told(of('INTERNAL'))],
  ['a fault of the programme', new RangeError('out of bounds'), 'BATCH_INVALID', 'out of bounds'],
  ['what is no error', 'text', 'BATCH_INVALID', 'text'],
];
for (const [name, error, code, reason] of rows) {
  test(`stopAt: ${name}`, () => assert.deepEqual(stopAt(7, error), { offset: 7, code, reason }));
}

test('stopped: says of which partition, where and why', () => {
  const stop = { offset: 7, code: 'BATCH_INVALID', reason: 'x' } as const;
  const error = stopped('p', stop);
  assert.equal(error.code, 'PARTITION_STOPPED');
  assert.deepEqual(error.detail, { partition: 'p', ...stop });
});
