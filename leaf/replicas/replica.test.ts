import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../../shared/clock/clock.ts';
import { systemTimers } from '../../shared/clock/timers.ts';
import { BasedLog } from '../../shared/log/based-log.ts';
import { textBatch } from '../../shared/log/batch.fixture.ts';
import type { Log } from '../../shared/log/log.ts';
import { MemoryLog } from '../../shared/log/memory.ts';
import { leafKinds } from '../kinds/leaf-kinds.ts';
import { Replica } from './replica.ts';

/** A replica whose files are being opened, in a leaf that no root has reached yet. */
function openReplica(indexId = 'x0', log: Log = new MemoryLog(() => 0.5)) {
  const { promise, resolve } = Promise.withResolvers<void>();
  const copies: string[] = [];
  const handed: number[] = [];
  let sources: string[] = [];
  let number = 0;
  const replica = new Replica(
    {
      kinds: leafKinds,
      clock: systemClock,
      timers: systemTimers(systemClock),
      log,
      isLogReplaced: () => false,
      catalogReached: async () => undefined,
      indexer: { send: () => undefined, hand: async (_replica, { firstOffset }) => void handed.push(firstOffset) },
      sources: () => sources,
      peersHeard: () => promise,
      copy: async (from) => {
        copies.push(from);
        return await new Promise<never>(() => undefined);
      },
      headOf: async () => await new Promise<never>(() => undefined),
      number: () => ++number,
      storedOffset: () => -1,
      onChange: () => undefined,
      onStop: () => undefined,
    },
    { indexId, shard: 0, index: { kind: 'document', shards: 1 }, fields: [], owners: ['a'] },
  );
  const opened = (offset: number): void => {
    const publication = { segments: [], offset };
    replica.receive({ kind: 'opened', replica: 1, publication, complete: false, healed: null });
  };
  /** A root tells who can be copied from. */
  const hear = (names: string[]): void => {
    sources = names;
    resolve();
  };
  return { replica, copies, handed, opened, hear };
}

test('Replica: without files it waits until a root has told who has them, and is copied from there', async () => {
  const { replica, copies, opened, hear } = openReplica();
  opened(-1);
  await new Promise(setImmediate);
  assert.equal(replica.life.kind, 'opening');
  hear(['b']);
  await new Promise(setImmediate);
  assert.deepEqual([replica.life.kind, copies], ['copying', ['b']]);
});

test('Replica: without files it reads the log where nobody has told of others, and with files at once', async () => {
  const empty = openReplica();
  empty.opened(-1);
  empty.hear([]);
  await new Promise(setImmediate);
  assert.equal(empty.replica.life.kind, 'loading');
  const filled = openReplica();
  filled.opened(7);
  assert.equal(filled.replica.life.kind, 'loading');
  for (const { replica } of [empty, filled]) replica.live({ kind: 'close', discard: false });
});

test('Replica: one that was let go while it waited to hear of others stays gone', async () => {
  const { replica, copies, opened, hear } = openReplica();
  opened(-1);
  replica.live({ kind: 'close', discard: true });
  hear(['b']);
  await new Promise(setImmediate);
  assert.deepEqual([replica.life.kind, copies], ['closed', []]);
});

test('Replica: of a restored index nothing is read from the log before the files of before are here', async () => {
  const base = 60;
  const indexId = `x0-abcdefgh-${base.toString(36)}`;
  const log = new BasedLog(new MemoryLog(() => 0));
  await log.append([textBatch(`${indexId}/0`, 'written since')]);
  const { replica, copies, handed, opened, hear } = openReplica(indexId, log);
  const turns = async (): Promise<void> => {
    for (let i = 0; i < 10; i++) await new Promise(setImmediate);
  };
  opened(-1);
  hear([]);
  await turns();
  // Nobody has them: it is tried again, and is not ready with what the log has.
  assert.deepEqual([replica.life.kind, handed], ['broken', []]);
  hear(['the index before']);
  replica.live({ kind: 'pauseOver' });
  opened(-1);
  await turns();
  assert.deepEqual([replica.life.kind, copies, handed], ['copying', ['the index before'], []]);
  replica.live({ kind: 'copied' });
  opened(base - 1);
  await turns();
  assert.deepEqual([replica.life.kind, handed], ['loading', [base]]);
  replica.live({ kind: 'close', discard: false });
});

test('Replica: one that was opened again while it waited to hear of others waits for what it opens now', async () => {
  const { replica, copies, opened, hear } = openReplica();
  opened(-1);
  replica.live({ kind: 'broke' });
  replica.live({ kind: 'pauseOver' });
  hear(['b']);
  await new Promise(setImmediate);
  assert.deepEqual([replica.life.kind, copies], ['opening', []]);
  replica.live({ kind: 'close', discard: false });
});
