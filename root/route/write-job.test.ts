import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SheafError, type ErrorCode } from '../../shared/errors.ts';
import { limits } from '../../shared/limits.ts';
import type { AppendBatch, Appended } from '../../shared/log/append-batch.ts';
import type { RequestAnswer } from '../../shared/log/keyed-requests.ts';
import { indexIdOf } from '../../shared/index-kinds/partitions.ts';
import { textBatch } from '../../shared/log/batch.fixture.ts';
import { MemoryLog } from '../../shared/log/memory.ts';
import type { FromWorker } from './route-messages.ts';
import { WriteJob } from './write-job.ts';

/** A log that fails from the n-th append on, counted from 0. */
class FailingLog extends MemoryLog {
  private appends = 0;
  private readonly failFrom: number;
  private readonly error: Error;

  constructor(failFrom: number, error: Error) {
    super(() => 0);
    this.failFrom = failFrom;
    this.error = error;
  }

  override async append(batches: readonly AppendBatch[]): Promise<Appended[]> {
    if (this.appends++ >= this.failFrom) throw this.error;
    return await super.append(batches);
  }
}

function message(counts: readonly number[], over: FromWorker['over'] = null): FromWorker {
  const batches = counts.map((count, shard) => ({ ...textBatch(`x1/${shard}`, '', count), judged: [] }));
  return { job: 1, chunks: 0, batches, rejections: [], missing: null, over };
}

const end: FromWorker['over'] = { fault: null };
const free = () => null;
const addFields = () => assert.fail('fields are added');
const resume = () => assert.fail('the worker goes on');

// Each row: the append that fails first and how; what the result says of 3 appends of 5 entries each.
const rows: [name: string, failFrom: number, error: Error, code: ErrorCode | null, accepted: number, unsure: number][] =
  [
    ['none fails', 9, new SheafError('LOG_UNAVAILABLE'), null, 15, 0],
    ['the first is not answered', 0, new SheafError('LOG_UNAVAILABLE'), 'LOG_UNAVAILABLE', 0, 15],
    ['the last is not answered', 2, new SheafError('LOG_UNAVAILABLE'), 'LOG_UNAVAILABLE', 10, 5],
    ['the log is full', 1, new SheafError('LOG_FULL'), 'LOG_FULL', 5, 0],
    ['something else', 1, new TypeError('broken'), 'INTERNAL', 5, 10],
  ];
for (const [name, failFrom, error, code, accepted, uncertain] of rows) {
  test(`WriteJob: ${name}`, async () => {
    const job = new WriteJob({ log: new FailingLog(failFrom, error), obstacle: free, addFields }, resume);
    for (const over of [null, null, end]) job.receive(message([2, 3], over));
    const result = await job.finish();
    assert.equal(result.fault?.code ?? null, code);
    assert.deepEqual([result.accepted, result.uncertain], [accepted, uncertain]);
    assert.equal(result.appended.length, (2 * accepted) / 5);
    assert.equal(job.hasFault, code !== null);
  });
}

test('WriteJob: after a fault nothing more is appended', async () => {
  const log = new FailingLog(0, new SheafError('LOG_FULL'));
  const job = new WriteJob({ log, obstacle: free, addFields }, resume);
  job.receive(message([1]));
  await job.finish();
  log.append = () => assert.fail('appended');
  job.receive(message([1], end));
  assert.equal((await job.finish()).accepted, 0);
});

test('WriteJob: an obstacle ends the request before the next append', async () => {
  let deleted = false;
  const log = new MemoryLog(() => 0);
  const obstacle = () => (deleted ? new SheafError('INDEX_NOT_FOUND') : null);
  const job = new WriteJob({ log, obstacle, addFields }, resume);
  job.receive(message([4]));
  await log.heads([]);
  deleted = true;
  job.receive(message([3], end));
  const result = await job.finish();
  assert.deepEqual([result.fault?.code, result.accepted, result.uncertain], ['INDEX_NOT_FOUND', 4, 0]);
  assert.deepEqual(await log.heads(['x1/0']), [3]);
});

