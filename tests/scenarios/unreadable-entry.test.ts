/**
 * What nobody can read stands in the log: put straight into its file, as a bug, another log or a newer version would have
 * left it. Every process lives, the rest is served, and leaving the entry out cures it without a restart.
 */
import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';
import { after, suite, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { entry } from '../../command/entry/entry.ts';
import type { EntryConfig } from '../../shared/config/read.ts';
import { BatchWriter } from '../../shared/log/batch.ts';
import { batchChecksum, rowChecksum } from '../../shared/log/sqlite/checksum.ts';
import { startCluster, type Cluster } from '../cluster/start.ts';

const waitMsMax = 30_000;

/** What is looked at of answers, of one kind or another. */
interface Body {
  readonly error: { readonly code: string };
  readonly complete: boolean;
  readonly log: { readonly reachable: boolean };
  readonly indexes: readonly {
    readonly name: string;
    readonly id: string;
    readonly replicasReported: readonly { readonly skipped?: readonly number[] }[];
    readonly differing: readonly unknown[];
  }[];
  readonly stopped: readonly Stop[];
  readonly hits: { readonly total: { readonly value: number } };
  readonly coverage: { readonly stopped?: readonly unknown[] };
}

interface Stop {
  readonly partition: string;
  readonly offset: number;
  readonly code: string;
  readonly by: readonly string[];
}

interface Answer {
  readonly status: number;
  readonly body: Body;
}

async function ask(cluster: Cluster, method: string, path: string, body?: unknown): Promise<Answer> {
  const response = await fetch(`${cluster.url}${path}`, {
    method,
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(15_000),
  });
  return { status: response.status, body: (await response.json()) as Body };
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (let waitedMs = 0; waitedMs < waitMsMax; waitedMs += 100) {
    if (await holds().catch(() => false)) return;
    await sleep(100);
  }
  assert.fail(`waited in vain: ${what}`);
}

/** Puts bytes at the end of a partition, as no log would take them. @returns their offset */
function force(cluster: Cluster, partition: string, bytes: Uint8Array): number {
  const database = new DatabaseSync(join(cluster.data, 'log', 'log.db'), { timeout: 10_000 });
  try {
    database.exec('BEGIN IMMEDIATE');
    const row = database.prepare('SELECT id, head FROM partitions WHERE name = ?').get(partition)!;
    const offset = Number(row['head']) + 1;
    database
      .prepare('INSERT INTO batches (partition, first_offset, last_offset, checksum, bytes) VALUES (?, ?, ?, ?, ?)')
      .run(row['id']!, offset, offset, batchChecksum(partition, offset, offset, bytes), bytes);
    database
      .prepare('UPDATE partitions SET head = ?, checksum = ? WHERE id = ?')
      .run(offset, rowChecksum('partitions', [partition, offset]), row['id']!);
    database.exec('COMMIT');
    return offset;
  } finally {
    database.close();
  }
}

function ofVersion99(): Uint8Array {
  const writer = new BatchWriter(-1);
  writer.add('put', 'k', Buffer.from('{}'));
  const bytes = writer.finish();
  bytes[4] = 99;
  return bytes;
}

function putOf(text: string, catalogOffset = 0): Uint8Array {
  const writer = new BatchWriter(catalogOffset);
  writer.add('put', 'k', Buffer.from(text));
  return writer.finish();
}

const index = { shards: 1, replicas: 2, schema: { fields: { n: { kind: 'integer' } } } };

// Each row: what stands in the partition, and the code that is told of it.
const rows: [what: string, bytes: () => Uint8Array, code: string][] = [
  ['bytes that are no batch', () => Buffer.from('abcd'), 'BATCH_INVALID'],
  ['a batch of version 99', ofVersion99, 'BATCH_VERSION_UNKNOWN'],
  ['a document that is no JSON', () => putOf('abcd'), 'BATCH_INVALID'],
  ['a catalog offset that there is not', () => putOf('{"n":1}', 2 ** 40), 'BATCH_INVALID'],
];

suite('an entry that cannot be read', { timeout: 240_000 }, async () => {
  let cluster: Cluster;
  after(async () => await cluster?.stop());

  async function restartLog(put: () => void): Promise<void> {
    // The writer keeps what it knows of partitions: it has to be begun anew to see what was put beside it.
    const before = cluster.pids()['log'];
    cluster.signal('log', 'SIGKILL');
    put();
    await until('the log is back', async () => {
      const { body } = await ask(cluster, 'GET', '/v1/cluster');
      return cluster.pids()['log'] !== before && body.log.reachable;
    });
  }

  async function skip(partition: string, offset: number, how: Partial<EntryConfig> = {}): Promise<string[]> {
    const lines: string[] = [];
    const secretFile = join(cluster.data, 'secret');
    const log = { host: '127.0.0.1', port: cluster.port + 1 };
    const config = { log, url: cluster.url, secretFile, skip: true, force: false, ...how };
    assert.equal(await entry(config, {}, partition, String(offset), (line) => void lines.push(line)), 0);
    return lines;
  }

  test('stops its shard, on every leaf, and nothing else; skipped, it is passed', async () => {
    cluster = await startCluster({ leaves: 2 });
    for (const name of ['good', 'bad']) {
      assert.equal((await ask(cluster, 'PUT', `/v1/indexes/${name}`, index)).status, 201);
      assert.equal((await ask(cluster, 'POST', `/v1/indexes/${name}/documents?refresh=wait`, { n: 1 })).status, 200);
    }
    const { body: described } = await ask(cluster, 'GET', '/v1/cluster');
    const partition = `${described.indexes.find(({ name }) => name === 'bad')!.id}/0`;
    const pids = cluster.pids();
    let documents = 1;
    const left: number[] = [];
    for (const [what, bytes, code] of rows) {
      let offset = -1;
      await restartLog(() => (offset = force(cluster, partition, bytes())));
      await until(`both leaves tell of ${what}`, async () => {
        const { body } = await ask(cluster, 'GET', '/v1/cluster');
        const [stop] = body.stopped;
        return stop?.partition === partition && stop.offset === offset && stop.code === code && stop.by.length === 2;
      });
      const found = await ask(cluster, 'POST', '/v1/indexes/bad/search', {});
      assert.deepEqual([found.status, found.body.hits.total.value, found.body.complete], [200, documents, true]);
      assert.deepEqual(found.body.coverage.stopped, [{ shard: 0, offset, code }]);
      const refused = await ask(cluster, 'POST', '/v1/indexes/bad/documents', { n: 2 });
      assert.equal(refused.status, 503, JSON.stringify(refused.body));
      assert.match(JSON.stringify(refused.body), /PARTITION_STOPPED/);
      assert.equal((await ask(cluster, 'POST', '/v1/indexes/good/documents', { n: 2 })).status, 200);
      const lines = await skip(partition, offset);
      assert.match(lines.at(-1)!, /^left out from now on/);
      await until('nothing stands still', async () => {
        return (await ask(cluster, 'GET', '/v1/cluster')).body.stopped.length === 0;
      });
      assert.equal((await ask(cluster, 'POST', '/v1/indexes/bad/documents?refresh=wait', { n: 3 })).status, 200);
      documents++;
      left.push(offset);
      await until('both replicas tell what they have passed', async () => {
        const { body } = await ask(cluster, 'GET', '/v1/cluster');
        const { replicasReported, differing } = body.indexes.find(({ name }) => name === 'bad')!;
        const told = replicasReported.map(({ skipped }) => JSON.stringify(skipped));
        return told.length === 2 && told.every((each) => each === JSON.stringify(left)) && differing.length === 0;
      });
      const again = await ask(cluster, 'POST', '/v1/indexes/bad/search', {});
      assert.deepEqual([again.body.hits.total.value, again.body.coverage.stopped], [documents, undefined]);
    }
    const { log: _log, ...others } = pids;
    const { log: _now, ...same } = cluster.pids();
    assert.deepEqual(same, others, 'no process but the log was started again');
  });

  test('is left out only where somebody stands still before it, or by force', async () => {
    const { body: described } = await ask(cluster, 'GET', '/v1/cluster');
    const partition = `${described.indexes.find(({ name }) => name === 'good')!.id}/0`;
    await assert.rejects(skip(partition, 0), { code: 'ENTRY_NOT_STOPPED' });
    await assert.rejects(skip('catalog', 0), { code: 'ENTRY_NOT_STOPPED' });
    const nobody = { url: `http://127.0.0.1:${cluster.port + 9}` };
    await assert.rejects(skip(partition, 0, nobody), {
      name: 'CommandFailure',
      message: /^who has read the entry is not known/,
    });
    const shown = await skip(partition, 0, { skip: false });
    assert.match(shown[0]!, /: 1 entries, /, 'nothing was left out');
    const forced = await skip(partition, 0, { force: true });
    assert.match(forced.at(-2)!, /^forced, although ENTRY_NOT_STOPPED: .*"partition"/);
    assert.match(forced.at(-1)!, /^left out from now on/);
    // Once more there is nothing to do, nor to ask.
    assert.deepEqual(await skip(partition, 0, nobody), [`${partition} 0 to 0: left out`]);
  });

  test('stops the catalog: what is known is served, changes are refused by name', async () => {
    const { log: _log, ...before } = cluster.pids();
    for (const [what, bytes] of rows.slice(0, 2)) {
      let offset = -1;
      await restartLog(() => (offset = force(cluster, 'catalog', bytes())));
      await until(`root and leaves tell of ${what}`, async () => {
        const [stop] = (await ask(cluster, 'GET', '/v1/cluster')).body.stopped;
        return stop?.partition === 'catalog' && stop.offset === offset && stop.by.join() === 'leaf-0,leaf-1,root';
      });
      assert.equal((await ask(cluster, 'POST', '/v1/indexes/good/search', {})).body.complete, true);
      const taken = await ask(cluster, 'POST', '/v1/indexes/good/documents', { n: 2 });
      assert.equal(taken.status, 200, JSON.stringify(taken.body));
      const refused = await ask(cluster, 'PUT', '/v1/indexes/more', index);
      assert.deepEqual([refused.status, refused.body.error.code], [503, 'PARTITION_STOPPED']);
      await skip('catalog', offset);
      await until('the catalog is read on', async () => {
        return (await ask(cluster, 'GET', '/v1/cluster')).body.stopped.length === 0;
      });
    }
    assert.equal((await ask(cluster, 'PUT', '/v1/indexes/more', index)).status, 201);
    const { log: _now, ...same } = cluster.pids();
    assert.deepEqual(same, before, 'no process but the log was started again');
  });
});
