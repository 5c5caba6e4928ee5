import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { hashBytes64 } from '../../shared/hashing/hash.ts';
import type { JobEntry, JobSpec } from '../../shared/jobs/job-entry.ts';
import { textBatch } from '../../shared/log/batch.fixture.ts';
import { jobsPartition, type Log } from '../../shared/log/log.ts';
import { MemoryLog } from '../../shared/log/memory.ts';
import { silentTelemetry } from '../../shared/telemetry/telemetry.ts';
import { digestOf, findBatch } from './find-batch.ts';
import { JobBook } from './job-book.ts';

const spec: JobSpec = { kind: 'deleteByQuery', index: 'films', indexId: 'x7', conflicts: 'count', docsPerSecond: null };
const create: JobEntry = { entry: 'create', catalogOffset: 0, spec, until: [9], atMs: 1 };

function bookOf(t: TestContext, log: Log): JobBook {
  const book = new JobBook(log, silentTelemetry);
  t.after(() => book.close());
  return book;
}

test('JobBook: two of them read the same, and what is trimmed after a checkpoint is in it', async (t) => {
  const log = new MemoryLog(() => 0);
  const [one, other] = [bookOf(t, log), bookOf(t, log)];
  const ids = [await one.append(create), await other.append(create)];
  await one.append({ entry: 'control', job: ids[0]!, wanted: 'pause' });
  await other.catchUp();
  assert.deepEqual(other.jobs.all(), one.jobs.all());
  await other.checkpoint();
  assert.deepEqual(await log.earliest([jobsPartition]), [3]);
  const late = bookOf(t, log);
  while (late.jobs.all().length === 0) await sleep(5);
  await one.catchUp();
  for (const book of [one, late]) {
    assert.deepEqual(book.jobs.all(), other.jobs.all());
    assert.deepEqual([book.jobs.get(ids[0]!)?.wanted, book.jobs.sinceCheckpoint], ['pause', 0]);
  }
});

test('JobBook: a checkpoint that something came before does not count, and nothing is trimmed', async (t) => {
  const log = new MemoryLog(() => 0);
  const [one, other] = [bookOf(t, log), bookOf(t, log)];
  const id = await one.append(create);
  await other.catchUp();
  const append = log.append.bind(log);
  // Between the look of the one and its append another pauses the job.
  log.append = async (batches) => {
    log.append = append;
    await one.append({ entry: 'control', job: id, wanted: 'pause' });
    return await append(batches);
  };
  await other.checkpoint();
  assert.deepEqual(await log.earliest([jobsPartition]), [0]);
  assert.equal(other.jobs.get(id)?.wanted, 'pause');
});

// Each row: the situation, the text of the batch that is looked for, after which offset, at which it is found.
const finds: [situation: string, text: string, after: number, found: number | null][] = [
  ['the batch that comes next', 'b', 0, 1],
  ['the first of two that are alike', 'b', -1, 1],
  ['one after others', 'c', 0, 3],
  ['one that stands before', 'a', 0, null],
  ['one that is not there', 'z', -1, null],
  ['one at the end of the log', 'z', 4, null],
];
for (const [situation, text, after, found] of finds) {
  test(`findBatch: ${situation}`, async () => {
    const log = new MemoryLog(() => 0);
    for (const each of ['a', 'b', 'b', 'c', 'd']) await log.append([textBatch('x7/0', each)]);
    const { bytes, count } = textBatch('x7/0', text);
    assert.equal(digestOf(bytes), hashBytes64(bytes).toString(16));
    const entries = await findBatch(log, { partition: 'x7/0', after, count, digest: digestOf(bytes) });
    assert.deepEqual(entries?.map(({ offset }) => offset) ?? null, found === null ? null : [found]);
  });
}

test('findBatch: what was trimmed is not there', async () => {
  const log = new MemoryLog(() => 0);
  for (const each of ['a', 'b', 'c']) await log.append([textBatch('x7/0', each)]);
  await log.trim('x7/0', 2);
  const { bytes, count } = textBatch('x7/0', 'b');
  assert.equal(await findBatch(log, { partition: 'x7/0', after: 0, count, digest: digestOf(bytes) }), null);
});
