import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RequestNode } from '../../shared/json/request-node.ts';
import type { Log, LogBatch, Subscription } from '../../shared/log/log.ts';
import { MemoryLog } from '../../shared/log/memory.ts';
import { parseIndexBody } from '../../shared/schema/parse.ts';
import { CatalogCopy } from './catalog-copy.ts';
import { SheafError } from '../../shared/errors.ts';
import { defineIndex, deleteIndex, waitUntilReady } from './define-index.ts';
import { setAliases } from './set-aliases.ts';
import { keepsDeadline } from '../../tests/deadline/deadline.ts';

const body = parseIndexBody({ shards: 2, schema: { fields: { id: { kind: 'keyword' } } } });

/** A log that can be frozen: it takes what it is asked and never answers. */
class FreezingLog extends MemoryLog {
  frozen = false;

  override async heads(partitions: readonly string[]): Promise<number[]> {
    if (this.frozen) await new Promise(() => undefined);
    return await super.heads(partitions);
  }
}

async function start() {
  const log = new FreezingLog(() => 0);
  const catalog = new CatalogCopy(log);
  const { definition } = await defineIndex(catalog, 'books', body);
  return { log, catalog, definition };
}

test('CatalogCopy.find: an index that is not there, with the log', async () => {
  const { catalog } = await start();
  await assert.rejects(catalog.find('none'), { code: 'INDEX_NOT_FOUND' });
});

test('CatalogCopy.find: an alias, which says what it stands for', async () => {
  const { catalog } = await start();
  const node = RequestNode.body('books');
  await setAliases(catalog, [{ action: 'add', alias: 'library', index: 'books', node, write: false }]);
  await assert.rejects(catalog.find('library'), ({ code, detail }: SheafError) => {
    assert.deepEqual([code, detail['indexes']], ['INDEX_NOT_FOUND', ['books']]);
    assert.match(String(detail['reason']), /^it is an alias/);
    return true;
  });
});

test('CatalogCopy.find: an index another root has just created is found', async () => {
  const { log, catalog } = await start();
  const other = new CatalogCopy(log);
  await defineIndex(other, 'new', body);
  assert.equal((await catalog.find('new')).name, 'new');
});

test('CatalogCopy.find: with the log frozen a known name is found, another is unknown by the deadline', async (t) => {
  const { log, catalog } = await start();
  log.frozen = true;
  assert.equal((await catalog.find('books', 50)).name, 'books');
  await keepsDeadline(t, 'an unknown name', 1000, () =>
    assert.rejects(catalog.find('none', 50), { code: 'LOG_UNAVAILABLE' }),
  );
});

test('CatalogCopy: a log that fails at once leaves the thread to others, until the catalog is known', async (t) => {
  const log = new FreezingLog(() => 0);
  let failsLeft = 1000;
  const { mock } = t.mock.method(log, 'heads', async () => {
    if (failsLeft-- > 0) throw new SheafError('LOG_UNAVAILABLE');
    return [-1];
  });
  const catalog = new CatalogCopy(log);
  t.after(() => catalog.close());
  for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
  // Ten would take two and a half seconds.
  assert.ok(mock.callCount() < 10, `asked ${mock.callCount()} times`);
  assert.equal(catalog.isKnown, false);
  failsLeft = 0;
  while (!catalog.isKnown) await new Promise((resolve) => setTimeout(resolve, 5));
});

/** No leaf ever reports; the condition is looked at again and again, as after reports. */
const membership = {
  placedCount: 0,
  readyOwners: () => [[], []],
  waitUntil: async (condition: () => boolean, timeoutMs: number) => {
    for (let waitedMs = 0; waitedMs < timeoutMs; waitedMs += 5) {
      if (condition()) return true;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return false;
  },
};

test('waitUntilReady: INDEX_NOT_READY when the shards are not, and which', async () => {
  const { catalog, definition } = await start();
  const waiting = waitUntilReady({ catalog, membership: { ...membership, placedCount: 1 } }, definition, 20);
  await assert.rejects(waiting, ({ code, detail }: SheafError) => {
    assert.deepEqual([code, detail['shards'], detail['timeoutMs']], ['INDEX_NOT_READY', [0, 1], 20]);
    return true;
  });
});

test('waitUntilReady: without a leaf it ends long before the timeout, and says why', async () => {
  const { catalog, definition } = await start();
  const asked: number[] = [];
  const never = { ...membership, waitUntil: async (_: () => boolean, ms: number) => asked.push(ms) < 0 };
  await assert.rejects(waitUntilReady({ catalog, membership: never }, definition, 60_000), ({ detail }: SheafError) => {
    assert.match(String(detail['reason']), /^no leaf is connected/);
    return true;
  });
  assert.deepEqual(asked, [3000]);
});

test('waitUntilReady: ends when the index is deleted, also when the name is used again', async () => {
  for (const again of [false, true]) {
    const { catalog, definition } = await start();
    const waiting = waitUntilReady({ catalog, membership }, definition, 60_000);
    // Looked at from now on: it may end before the index is defined again.
    const ended = assert.rejects(waiting, { code: 'INDEX_NOT_FOUND' });
    await deleteIndex(catalog, 'books');
    if (again) await defineIndex(catalog, 'books', body);
    await ended;
  }
});

/** A log whose batches cannot be read any more from when that is said. */
class UnreadableLog extends MemoryLog {
  isUnreadable = false;

  override subscribe(...[partition, from, onBatch, onRefused]: Parameters<Log['subscribe']>): Subscription {
    const spoilt = (batch: LogBatch): LogBatch =>
      this.isUnreadable ? { ...batch, bytes: Buffer.from('abcd') } : batch;
    return super.subscribe(partition, from, (batch) => onBatch(spoilt(batch)), onRefused);
  }
}

test('CatalogCopy.findWritten: what was known before the catalog stood still is written to, over a new connection too', async (t) => {
  const log = new UnreadableLog(() => 0);
  let connection = 0;
  const catalog = new CatalogCopy(log, undefined, () => connection);
  const other = new CatalogCopy(log);
  t.after(() => {
    catalog.close();
    other.close();
  });
  const { definition } = await defineIndex(catalog, 'books', body);
  log.isUnreadable = true;
  await assert.rejects(defineIndex(other, 'films', body), { code: 'PARTITION_STOPPED' });
  connection++;
  assert.equal((await catalog.findWritten('books')).id, definition.id);
  assert.notEqual(catalog.stopped, null);
  await assert.rejects(catalog.findWritten('films'), { code: 'PARTITION_STOPPED' });
});
