/** A reader that stands still before what it cannot take, and goes on when it is skipped. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { StopReport } from '../protocol/reports.ts';
import { textBatch, textOf } from './batch.fixture.ts';
import { askAgainMs, followPartition } from './follow.ts';
import type { LogBatch } from './log.ts';
import { MemoryLog } from './memory.ts';

/** A log with a batch for each letter, and one reader of it that cannot take `x`, and may be closed when it stops at one. */
async function follow(t: TestContext, letters: string, { closesAtStop = false } = {}) {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const log = new MemoryLog(() => 0);
  const appended = await log.append(Array.from(letters, (letter) => textBatch('p', letter, 1)));
  let asked = 0;
  const subscribe = log.subscribe.bind(log);
  log.subscribe = (...args) => {
    asked++;
    return subscribe(...args);
  };
  const taken: string[] = [];
  const stops: (number | null)[] = [];
  const reader = followPartition(log, {
    partition: 'p',
    from: 0,
    onBatch: (batch: LogBatch) => {
      if (batch.skipped !== true && textOf(batch) === 'x') throw new Error('cannot be read');
      taken.push(batch.skipped === true ? 'skipped' : textOf(batch));
    },
    onStop: (stop: StopReport | null) => {
      stops.push(stop?.offset ?? null);
      if (closesAtStop) reader.close();
    },
  });
  t.after(() => reader.close());
  const settle = async (): Promise<void> => {
    for (let i = 0; i < 50; i++) await new Promise(setImmediate);
  };
  await settle();
  return {
    log,
    reader,
    asked: () => asked,
    at: (letter: string) => appended[letters.indexOf(letter)]!.firstOffset,
    append: async (letter: string) => {
      await log.append([textBatch('p', letter, 1)]);
      await settle();
    },
    pass: async (ms: number) => {
      t.mock.timers.tick(ms);
      await settle();
    },
    told: () => ({ taken: taken.splice(0).join(' '), stops: stops.splice(0) }),
  };
}

test('followPartition: takes every batch once, in order, and stops nowhere', async (t) => {
  const { append, told } = await follow(t, 'abc');
  assert.deepEqual(told(), { taken: 'a b c', stops: [] });
  await append('d');
  assert.deepEqual(told(), { taken: 'd', stops: [] });
});

test('followPartition: what comes after a batch that cannot be read is not taken, and the stop is told once', async (t) => {
  const { at, pass, told } = await follow(t, 'axb');
  assert.deepEqual(told(), { taken: 'a', stops: [at('x')] });
  for (let i = 0; i < 3; i++) await pass(askAgainMs);
  assert.deepEqual(told(), { taken: '', stops: [] });
});

test('followPartition: once it is skipped the rest is taken, and the end of the stop is told once', async (t) => {
  const { log, at, pass, told } = await follow(t, 'axbc');
  told();
  await log.skip('p', at('x'));
  await pass(askAgainMs - 1);
  assert.deepEqual(told(), { taken: '', stops: [] }, 'it asks again now and then, and not all the time');
  await pass(1);
  assert.deepEqual(told(), { taken: 'skipped b c', stops: [null] });
});

test('followPartition: a second stop is told as the first was', async (t) => {
  const { log, at, append, pass, told } = await follow(t, 'axb');
  told();
  await log.skip('p', at('x'));
  await pass(askAgainMs);
  assert.deepEqual(told(), { taken: 'skipped b', stops: [null] });
  await append('x');
  assert.deepEqual(told().stops.length, 1);
});

// Each row: where the reader is when it is closed; nothing is taken after, and nothing asked.
for (const [name, letters] of [
  ['under way', 'ab'],
  ['standing still', 'ax'],
] as const) {
  test(`followPartition: closed while ${name} it takes nothing more, and asks for nothing`, async (t) => {
    const { reader, append, pass, told, asked } = await follow(t, letters);
    told();
    reader.close();
    await append('c');
    await pass(5 * askAgainMs);
    assert.deepEqual([told(), asked()], [{ taken: '', stops: [] }, 1]);
  });
}

test('followPartition: closed by who is told of a stop it asks for nothing more', async (t) => {
  const { log, at, pass, told, asked } = await follow(t, 'axb', { closesAtStop: true });
  assert.deepEqual(told(), { taken: 'a', stops: [at('x')] });
  await log.skip('p', at('x'));
  await pass(5 * askAgainMs);
  assert.deepEqual([told(), asked()], [{ taken: '', stops: [] }, 1]);
});
