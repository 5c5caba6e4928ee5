import assert from 'node:assert/strict';
import { Duplex } from 'node:stream';
import { test } from 'node:test';
import { SheafError } from '../errors.ts';
import { limits } from '../limits.ts';
import { Calls, type Outcome } from './calls.ts';
import { Connection } from './connection.ts';

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
  calls.call('task', {}, [Buffer.alloc(limits.unreadBytesMax + 1)], onOutcome);
  await new Promise(setImmediate);

  calls.call('task', {}, [], onOutcome);
  assert.equal(connection.isOpen, false);
  calls.call('task', {}, [], onOutcome);
  assert.deepEqual(told, []);
  await new Promise(setImmediate);
  assert.deepEqual(told, ['closed', 'failed', 'failed', 'failed']);
  await new Promise(setImmediate);
  assert.equal(told.length, 4);
});
