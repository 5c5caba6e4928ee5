import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asSheafError, SheafError } from '../../../shared/errors.ts';
import { appendFirst } from './append-first.ts';

const recordOf = (sizeBytes: number) => ({ key: null, value: Buffer.alloc(sizeBytes), headers: [] });
/** So large in all, with what holds its header together. */
const headedOf = (sizeBytes: number) => ({
  key: null,
  value: null,
  headers: [['h', Buffer.alloc(sizeBytes - 201)] as const],
});

// Each row: the records, what is tried first, what the topic takes; the sizes of what is sent, request by request, and those refused marked.
const rows: [name: string, records: ReturnType<typeof recordOf>[], bytesMax: number, takes: number, sent: string][] = [
  ['all at once', [recordOf(10), recordOf(20)], 100, 100, '10+20'],
  ['up to what is tried', [recordOf(60), recordOf(60)], 100, 100, '60 60'],
  ['a larger one by itself', [recordOf(10), recordOf(200), recordOf(10)], 100, 300, '10 200 10'],
  [
    'halves, those that were taken once',
    Array.from({ length: 8 }, () => recordOf(10)),
    100,
    45,
    '10+10+10+10+10+10+10+10! 10+10+10+10 10+10+10+10',
  ],
  ['down to one', [recordOf(30), recordOf(30), recordOf(30)], 100, 40, '30+30+30! 30 30 30'],
  [
    'one that is too large, after those before',
    [recordOf(10), recordOf(10), recordOf(50), recordOf(10)],
    100,
    40,
    '10+10+50+10! 10+10 50!',
  ],
];
for (const [name, records, bytesMax, takes, expected] of rows) {
  test(`appendFirst: ${name}`, async () => {
    const sent: string[] = [];
    let most = bytesMax;
    try {
      for (let count = 0; count < records.length;) {
        const appended = await appendFirst(records.slice(count), most, async (some) => {
          const isRefused = some.reduce((sum, { value }) => sum + value.length, 0) > takes;
          sent.push(some.map(({ value }) => value.length).join('+') + (isRefused ? '!' : ''));
          await Promise.resolve();
          if (isRefused) throw new SheafError('BODY_TOO_LARGE');
        });
        count += appended.count;
        most = appended.bytesMax;
      }
    } catch (error) {
      assert.equal(asSheafError(error).code, 'BODY_TOO_LARGE');
    }
    assert.equal(sent.join(' '), expected);
  });
}

test('appendFirst: headers count, and another fault is not tried again', async () => {
  const counts: number[] = [];
  const records = Array.from({ length: 4 }, () => headedOf(1000));
  await assert.rejects(
    appendFirst(records, 2500, async (some) => {
      counts.push(some.length);
      return await Promise.reject(new SheafError('LOG_UNAVAILABLE'));
    }),
    { code: 'LOG_UNAVAILABLE' },
  );
  assert.deepEqual(counts, [2]);
});