test('WriteJob: every rejection is counted by code, the first are listed', async () => {
  const job = new WriteJob({ log: new MemoryLog(() => 0), obstacle: free, addFields }, resume);
  const rejection = (code: ErrorCode) => ({ line: 1, code, at: '', detail: {} });
  const many = Array.from({ length: 900 }, () => rejection('KEY_MISSING'));
  const others = Array.from({ length: 700 }, () => rejection('DOCUMENT_FIELD_TYPE'));
  job.receive({ ...message([]), rejections: many });
  job.receive({ ...message([], end), rejections: others });
  const { rejected, rejections, rejectedByCode } = await job.finish();
  assert.deepEqual([rejected, rejections.length], [1600, limits.rejectedListedMax]);
  assert.deepEqual(Object.fromEntries(rejectedByCode), { KEY_MISSING: 900, DOCUMENT_FIELD_TYPE: 700 });
});

const twoShards: FromWorker['batches'] = [0, 1].map((shard) => ({
  ...textBatch(`x1/${shard}`, '', 2),
  judged: [{ line: shard + 1, key: `k${shard}`, entry: 1 }],
}));

// Each row: how many entries the request is sent with when it is sent again, by shard; what comes of it.
const repeats: [name: string, counts: readonly number[], fault: ErrorCode | null, uncertain: number][] = [
  ['as it was', [2, 2], null, 0],
  ['with a line less', [2, 1], 'REPEAT_DIFFERS', 3],
  ['with a line more', [2, 3], 'REPEAT_DIFFERS', 5],
  ['with a shard less', [2], 'REPEAT_DIFFERS', 2],
  ['with a shard more', [2, 2, 1], 'REPEAT_DIFFERS', 5],
];
for (const [name, counts, fault, uncertain] of repeats) {
  test(`WriteJob: a keyed request that is sent again ${name} is told of its own entries or of none`, async () => {
    const log = new MemoryLog(() => 0.9);
    const once = { identity: () => ({ key: 'k', digest: 'd' }), whatBecameOf: () => ({ kind: 'counts' }) as const };
    const send = async (batches: FromWorker['batches']) => {
      const job = new WriteJob({ log, obstacle: free, addFields, once }, resume);
      job.receive({ job: 1, chunks: 0, batches, rejections: [], missing: null, over: end });
      return await job.finish();
    };
    const first = await send(twoShards);
    const again = await send(
      counts.map((count, shard) => ({
        ...textBatch(`x1/${shard}`, '', count),
        judged: twoShards[shard]?.judged ?? [],
      })),
    );
    assert.deepEqual([again.fault?.code ?? null, again.uncertain], [fault, uncertain]);
    assert.deepEqual(again.judged, fault === null ? first.judged : []);
    assert.deepEqual(await log.heads(['x1/0', 'x1/1', 'x1/2']), [...first.appended.map((one) => one.lastOffset), -1]);
  });
}

test('WriteJob: a keyed request whose entries came to count nowhere is recorded once more, under a key of its own', async (t) => {
  const log = new MemoryLog(() => 0);
  const { mock } = t.mock.method(log, 'appendOnce');
  const lost = new Set<string>();
  const once = {
    identity: () => ({ key: 'k', digest: 'd' }),
    whatBecameOf: ([first]: RequestAnswer) => {
      const id = indexIdOf(first![0]);
      return lost.has(id) ? ({ kind: 'left', id } as const) : ({ kind: 'counts' } as const);
    },
  };
  /** Where its entries are, and the keys that the log was asked about. */
  const send = async (index: string): Promise<[partitions: string[], keys: string[]]> => {
    mock.resetCalls();
    const job = new WriteJob({ log, obstacle: free, addFields, once }, resume);
    job.receive({ ...message([], end), batches: [{ ...textBatch(`${index}/0`, '', 2), judged: [] }] });
    const { appended } = await job.finish();
    const keys = mock.calls.flatMap(({ arguments: [, requests] }) => requests.map(({ key }) => key));
    return [appended.map(({ partition }) => partition), keys];
  };
  assert.deepEqual(await send('x1'), [['x1/0'], ['k']]);
  lost.add('x1');
  for (const _ of [1, 2]) assert.deepEqual(await send('x2'), [['x2/0'], ['k', '>x1/k']]);
  lost.add('x2');
  for (const _ of [1, 2]) assert.deepEqual(await send('x3'), [['x3/0'], ['k', '>x1/k', '>x2/>x1/k']]);
  assert.deepEqual(await log.heads(['x1/0', 'x2/0', 'x3/0']), [1, 1, 1]);
});
