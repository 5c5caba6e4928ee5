import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SheafError } from '../../shared/errors.ts';
import { HeadReader } from './head-reader.ts';

/** A log whose head of `p7` is 7, and that answers when it is told to. */
class SlowLog {
  readonly asked: string[][] = [];
  private answers: ((fails: boolean) => void)[] = [];

  async heads(partitions: readonly string[]): Promise<number[]> {
    this.asked.push([...partitions]);
    const { promise, resolve } = Promise.withResolvers<boolean>();
    this.answers.push(resolve);
    if (await promise) throw new SheafError('LOG_UNAVAILABLE');
    return partitions.map((partition) => Number(partition.slice(1)));
  }

  async answer(fails = false): Promise<void> {
    this.answers.shift()!(fails);
    await new Promise(setImmediate);
  }
}

test('HeadReader: the first is asked for at once, what is asked meanwhile in one request', async () => {
  const log = new SlowLog();
  const reader = new HeadReader(log);
  const first = reader.read('p1');
  assert.deepEqual(log.asked, [['p1']]);
  const others = ['p2', 'p3', 'p2'].map((partition) => reader.read(partition));
  assert.equal(log.asked.length, 1);
  await log.answer();
  assert.deepEqual(log.asked.slice(1), [['p2', 'p3', 'p2']]);
  await log.answer();
  assert.deepEqual(await Promise.all([first, ...others]), [1, 2, 3, 2]);
  const next = reader.read('p4');
  await log.answer();
  assert.equal(await next, 4);
});

test('HeadReader: a request that fails is told to those it was for, and the next is asked', async () => {
  const log = new SlowLog();
  const reader = new HeadReader(log);
  const failed = assert.rejects(reader.read('p1'), { code: 'LOG_UNAVAILABLE' });
  const next = reader.read('p2');
  await log.answer(true);
  await failed;
  await log.answer();
  assert.equal(await next, 2);
});

test('HeadReader: ten thousand at once are a few requests', async () => {
  const log = new SlowLog();
  const reader = new HeadReader(log);
  const reads = Array.from({ length: 10_000 }, (_, i) => reader.read(`p${i}`));
  while (log.asked.flat().length < reads.length) await log.answer();
  await log.answer();
  assert.deepEqual(
    await Promise.all(reads),
    reads.map((_, i) => i),
  );
  assert.equal(log.asked.length, 4);
});
