/** A leaf over a real log that is lost, emptied or put back from an older copy: what the leaf has is never lost by it. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { cp, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, suite, test } from 'node:test';
import { pino } from 'pino';
import type { CatalogChange } from '../shared/catalog/catalog.ts';
import { indexIdAt } from '../shared/catalog/index-id.ts';
import type { SheafError } from '../shared/errors.ts';
import { BatchWriter } from '../shared/log/batch.ts';
import { connectLog } from '../shared/log/client.ts';
import { catalogPartition, shardPartition } from '../shared/log/log.ts';
import type { Appended } from '../shared/log/append-batch.ts';
import { startLog, type RunningLog } from '../shared/log/main.ts';
import { silentTelemetry } from '../shared/telemetry/telemetry.ts';
import { startLeaf, type RunningLeaf } from './main.ts';
import { readStored, writeStored } from './replicas/stored-value.ts';

const host = '127.0.0.1';
const indexId = indexIdAt(0);
const create: CatalogChange = {
  change: 'create',
  definition: { kind: 'document', schema: { fields: {}, dynamic: 'false' }, shards: 1, replicas: 1 },
};

suite('leaf: a log that is not the one of before', () => {
  let folder: string;
  let server: RunningLog;
  let leaf: RunningLeaf | null;
  let errors: string;
  /** Of the test that runs: one that ran out of time goes on, and must not open what nobody closes. */
  let over: AbortController;

  beforeEach(async () => {
    over = new AbortController();
    folder = await mkdtemp(join(tmpdir(), 'sheaf-replaced-'));
    server = await startLog({ host, port: 0, data: join(folder, 'log') }, silentTelemetry);
    errors = '';
    leaf = null;
    await append(catalogPartition, 'books', create);
    await append(shardPartition(indexId, 0), 'one', {});
  });
  afterEach(async () => {
    over.abort();
    try {
      await leaf?.close();
    } finally {
      await server.close();
      await rm(folder, { recursive: true });
    }
  });

  async function append(partition: string, key: string, body: object): Promise<Appended> {
    const log = connectLog({ address: { host, port: server.port }, random: () => 0.5, producer: randomUUID() });
    const writer = new BatchWriter(partition === catalogPartition ? -1 : 0);
    writer.add('put', key, Buffer.from(JSON.stringify(body)));
    try {
      const [appended] = await log.append([{ partition, count: 1, bytes: writer.finish() }]);
      return appended!;
    } finally {
      await log.close();
    }
  }

  async function ofThisTest<T extends RunningLeaf | RunningLog>(opening: Promise<T>): Promise<T> {
    const { signal } = over;
    const opened = await opening;
    if (signal.aborted) await opened.close();
    signal.throwIfAborted();
    return opened;
  }

  async function start(): Promise<void> {
    const log = { host, port: server.port };
    const data = join(folder, 'leaf');
    const telemetry = pino({ level: 'error' }, { write: (line: string) => (errors += line) });
    const starting = startLeaf(
      {
        name: 'a',
        host,
        port: 0,
        data,
        log,
        refreshMs: 20,
        commitMs: 50,
        drainMs: 25_000,
        emulatedTaskMs: 0,
        pinKeepMs: 60_000,
        snapshotMs: 60_000,
        snapshotBytesPerSecond: 1e9,
        pinsMax: 0,
      },
      telemetry,
      {},
    );
    leaf = await ofThisTest(starting);
  }

  /** A leaf that holds everything, on disk too. */
  async function startFull(): Promise<void> {
    await start();
    await stopLeaf();
    await writeStored(join(folder, 'leaf', 'members.json'), { leaves: ['a'] });
    await start();
    await eventually('ready', isReady);
    await eventually('on disk', async () => (await filesOfReplica()).includes('manifest.json'));
  }

  async function stopLeaf(): Promise<void> {
    await leaf!.close();
    leaf = null;
  }

  /** Stops the log, changes its folder and starts it again at the same port. */
  async function replaceLog(change: () => Promise<unknown>): Promise<void> {
    const { port } = server;
    await server.close();
    try {
      await change();
    } finally {
      server = await ofThisTest(startLog({ host, port, data: join(folder, 'log') }, silentTelemetry));
    }
  }

  const logTo = (name: string) => () => rename(join(folder, 'log'), join(folder, name));
  const logFrom = (name: string) => async (): Promise<void> => {
    await rm(join(folder, 'log'), { recursive: true, force: true });
    await rename(join(folder, name), join(folder, 'log'));
  };
  const copyLogTo = (name: string) => () => cp(join(folder, 'log'), join(folder, name), { recursive: true });

  function filesOfReplica(): Promise<string[]> {
    return readdir(join(folder, 'leaf', 'indexes', indexId, '0')).catch(() => []);
  }

  async function isReady(): Promise<boolean> {
    return (await fetch(`http://${host}:${leaf!.port}/v1/health/ready`)).status === 200;
  }

  /** Keys that are found, or the codes of the failures. @param remainingMs short where the answer is to be that it ran out */
  async function search(at?: Record<string, number>, remainingMs = 60_000): Promise<string[]> {
    const body = JSON.stringify({
      kind: 'search',
      index: indexId,
      shards: [0],
      remainingMs,
      query: { kind: 'all' },
      k: 10,
      sort: [{ by: 'position', descending: false }],
      source: true,
      aggregations: {},
      at,
    });
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`http://${host}:${leaf!.port}/v1/tasks`, { method: 'POST', headers, body });
    const { hits, failures } = (await response.json()) as { hits: { key: string }[]; failures: { code: string }[] };
    return failures.length > 0 ? failures.map(({ code }) => code) : hits.map(({ key }) => key);
  }

  async function eventually(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
    for (let tries = 0; tries < 6000; tries++) {
      if (await holds()) return;
      await new Promise<void>((resolve) => void setTimeout(resolve, 10));
    }
    assert.fail(`never came true: ${what}; ${errors}`);
  }

  test('an emptied log is refused at the start, nothing is deleted, and the right one is taken again', async () => {
    await startFull();
    await stopLeaf();
    const files = await filesOfReplica();
    await replaceLog(logTo('kept'));
    const owner = (await readStored(join(folder, 'leaf', 'leaf.json'))) as { log: string };
    await assert.rejects(start(), ({ code, detail }: SheafError) => {
      assert.deepEqual([code, detail['data'], detail['expected']], ['LOG_REPLACED', join(folder, 'leaf'), owner.log]);
      return true;
    });
    assert.deepEqual(await filesOfReplica(), files);
    await replaceLog(logFrom('kept'));
    await start();
    await eventually('ready', isReady);
    assert.deepEqual(await search({ 0: 0 }), ['one']);
  });

  // Each row: the partition that is ahead of the older copy, and an entry of it.
  const entries: [partition: string, key: string, body: object][] = [
    [shardPartition(indexId, 0), 'two', {}],
    [catalogPartition, 'films', create],
  ];
  for (const [partition, key, body] of entries) {
    test(`an older copy of the log is refused at the start, when ${partition} is ahead of it`, async () => {
      await replaceLog(copyLogTo('older'));
      await append(partition, key, body);
      await startFull();
      await eventually('the entry is on disk', () => isOnDisk(partition));
      await stopLeaf();
      const files = await filesOfReplica();
      await replaceLog(logFrom('older'));
      await assert.rejects(start(), ({ code, detail }: SheafError) => {
        assert.deepEqual(
          [code, detail['partition'], detail['read'], detail['head']],
          ['LOG_REPLACED', partition, 1, 0],
        );
        return true;
      });
      assert.deepEqual(await filesOfReplica(), files);
    });
  }

  async function isOnDisk(partition: string): Promise<boolean> {
    const path = partition === catalogPartition ? 'catalog.jsonl' : join('indexes', partition, 'manifest.json');
    return (await readFile(join(folder, 'leaf', path), 'utf8')).includes('"offset":1');
  }

  test('while another log answers, the leaf serves what it has, vouches for no offset, and says so', async () => {
    await startFull();
    await replaceLog(logTo('kept'));
    await eventually('told', () => errors.includes('LOG_REPLACED'));
    await append(catalogPartition, 'other', create);
    const { lastOffset } = await append(shardPartition(indexId, 0), 'of the other log', {});
    assert.deepEqual(await search(), ['one']);
    assert.deepEqual(await search({ 0: lastOffset }, 3000), ['NOT_CAUGHT_UP']);
    await replaceLog(logFrom('kept'));
    await append(shardPartition(indexId, 0), 'two', {});
    await eventually('it goes on', async () => (await search({ 0: 1 })).length === 2);
  });

  test('after an older copy took the place of the log, the replica is not ready and not deleted', async () => {
    await startFull();
    await replaceLog(copyLogTo('older'));
    await append(shardPartition(indexId, 0), 'two', {});
    await eventually('written', async () => (await search({ 0: 1 })).length === 2);
    await eventually('on disk', () => isOnDisk(shardPartition(indexId, 0)));
    const files = await filesOfReplica();
    await replaceLog(logFrom('older'));
    await eventually('not ready', async () => !(await isReady()));
    await append(shardPartition(indexId, 0), 'instead of two', {});
    assert.deepEqual(await search({ 0: 1 }), ['SHARD_NOT_HERE']);
    assert.match(errors, /LOG_REPLACED/);
    assert.deepEqual(await filesOfReplica(), files);
  });
});
