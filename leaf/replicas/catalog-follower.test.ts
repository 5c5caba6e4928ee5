import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emptyCatalog, type CatalogChange, type CatalogState } from '../../shared/catalog/catalog.ts';
import { BatchWriter } from '../../shared/log/batch.ts';
import { catalogPartition, type Log } from '../../shared/log/log.ts';
import { MemoryLog } from '../../shared/log/memory.ts';
import { CatalogFollower } from './catalog-follower.ts';

const create: CatalogChange = {
  change: 'create',
  definition: { kind: 'document', schema: { fields: {}, dynamic: 'strict' }, shards: 1, replicas: 1 },
};

async function createIndex(log: Log, name: string): Promise<number> {
  const writer = new BatchWriter(-1);
  writer.add('put', name, Buffer.from(JSON.stringify(create)));
  const [appended] = await log.append([{ partition: catalogPartition, count: 1, bytes: writer.finish() }]);
  return appended!.lastOffset;
}

function follow(log: Log, stored: CatalogState | null): { follower: CatalogFollower; states: string[] } {
  const states: string[] = [];
  const onChange = ({ indexes }: CatalogState): void => void states.push([...indexes.keys()].sort().join(' '));
  return { follower: new CatalogFollower({ log, stored, onChange, onStop: () => undefined }), states };
}

test('catalog follower: reads the log from the beginning and goes on', async () => {
  const log = new MemoryLog(() => 0.5);
  await createIndex(log, 'a');
  const { follower, states } = follow(log, null);
  follower.start();
  assert.equal(await follower.caughtUp(), true);
  assert.deepEqual([...follower.state.indexes.keys()], ['a']);
  const offset = await createIndex(log, 'b');
  await follower.reached(offset);
  assert.deepEqual(states, ['a', 'a b']);
  follower.close();
});

test('catalog follower: goes on from the stored copy', async () => {
  const log = new MemoryLog(() => 0.5);
  await createIndex(log, 'a');
  const first = follow(log, null);
  first.follower.start();
  await first.follower.caughtUp();
  first.follower.close();
  const { follower, states } = follow(log, first.follower.state);
  assert.deepEqual(follower.state, first.follower.state);
  follower.start();
  await follower.reached(await createIndex(log, 'b'));
  assert.deepEqual(states, ['a b']);
  follower.close();
});

test('catalog follower: keeps the copy when the log lacks what it has', async () => {
  const log = new MemoryLog(() => 0);
  await createIndex(log, 'a');
  const stored = { ...emptyCatalog, offset: 1000 };
  const { follower, states } = follow(log, stored);
  follower.start();
  assert.equal(await follower.caughtUp(), false);
  await createIndex(log, 'b');
  assert.deepEqual([follower.state, follower.isReplaced, states], [stored, true, []]);
  follower.close();
});

test('catalog follower: what is read while the log is asked for its end is reached', async () => {
  const log = new MemoryLog(() => 0.5);
  const offset = await createIndex(log, 'a');
  const { follower } = follow(log, null);
  const heads = log.heads.bind(log);
  log.heads = async (partitions) => {
    follower.start();
    while (follower.state.offset < offset) await new Promise((resolve) => setImmediate(resolve));
    return await heads(partitions);
  };
  await follower.reached(offset);
  follower.close();
});

test('catalog follower: an offset that the catalog does not have is refused', async () => {
  const log = new MemoryLog(() => 0.5);
  const offset = await createIndex(log, 'a');
  const { follower } = follow(log, null);
  follower.start();
  await assert.rejects(follower.reached(offset + 1), { code: 'BATCH_INVALID' });
  follower.close();
});
