/** A leaf on a file system that is really full: a small tmpfs, where this process may mount one. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CatalogChange } from '../shared/catalog/catalog.ts';
import { indexIdAt } from '../shared/catalog/index-id.ts';
import { seal } from '../shared/data-folder/sealed.ts';
import { BatchWriter } from '../shared/log/batch.ts';
import { catalogPartition, shardPartition, type Log } from '../shared/log/log.ts';
import { MemoryLog } from '../shared/log/memory.ts';
import { createRandom } from '../shared/random/random.ts';
import { silentTelemetry } from '../shared/telemetry/telemetry.ts';
import { startLeafWith, type RunningLeaf } from './main.ts';

const folder = mkdtempSync(join(tmpdir(), 'sheaf-full-disk-'));
const mounted = spawnSync('/bin/mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', folder]).status === 0;
after(() => {
  if (mounted) spawnSync('/bin/umount', ['-l', folder]);
  rmSync(folder, { recursive: true, force: true });
});
if (!mounted) process.stderr.write('NOT TESTED: a full disk, because no tmpfs can be mounted here\n');

const indexId = indexIdAt(0);
const random = createRandom(90_017);
const log: Log = new MemoryLog(() => 0);

const create: CatalogChange = {
  change: 'create',
  definition: {
    kind: 'document',
    schema: { fields: {}, dynamic: 'false' },
    shards: 1,
    replicas: 1,
  },
};

async function append(partition: string, entries: readonly (readonly [key: string, body: object])[]): Promise<void> {
  const writer = new BatchWriter(partition === catalogPartition ? -1 : 0);
  for (const [key, body] of entries) writer.add('put', key, Buffer.from(JSON.stringify(body)));
  await log.append([{ partition, count: writer.count, bytes: writer.finish() }]);
}

let documents = 0;

/** About 100 KB that cannot be packed. */
async function write(): Promise<void> {
  const text = Array.from({ length: 12_500 }, () => random.integer(0, 0xffff_ffff).toString(36)).join('');
  await append(shardPartition(indexId, 0), [[`key-${documents++}`, { text }]]);
}

async function health(leaf: RunningLeaf): Promise<{ status: number; disk: unknown }> {
  const response = await fetch(`http://127.0.0.1:${leaf.port}/v1/health/ready`);
  const { disk } = (await response.json()) as { disk?: unknown };
  return { status: response.status, disk };
}

async function metric(leaf: RunningLeaf, name: string): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${leaf.port}/metrics`)).text();
  return Number(new RegExp(`^${name} (\\d+)`, 'm').exec(text)?.[1]);
}

async function found(leaf: RunningLeaf): Promise<number> {
  const task = {
    kind: 'search',
    index: indexId,
    shards: [0],
    remainingMs: 2000,
    query: { kind: 'all' },
    k: 1,
    sort: [{ by: 'position', descending: false }],
    source: false,
    aggregations: {},
  };
  const response = await fetch(`http://127.0.0.1:${leaf.port}/v1/tasks`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(task),
  });
  const { total } = (await response.json()) as { total: number };
  return total;
}

async function eventually(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await holds()); tries++) {
    assert.ok(tries < 1000, `never came true: ${what}`);
    await sleep(20);
  }
}

test('full disk: the leaf answers, takes nothing in, says so, and goes on by itself', { skip: !mounted }, async () => {
  const data = join(folder, 'leaf');
  mkdirSync(data);
  writeFileSync(join(data, 'members.json'), seal({ leaves: ['a'] }));
  await append(catalogPartition, [['books', create]]);
  await write();
  const address = { host: '127.0.0.1', port: 1 };
  const config = { name: 'a', host: address.host, port: 0, data, log: address, refreshMs: 20, commitMs: 50 };
  const leaf = await startLeafWith(
    {
      ...config,
      drainMs: 0,
      pinKeepMs: 1000,
      pinsMax: 0,
      emulatedTaskMs: 0,
      snapshotMs: 60_000,
      snapshotBytesPerSecond: 1e9,
    },
    silentTelemetry,
    { openLog: () => log },
  );
  try {
    await eventually('ready', async () => (await health(leaf)).status === 200);
    await eventually('full', async () => {
      await write();
      return (await health(leaf)).disk === 'full';
    });
    assert.equal((await health(leaf)).status, 200);
    assert.equal(await metric(leaf, 'sheaf_leaf_disk_full'), 1);
    assert.ok((await metric(leaf, 'sheaf_leaf_disk_faults_total')) > 0);

    // One batch may have been under way; after it nothing is taken in, and what is here is found.
    await write();
    await sleep(200);
    const taken = await metric(leaf, 'sheaf_leaf_documents_indexed_total');
    for (let i = 0; i < 20; i++) await write();
    await sleep(300);
    assert.equal(await metric(leaf, 'sheaf_leaf_documents_indexed_total'), taken);
    assert.ok((await found(leaf)) >= 1 && (await found(leaf)) < documents);

    assert.equal(spawnSync('/bin/mount', ['-o', 'remount,size=64m', folder]).status, 0);
    await eventually('everything is taken in', async () => (await found(leaf)) === documents);
    await eventually('well', async () => (await health(leaf)).disk === undefined);
    assert.equal(await metric(leaf, 'sheaf_leaf_disk_full'), 0);
  } finally {
    await leaf.close();
  }
});
