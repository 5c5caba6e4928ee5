import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SheafError } from '../../shared/errors.ts';
import { replicasOf } from '../../shared/protocol/replicas.ts';
import { silentTelemetry } from '../../shared/telemetry/telemetry.ts';
import { DeletedPartitions } from './deleted-partitions.ts';
import type { TrimGround } from './trim-floors.ts';
import { TrimKeeper } from './trim-keeper.ts';

function groundOf(stored: number, offset = 1000): TrimGround {
  const replica = { index: 'x0', shard: 0, state: 'ready', offset, documents: 0, stored } as const;
  return {
    indexes: [{ id: 'x0', kind: 'document', shards: 1 }],
    leaves: [{ replicas: replicasOf([replica]) }],
    busy: new Set(),
    keptEntries: 10,
  };
}

test('TrimKeeper: trims what has come to be stored, once, and again what failed', async () => {
  const waiting: (() => void)[] = [];
  const asked: string[] = [];
  let busy: ReadonlySet<string> = new Set();
  let ground: TrimGround | null = null;
  let isDown = false;
  let passedMs = 0;
  const deleted = new DeletedPartitions();
  const keeper = new TrimKeeper({
    log: {
      // Of an index of which one partition is trimmed already.
      heads: async () => [7, 9],
      earliest: async () => [0, 10],
      trim: async (partition, before) => {
        if (isDown) throw new SheafError('LOG_UNAVAILABLE');
        asked.push(`${partition} ${before}`);
        return before;
      },
    },
    clock: { now: () => passedMs },
    timers: {
      at: (_at, callback) => {
        waiting.push(callback);
        return { cancel: () => undefined };
      },
      afterReading: () => assert.fail('not asked'),
    },
    telemetry: silentTelemetry,
    isStored: () => ground !== null,
    deleted,
    ground: async () => ground ?? { ...groundOf(0), busy },
  });
  const round = async (now: TrimGround | null, down = false): Promise<string[]> => {
    [ground, isDown] = [now, down];
    waiting.shift()!();
    await new Promise((resolve) => void setImmediate(resolve));
    return asked.splice(0);
  };
  assert.deepEqual(await round(null), []);
  assert.deepEqual(await round(groundOf(100)), ['x0/0 91']);
  assert.deepEqual(await round(groundOf(100)), []);
  assert.deepEqual(await round(groundOf(200), true), []);
  assert.deepEqual(await round(groundOf(200)), ['x0/0 191']);
  // Without object storage, too, once no job reads them.
  deleted.add({ id: 'x7', kind: 'document', shards: 2 });
  busy = new Set(['x7']);
  assert.deepEqual(await round(null), []);
  busy = new Set();
  assert.deepEqual(await round(null, true), []);
  assert.deepEqual(await round(null), ['x7/0 8']);
  assert.deepEqual(await round(null), []);
  // Of an index that nobody has written to for an hour nothing more is kept; once somebody does, as before.
  assert.deepEqual(await round(groundOf(200)), ['x0/0 191']);
  passedMs = 3_599_999;
  assert.deepEqual(await round(groundOf(200)), []);
  passedMs = 3_600_000;
  assert.deepEqual(await round(groundOf(200)), ['x0/0 201']);
  assert.deepEqual(await round(groundOf(220, 1001)), ['x0/0 211']);
  keeper.close();
  assert.deepEqual(await round(groundOf(300)), []);
  assert.equal(waiting.length, 0);
});
