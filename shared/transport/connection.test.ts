import assert from 'node:assert/strict';
import { Duplex, duplexPair } from 'node:stream';
import { test } from 'node:test';
import { SheafError } from '../errors.ts';
import { limits } from '../limits.ts';
import { Calls, type Outcome } from './calls.ts';
import { Connection } from './connection.ts';

const noBytes = Buffer.alloc(0);

test('Connection: a send that finds that the peer does not read tells of the end after it has returned', async () => {
  const told: string[] = [];
  const connection = new Connection(new Duplex({ read: () => undefined, write: () => undefined }));
  const calls = new Calls(connection);
  const onOutcome = ({ ok }: Outcome): unknown => told.push(ok ? 'answered' : 'failed');
  const onClose = (): void => {
    told.push('closed');
    calls.fail(new SheafError('LEAF_UNREACHABLE'));
  };
  connection.start({ onFrame: () => undefined, onClose }, Buffer.alloc(0));
  const body = Buffer.alloc(limits.unreadBytesMax / 4);
  // More than may be kept, but none of the frames is too large.
  for (let i = 0; i < 4; i++) calls.call('task', {}, [body.subarray(64 * 1024)], onOutcome);
  calls.call('task', {}, [body.subarray(body.length / 2)], onOutcome);
  await new Promise(setImmediate);

  calls.call('task', {}, [], onOutcome);
  assert.equal(connection.isOpen, false);
  calls.call('task', {}, [], onOutcome);
  assert.deepEqual(told, []);
  await new Promise(setImmediate);
  assert.deepEqual(told, ['closed', ...Array.from({ length: 7 }, () => 'failed')]);
  await new Promise(setImmediate);
  assert.equal(told.length, 8);
});

test('Connection: a beat says the word of its end, also beside other frames, and the peer is handed it', async () => {
  const heard: unknown[] = [];
  const frames: string[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  const [there, here] = duplexPair();
  const teller = new Connection(there);
  const words = [{ n: 1 }, null, { n: 2 }];
  teller.start({ onFrame: () => undefined, onClose: () => undefined, word: () => words.shift() ?? null }, noBytes);
  const listener = new Connection(here);
  const onWord = (word: unknown): void => {
    heard.push(word);
    if (heard.length === 3) resolve();
  };
  listener.start({ onFrame: ({ type }) => frames.push(type), onClose: () => undefined, onWord }, noBytes);
  teller.send('cancel', 1, null);
  await promise;
  teller.close();
  assert.deepEqual([heard, frames], [[{ n: 1 }, { n: 2 }, {}], ['cancel']]);
});
