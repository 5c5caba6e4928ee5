/** Leases over a log: in memory, and SQLite over a real socket. */
import assert from 'node:assert/strict';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { systemClock } from '../clock/clock.ts';
import { systemTimers } from '../clock/timers.ts';
import type { SheafError } from '../errors.ts';
import { textBatch } from '../log/batch.fixture.ts';
import { connectLog } from '../log/client.ts';
import { leasesPartition, type Log } from '../log/log.ts';
import { startLog, type RunningLog } from '../log/main.ts';
import { MemoryLog } from '../log/memory.ts';
import type { StopReport } from '../protocol/reports.ts';
import { createRandom } from '../random/random.ts';
import { silentTelemetry } from '../telemetry/telemetry.ts';
import { Fence } from './fence.ts';
import { openLeases, type Leases } from './leases.ts';

const ttlMs = 600;
const host = '127.0.0.1';

function leasesOf(log: Log, holder: string, checkpointEvery = 1000): Leases {
  const clock = systemClock;
  return openLeases({ log, holder, clock, timers: systemTimers(clock), telemetry: silentTelemetry, checkpointEvery });
}

interface Opened {
  readonly logs: readonly Log[];
  readonly close: () => Promise<void>;
}

async function openMemory(): Promise<Opened> {
  const random = createRandom(7);
  const log = new MemoryLog(() => random.next());
  return { logs: [log, log], close: () => log.close() };
}

async function openSqlite(): Promise<Opened> {
  const data = await mkdtemp(join(tmpdir(), 'sheaf-leases-'));
  const server = await startLog({ host, port: 0, data }, silentTelemetry);
  const address = { host, port: server.port };
  const logs = ['a', 'b'].map((producer) => connectLog({ address, random: () => 0.5, producer }));
  const close = async (): Promise<void> => {
    for (const log of logs) await log.close();
    await server.close();
    await rm(data, { recursive: true });
  };
  return { logs, close };
}

async function aborted(signal: AbortSignal): Promise<SheafError> {
  if (!signal.aborted) await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
  return signal.reason as SheafError;
}

const implementations: [name: string, open: () => Promise<Opened>][] = [
  ['memory', openMemory],
  ['sqlite', openSqlite],
];

// Each row: what holds, of two processes over one log.
const rows: [name: string, hold: (a: Leases, b: Leases, log: Log) => Promise<void>][] = [
  [
    'nothing is asked of the log before a lease is',
    async (a, _b, log) => {
      assert.equal(a.all(), null);
      assert.deepEqual(await log.heads([leasesPartition]), [-1]);
    },
  ],
  [
    'one holds it, the other has it after the release, with a higher token, and the first is shut out',
    async (a, b, log) => {
      const first = await a.acquire('x', { ttlMs });
      assert.ok(first.isHeld());
      const waiting = b.acquire('x', { ttlMs });
      first.release();
      const second = await waiting;
      assert.ok(second.token.offset > first.token.offset);
      assert.deepEqual([second.token.log, second.token.holder], [await log.identity(), 'b']);
      assert.equal((await aborted(first.signal)).code, 'LEASE_LOST');
      assert.throws(() => first.require(), { code: 'LEASE_LOST' });
      const place = new Fence();
      place.admit(second.require());
      assert.throws(() => place.admit(first.token), { code: 'LEASE_FENCED' });
    },
  ],
  [
    'it is renewed for as long as it is held, and one that waits does not get it',
    async (a, b) => {
      const options = { ttlMs: 3000 };
      const held = await a.acquire('x', options);
      const giveUp = new AbortController();
      const waiting = b.acquire('x', { ...options, signal: giveUp.signal });
      const revisions = new Set<number>();
      while (revisions.size < 3) {
        const [lease] = b.all() ?? [];
        if (lease !== undefined) revisions.add(lease.revision);
        await new Promise<void>((resolve) => void setTimeout(resolve, 5));
      }
      giveUp.abort(new Error('given up'));
      await assert.rejects(waiting, /given up/);
      assert.deepEqual(
        b.all()!.map(({ holder, token }) => [holder, token]),
        [['a', held.token.offset]],
      );
      // It may be asked for again.
      held.release();
      (await b.acquire('x', options)).release();
    },
  ],
  [
    'many leases of one process, each once',
    async (a, b) => {
      const names = Array.from({ length: 200 }, (_, i) => `job/${i}`);
      const held = await Promise.all(names.map((name) => a.acquire(name, { ttlMs: 10_000 })));
      assert.equal(new Set(held.map(({ token }) => token.offset)).size, names.length);
      (await b.acquire('other', { ttlMs })).release();
      while (b.all()!.filter(({ holder }) => holder === 'a').length < names.length) {
        await new Promise<void>((resolve) => void setImmediate(resolve));
      }
    },
  ],
  [
    'a close gives all free, and whoever waits in that process is told',
    async (a, b) => {
      const held = await a.acquire('x', { ttlMs: 60_000 });
      const y = await b.acquire('y', { ttlMs: 60_000 });
      const waiting = a.acquire('y', { ttlMs: 60_000 });
      const after = b.acquire('x', { ttlMs: 60_000 });
      a.close();
      await assert.rejects(waiting, { code: 'LEASE_LOST' });
      await assert.rejects(a.acquire('z', { ttlMs }), { code: 'LEASE_LOST' });
      assert.ok(held.signal.aborted && !held.isHeld());
      assert.ok((await after).token.offset > held.token.offset);
      assert.ok(y.isHeld());
    },
  ],
  [
    'the partition is trimmed, and who comes after that knows all leases',
    async (a, b, log) => {
      const kept = await a.acquire('kept', { ttlMs: 60_000 });
      for (let i = 0; i < 60; i++) (await a.acquire('x', { ttlMs: 60_000 })).release();
      for (let tries = 0; (await log.earliest([leasesPartition]))[0] === 0; tries++) {
        assert.ok(tries < 1000, 'not trimmed in 10 s');
        await new Promise<void>((resolve) => void setTimeout(resolve, 10));
      }
      const x = await b.acquire('x', { ttlMs: 60_000 });
      assert.ok(x.token.offset > kept.token.offset);
      const lease = b.all()!.find(({ name }) => name === 'kept');
      assert.deepEqual([lease?.holder, lease?.token], ['a', kept.token.offset]);
    },
  ],
  [
    'names and times that cannot be are faults of the caller, and so is asking twice',
    async (a) => {
      for (const name of ['', 'x'.repeat(201), leasesPartition]) {
        await assert.rejects(a.acquire(name, { ttlMs }), RangeError);
      }
      for (const wrong of [0, 99, NaN, Infinity, 3_600_001]) {
        await assert.rejects(a.acquire('x', { ttlMs: wrong }), RangeError);
      }
      const held = await a.acquire('x', { ttlMs });
      await assert.rejects(a.acquire('x', { ttlMs }), RangeError);
      held.release();
      held.release();
      await assert.rejects(a.acquire('x', { ttlMs, signal: AbortSignal.abort(new Error('no')) }), /no/);
    },
  ],
];

