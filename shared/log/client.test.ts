import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { cp, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, suite, test } from 'node:test';
import type { SheafError } from '../errors.ts';
import { silentTelemetry } from '../telemetry/telemetry.ts';
import { textBatch, textOf } from './batch.fixture.ts';
import { connectLog } from './client.ts';
import type { Log } from './log.ts';
import { startLog, type RunningLog } from './main.ts';
import { appendBytesMax } from './wire.ts';

const host = '127.0.0.1';

suite('connectLog', { timeout: 120_000 }, () => {
  let data: string;
  let server: RunningLog;
  let log: Log;
  let states: string[];
  let failure: PromiseWithResolvers<string>;
  /** What a test leaves open, wherever it ended. */
  const servers = new Set<RunningLog>();

  /** In place of the one that is not there any more. */
  async function start(port: number): Promise<RunningLog> {
    const started = await startLog({ host, port, data }, silentTelemetry);
    servers.add(started);
    return started;
  }

  async function stop(running: RunningLog): Promise<void> {
    servers.delete(running);
    await running.close();
  }

  beforeEach(async () => {
    data = await mkdtemp(join(tmpdir(), 'sheaf-client-'));
    server = await start(0);
    states = [];
    failure = Promise.withResolvers<string>();
    log = connectLog({
      address: { host, port: server.port },
      random: () => 0.5,
      producer: 'client',
      onSubscriptionFailure: (partition, error) => failure.resolve(`${partition} ${error.code}`),
      onStateChange: (connected, reason) => states.push(connected ? 'connected' : (reason?.code ?? 'no reason')),
    });
  });
  afterEach(async () => {
    await log.close();
    for (const running of servers) await stop(running);
    for (const folder of [data, `${data}.copy`]) await rm(folder, { recursive: true, force: true });
  });

  async function restart(): Promise<void> {
    const { port } = server;
    await stop(server);
    server = await start(port);
  }

  /** Copies the data as it is now. */
  async function keepCopy(): Promise<void> {
    const { port } = server;
    await stop(server);
    await rm(`${data}.copy`, { recursive: true, force: true });
    await cp(data, `${data}.copy`, { recursive: true });
    server = await start(port);
  }

  /** @param before done to the copy at another port, so before anyone who waits for the log */
  async function putCopyBack(before: (other: Log) => Promise<void>): Promise<void> {
    const { port } = server;
    await stop(server);
    await rm(data, { recursive: true });
    await rename(`${data}.copy`, data);
    const aside = await start(0);
    const other = connectLog({ address: { host, port: aside.port }, random: () => 0.5, producer: randomUUID() });
    try {
      await before(other);
    } finally {
      await other.close();
    }
    await stop(aside);
    server = await start(port);
  }

  async function eventually(holds: () => boolean): Promise<void> {
    for (let tries = 0; !holds(); tries++) {
      assert.ok(tries < 500, 'waited 5 s in vain');
      await new Promise<void>((resolve) => void setTimeout(resolve, 10));
    }
  }

  test('appends and heads asked while the log is down are answered when it is back', async () => {
    await log.append([textBatch('p', 'a')]);
    const { port } = server;
    await stop(server);
    const append = log.append([textBatch('p', 'b')]);
    const heads = log.heads(['p']);
    server = await start(port);
    assert.equal((await append)[0]!.firstOffset, 1);
    assert.ok((await heads)[0]! >= 0);
    assert.deepEqual([states[0], states[1], states.at(-1)], ['connected', 'LEAF_UNREACHABLE', 'connected']);
  });

  test('a subscription goes on after a restart where it was', async () => {
    const seen: string[] = [];
    const { promise, resolve } = Promise.withResolvers<void>();
    log.subscribe('p', 0, (batch) => {
      seen.push(textOf(batch));
      if (seen.length === 20) resolve();
    });
    for (let index = 0; index < 20; index++) {
      if (index % 7 === 3) await restart();
      await log.append([textBatch('p', String(index), 2)]);
    }
    await promise;
    assert.deepEqual(
      seen,
      Array.from({ length: 20 }, (_, index) => String(index)),
    );
  });

  test('a log put back from an older copy is not read on, even when it has overtaken what was read', async () => {
    const a = textBatch('p', 'a');
    // Each row: what the log had beyond the copy, and what was appended to the copy before this client came back.
    for (const [lost, added] of [
      [1, 0],
      [1, 1],
      [2, 5],
    ] as const) {
      const partition = `${lost}/${added}`;
      const first = { ...a, partition };
      await log.append([first]);
      await keepCopy();
      for (let i = 0; i < lost; i++) await log.append([textBatch(partition, `lost ${i}`)]);
      const seen: string[] = [];
      const error = Promise.withResolvers<SheafError>();
      const all = Promise.withResolvers<void>();
      log.subscribe(
        partition,
        0,
        (batch) => {
          if (seen.push(textOf(batch)) === lost + 1) all.resolve();
        },
        error.resolve,
      );
      await all.promise;
      await putCopyBack(async (other) => {
        for (let i = 0; i < added; i++) await other.append([textBatch(partition, `added ${i}`)]);
      });
      const { code, detail } = await error.promise;
      assert.deepEqual([code, detail['partition']], ['LOG_REPLACED', partition]);
      await log.append([first]);
      assert.equal(seen.length, lost + 1);
    }
  });

  test('a subscriber goes on after a reconnect where all that it read was trimmed', async () => {
    const seen: string[] = [];
    let wake = (): void => undefined;
    const until = async (count: number): Promise<void> => {
      while (seen.length < count) await new Promise<void>((resolve) => (wake = resolve));
    };
    log.subscribe(
      'p',
      0,
      (batch) => {
        seen.push(textOf(batch));
        wake();
      },
      ({ code }) => assert.fail(code),
    );
    for (const text of ['a', 'b']) await log.append([textBatch('p', text)]);
    await until(2);
    assert.equal(await log.trim('p', 2), 2);
    await restart();
    assert.deepEqual(await log.earliest(['p']), [2]);
    await log.append([textBatch('p', 'c')]);
    await until(3);
    await restart();
    await log.append([textBatch('p', 'd')]);
    await until(4);
    assert.deepEqual(seen, ['a', 'b', 'c', 'd']);
  });

  test('a subscriber that was away while what comes next was trimmed is told LOG_TRIMMED, once', async () => {
    const error = Promise.withResolvers<SheafError>();
    const seen: string[] = [];
    const first = Promise.withResolvers<void>();
    let refusals = 0;
    log.subscribe(
      'p',
      0,
      (batch) => {
        seen.push(textOf(batch));
        first.resolve();
      },
      (refusal) => {
        refusals++;
        error.resolve(refusal);
      },
    );
    await log.append([textBatch('p', 'a')]);
    await first.promise;
    await keepCopy();
    await putCopyBack(async (other) => {
      for (const text of ['b', 'c', 'd']) await other.append([textBatch('p', text)]);
      await other.trim('p', 3);
    });
    const { code, detail } = await error.promise;
    assert.deepEqual([code, detail['earliest'], seen], ['LOG_TRIMMED', 3, ['a']]);
    assert.equal(await failure.promise, 'p LOG_TRIMMED');
    await log.append([textBatch('p', 'e')]);
    await restart();
    await log.append([textBatch('p', 'f')]);
    assert.deepEqual([seen, refusals], [['a'], 1]);
  });

  test('what was trimmed is deleted by the process, and by the next where it was killed before', async () => {
    for (let i = 0; i < 1200; i++) void log.append([textBatch('p', 'x'.repeat(100))]);
    const last = (await log.append([textBatch('p', 'last')]))[0]!.lastOffset;
    assert.equal(await log.trim('p', last), last);
    await restart();
    const database = new DatabaseSync(join(data, 'log.db'), { readOnly: true });
    const count = (): unknown => database.prepare('SELECT count(*) AS count FROM batches').get()?.['count'];
    await eventually(() => count() === 1);
    database.close();
  });

  test('another log in its place is asked nothing, and told as LOG_REPLACED until the first is back', async () => {
    await log.append([textBatch('p', 'a')]);
    const identity = await log.identity();
    const first = data;
    data = await mkdtemp(join(tmpdir(), 'sheaf-client-'));
    await restart();
    await eventually(() => states.includes('LOG_REPLACED'));
    assert.notEqual(await log.identity(), identity);
    await assert.rejects(log.heads(['p'], { timeoutMs: 50 }), { code: 'LOG_UNAVAILABLE' });
    await assert.rejects(log.append([textBatch('p', 'b')], { timeoutMs: 50 }), {
      code: 'LOG_UNAVAILABLE',
    });
    const second = data;
    data = first;
    await restart();
    await rm(second, { recursive: true });
    assert.deepEqual(await log.heads(['p']), [0]);
    assert.equal(await log.identity(), identity);
  });

  test('no answer in time is LOG_UNAVAILABLE', async () => {
    const { port } = server;
    await stop(server);
    const options = { timeoutMs: 30 };
    await assert.rejects(log.heads(['p'], options), { code: 'LOG_UNAVAILABLE' });
    await assert.rejects(log.append([textBatch('p', 'a')], options), {
      code: 'LOG_UNAVAILABLE',
    });
    server = await start(port);
    assert.deepEqual(await log.heads(['p']), [-1]);
  });

  test('damage is told to the subscriber, who goes on once it is mended', async () => {
    await log.append([textBatch('p', 'good')]);
    const database = new DatabaseSync(join(data, 'log.db'));
    database.exec("UPDATE batches SET bytes = CAST('evil' AS BLOB)");
    const seen = Promise.withResolvers<string>();
    const subscription = log.subscribe('p', 0, (batch) => seen.resolve(textOf(batch)));
    assert.equal(await failure.promise, 'p LOG_CORRUPT');
    database.prepare('UPDATE batches SET bytes = ?').run(textBatch('p', 'good').bytes);
    database.close();
    assert.equal(await seen.promise, 'good');
    subscription.close();
  });

  test('an append over the limit is refused before it is sent', async () => {
    const bytes = new Uint8Array(appendBytesMax + 1);
    await assert.rejects(log.append([{ partition: 'p', count: 1, bytes }]), { code: 'BODY_TOO_LARGE' });
  });

  test('an append of the largest size is stored and read back', async () => {
    const headerBytes = textBatch('p', '').bytes.length;
    const { bytes } = textBatch('p', '7'.repeat(appendBytesMax - headerBytes));
    await log.append([{ partition: 'p', count: 1, bytes }]);
    const read = await new Promise<number>((resolve) => {
      log.subscribe('p', 0, (batch) => resolve(Buffer.compare(batch.bytes, bytes)));
    });
    assert.equal(read, 0);
  });

  test('appends that wait together share transactions', async () => {
    const appends = Array.from({ length: 500 }, () => log.append([textBatch('p', 'a')]));
    await Promise.all(appends);
    const metrics = await (await fetch(`http://${host}:${server.port}/metrics`)).text();
    const figure = (name: string): number => Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(metrics)?.[1]);
    assert.equal(figure('sheaf_log_appends_total'), 500);
    const commits = figure('sheaf_log_commit_seconds_count');
    assert.ok(commits >= 1 && commits <= 100, `${commits} transactions`);
  });
});

suite('startLog', { timeout: 120_000 }, () => {
  test('health, and errors before anything is served', async (t) => {
    const data = await mkdtemp(join(tmpdir(), 'sheaf-start-'));
    t.after(() => rm(data, { recursive: true }));
    await using open = new AsyncDisposableStack();
    const server = await startLog({ host, port: 0, data }, silentTelemetry);
    open.defer(() => server.close());
    const statusOf = async (path: string): Promise<number> =>
      (await fetch(`http://${host}:${server.port}${path}`)).status;
    assert.deepEqual(await Promise.all(['/v1/health/live', '/v1/health/ready', '/x'].map(statusOf)), [200, 200, 404]);
    const other = join(data, 'other');
    await assert.rejects(startLog({ host, port: server.port, data: other }, silentTelemetry), { code: 'PORT_IN_USE' });
    await assert.rejects(startLog({ host, port: 0, data }, silentTelemetry), { code: 'DATA_IN_USE' });
    await open.disposeAsync();
    await (await startLog({ host, port: 0, data }, silentTelemetry)).close();
  });
});
