import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pino } from 'pino';
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
    isConnected: () => !isDown,
    lost: () => [],
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

/** A keeper over a log of which some partitions are gone, and others were removed in order. */
function keepOver(indexes: readonly string[], gone: Set<string>, removed: ReadonlySet<string>) {
  const waiting: (() => void)[] = [];
  const asked: string[] = [];
  const warned: string[] = [];
  const state = { nowMs: 0, isConnected: true, stored: 100, lost: new Array<string>() };
  const telemetry = pino(
    { level: 'warn' },
    { write: (line) => void warned.push(/"partition":"([^"]*)"/.exec(line)![1]!) },
  );
  const look = (partitions: readonly string[]): void => {
    const missing = partitions.find((partition) => gone.has(partition));
    if (missing !== undefined) throw new SheafError('LOG_UNAVAILABLE', { detail: { reason: `${missing} is gone` } });
  };
  const deleted = new DeletedPartitions();
  const keeper = new TrimKeeper({
    log: {
      heads: async (partitions) => {
        look(partitions);
        assert.equal(
          partitions.some((partition) => removed.has(partition)),
          false,
          'what was removed has no head',
        );
        return partitions.map(() => 7);
      },
      earliest: async (partitions) => {
        look(partitions);
        return partitions.map((partition) => (removed.has(partition) ? Infinity : 0));
      },
      trim: async (partition, before) => {
        look([partition]);
        asked.push(`${partition} ${before}`);
        return before;
      },
    },
    clock: { now: () => state.nowMs },
    timers: {
      at: (_at, callback) => {
        waiting.push(callback);
        return { cancel: () => undefined };
      },
      afterReading: () => assert.fail('not asked'),
    },
    telemetry,
    isStored: () => indexes.length > 0,
    isConnected: () => state.isConnected,
    lost: () => state.lost,
    deleted,
    ground: async () => {
      const replica = { shard: 0, state: 'ready', offset: 1000, documents: 0, stored: state.stored } as const;
      return {
        indexes: indexes.map((id) => ({ id, kind: 'document', shards: 1 })),
        leaves: [{ replicas: replicasOf(indexes.map((index) => ({ index, ...replica }))) }],
        busy: new Set(),
        keptEntries: 0,
      };
    },
  });
  const round = async (passedMs = 10_000): Promise<string[]> => {
    state.nowMs += passedMs;
    waiting.shift()!();
    await new Promise((resolve) => void setImmediate(resolve));
    return asked.splice(0);
  };
  return { keeper, deleted, state, round, told: () => warned.splice(0) };
}

test('TrimKeeper: a partition that is gone stands in the way of no other, is told once, and tried again ever later', async (t) => {
  const gone = new Set(['x0/0', 'x8/1']);
  const { keeper, deleted, state, round, told } = keepOver(['x0', 'x1', 'x2'], gone, new Set());
  t.after(() => keeper.close());
  deleted.add({ id: 'x7', kind: 'document', shards: 2 });
  deleted.add({ id: 'x8', kind: 'document', shards: 2 });
  const first = ['x7/0 8', 'x7/1 8', 'x8/0 8', 'x1/0 101', 'x2/0 101'];
  assert.deepEqual(await round(), first);
  assert.deepEqual(told(), ['x8/1', 'x0/0']);
  const fixes = [
    'its index is deleted and needs nothing of it: it goes from here by itself once the log answers for it, over Kafka once roots may remove its topic',
    'see that the log has the partition, over Kafka its topic; where that is gone for good, delete the index',
  ];
  assert.deepEqual(
    keeper.faults(),
    ['x8/1', 'x0/0'].map((partition, i) => {
      return { partition, code: 'LOG_UNAVAILABLE', reason: `${partition} is gone`, fix: fixes[i] };
    }),
  );

  await t.test('it is tried last, after 10 s, 20 s and so on, and not told again', async () => {
    state.stored = 200;
    assert.deepEqual(await round(), ['x8/0 8', 'x1/0 201', 'x2/0 201']);
    assert.deepEqual(await round(10_000), []);
    assert.deepEqual(await round(10_000), ['x8/0 8']);
    assert.deepEqual([told(), keeper.faults().length], [[], 2]);
  });

  await t.test('while the log is away nothing is a fault of a partition', async () => {
    state.isConnected = false;
    gone.add('x1/0');
    state.stored = 300;
    await round(10_000);
    assert.deepEqual([told(), keeper.faults().length], [[], 2]);
    state.isConnected = true;
    gone.delete('x1/0');
  });

  await t.test('once it is there again, or its index is not, nothing is told of it', async () => {
    gone.clear();
    const asked = await round(600_000);
    assert.deepEqual(asked, ['x8/0 8', 'x8/1 8', 'x1/0 301', 'x2/0 301', 'x0/0 301']);
    assert.deepEqual(keeper.faults(), []);
    gone.add('x0/0');
    state.stored = 400;
    await round();
    assert.equal(keeper.faults().length, 1);
  });
});

test('TrimKeeper: of indexes whose topics are removed nothing is asked for any more', async (t) => {
  const { keeper, deleted, round, told } = keepOver([], new Set(), new Set(['x7/0', 'x7/1']));
  t.after(() => keeper.close());
  deleted.add({ id: 'x7', kind: 'document', shards: 2 });
  deleted.add({ id: 'x8', kind: 'document', shards: 1 });
  assert.deepEqual(await round(), ['x8/0 8']);
  assert.deepEqual([deleted.isEmpty, told()], [true, []]);
});

test('TrimKeeper: a partition that the log has lost is told where nothing of it is to be trimmed, too, from the second round on', async (t) => {
  const { keeper, state, round, told } = keepOver([], new Set(), new Set());
  t.after(() => keeper.close());
  state.lost = ['x0/0', 'x0/1'];
  await round();
  assert.deepEqual(told(), []);
  state.lost = ['x0/0'];
  await round();
  await round();
  assert.deepEqual(told(), ['x0/0']);
  assert.deepEqual(
    keeper.faults().map(({ partition, reason }) => [partition, reason]),
    [['x0/0', 'the log has lost x0/0 as a whole']],
  );
  state.lost = [];
  await round();
  assert.deepEqual(keeper.faults(), []);
});