for (const [name, open] of implementations) {
  suite(`leases: ${name}`, () => {
    for (const [what, hold] of rows) {
      test(what, async () => {
        const { logs, close } = await open();
        const a = leasesOf(logs[0]!, 'a', 50);
        const b = leasesOf(logs[1]!, 'b', 50);
        try {
          await hold(a, b, logs[0]!);
        } finally {
          a.close();
          b.close();
          await close();
        }
      });
    }
  });
}

suite('leases: a log that goes away', () => {
  async function withServer(
    hold: (
      at: { readonly data: string; readonly restart: (before?: () => Promise<void>) => Promise<void> },
      a: Leases,
    ) => Promise<void>,
  ): Promise<void> {
    const data = await mkdtemp(join(tmpdir(), 'sheaf-leases-'));
    let server: RunningLog = await startLog({ host, port: 0, data }, silentTelemetry);
    const { port } = server;
    const log = connectLog({ address: { host, port }, random: () => 0.5, producer: 'a' });
    const restart = async (before = async (): Promise<void> => undefined): Promise<void> => {
      await server.close();
      try {
        await before();
      } finally {
        server = await startLog({ host, port, data }, silentTelemetry);
      }
    };
    const a = leasesOf(log, 'a');
    try {
      await hold({ data, restart }, a);
    } finally {
      a.close();
      await log.close();
      await server.close();
      for (const folder of [data, `${data}.copy`]) await rm(folder, { recursive: true, force: true });
    }
  }

  test('away for longer than the lease lasts: it is lost, and taken again when the log is back, with a higher token', async () => {
    await withServer(async ({ restart }, a) => {
      const held = await a.acquire('x', { ttlMs });
      await restart(async () => {
        const { code } = await aborted(held.signal);
        assert.equal(code, 'LEASE_LOST');
        assert.equal(held.isHeld(), false);
      });
      const again = await a.acquire('x', { ttlMs });
      assert.ok(again.token.offset > held.token.offset);
    });
  });

  test('asked for while the log is down: taken when it is back', async () => {
    await withServer(async ({ restart }, a) => {
      let acquiring: ReturnType<Leases['acquire']> | undefined;
      await restart(async () => {
        acquiring = a.acquire('x', { ttlMs: 10_000 });
      });
      assert.equal((await acquiring!).token.holder, 'a');
    });
  });

  test('an older copy put back ends all leases for this process, for good', async () => {
    await withServer(async ({ data, restart }, a) => {
      await restart(() => cp(data, `${data}.copy`, { recursive: true }));
      const held = await a.acquire('x', { ttlMs: 60_000 });
      await restart(async () => {
        await rm(data, { recursive: true });
        await cp(`${data}.copy`, data, { recursive: true });
        await rm(`${data}.copy`, { recursive: true });
      });
      assert.equal((await aborted(held.signal)).code, 'LOG_REPLACED');
      await assert.rejects(a.acquire('y', { ttlMs }), { code: 'LOG_REPLACED' });
    });
  });
});

test('leases: an entry of a newer version stops a reader, who loses what it holds, until it is skipped', async (t) => {
  const log = new MemoryLog(() => 0.5);
  const a = leasesOf(log, 'a');
  t.after(async () => {
    a.close();
    await log.close();
  });
  const held = await a.acquire('x', { ttlMs });
  assert.equal(a.stopped, null);
  const { firstOffset } = log.recordUnchecked(textBatch(leasesPartition, '{"version":2,"entry":"lend"}'));
  assert.equal((await aborted(held.signal)).code, 'LEASE_LOST');
  const stop = a.stopped as StopReport | null;
  assert.deepEqual([stop?.offset, stop?.code], [firstOffset, 'BATCH_VERSION_UNKNOWN']);
  const again = a.acquire('x', { ttlMs: 60_000 });
  await log.skip(leasesPartition, firstOffset);
  assert.ok((await again).token.offset > firstOffset);
  assert.equal(a.stopped, null);
});
