import assert from 'node:assert/strict';
import { test } from 'node:test';
import { errorTable } from '../../shared/errors.ts';
import { CommandFailure } from '../failure.ts';
import { LoadTotals } from './totals.ts';

const batch = (firstLine: number, lines: number) =>
  ({ kind: 'batch', body: Buffer.alloc(0), firstLine, lines }) as const;
const wrong = (line: number) => ({ line, code: 'KEY_MISSING', message: 'no key', at: '/id' });

test('LoadTotals: names lines by their place in the file, the first of each reason, whatever came first', () => {
  const totals = new LoadTotals('line');
  totals.answer(batch(101, 100), { accepted: 97, rejected: { count: 3, listed: [wrong(1), wrong(2), wrong(3)] } });
  totals.answer(batch(1, 100), { accepted: 98, rejected: { count: 2, listed: [wrong(7), wrong(8)] } });
  totals.rejectLong({ kind: 'tooLong', line: 300, sizeBytes: 20_000_000 });
  assert.equal(totals.isClean, false);
  assert.deepEqual(totals.report(), [
    '195 accepted, 6 rejected',
    '  5 × KEY_MISSING: no key',
    '      line 7 at /id',
    '      line 8 at /id',
    '      line 101 at /id',
    '  1 × DOCUMENT_TOO_LARGE: the document is larger than the limit',
    '      line 300: {"limit":16777216,"actual":20000000}',
  ]);
});

test('LoadTotals: a create of what is there, and an update of what is not, are no documents that were taken', () => {
  const totals = new LoadTotals('action');
  const outcomes = ['created', 'conflict', 'updated', 'noop', 'not_found', 'deleted'].map((result, place) => {
    return { line: place + 1, _id: `k${place}`, result };
  });
  totals.answer(batch(11, 7), { accepted: 7, rejected: { count: 0, listed: [] }, outcomes });
  assert.equal(totals.isClean, false);
  assert.deepEqual(totals.report(), [
    '5 accepted, 2 rejected',
    `  1 × CONDITION_FAILED: ${errorTable.CONDITION_FAILED.message}`,
    '      action 12: {"key":"k1"}',
    `  1 × DOCUMENT_NOT_FOUND: ${errorTable.DOCUMENT_NOT_FOUND.message}`,
    '      action 15: {"key":"k4"}',
  ]);
});

test('LoadTotals: counts what the root rejected but did not list', () => {
  const totals = new LoadTotals('element');
  totals.answer(batch(1, 5), { accepted: 0, rejected: { count: 5, listed: [wrong(1)] } });
  assert.deepEqual(totals.report()[0], '0 accepted, 5 rejected');
  assert.match(totals.report().join('\n'), /4 × \(not listed\)/);
});

test('LoadTotals: says which lines failed, and lets a fault of the program through', () => {
  const totals = new LoadTotals('line');
  totals.fail(batch(11, 10), new CommandFailure('no answer'));
  assert(totals.hasFailed && !totals.isClean);
  assert.deepEqual(totals.report(), [
    '0 accepted, 0 rejected',
    '  10 lines failed, the first from 11 to 20: no answer',
  ]);
  assert.throws(() => totals.fail(batch(1, 1), new TypeError('x is not a function')), TypeError);
});
