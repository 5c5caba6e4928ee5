import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../shared/clock/clock.ts';
import { systemTimers } from '../../shared/clock/timers.ts';
import { openLeases } from '../../shared/lease/leases.ts';
import type { Log } from '../../shared/log/log.ts';
import { MemoryLog } from '../../shared/log/memory.ts';
import { silentTelemetry } from '../../shared/telemetry/telemetry.ts';
import { controlSource, replaySource, showOne, type SourceControl } from './control-sources.ts';
import { deleteSource } from './define-source.ts';
import { CatalogCopy } from '../catalog/catalog-copy.ts';
import { rootKinds } from '../kinds/root-kinds.ts';
import { openGround, orders } from './lanes.fixture.ts';
import { MemoryCluster } from './memory-cluster.fixture.ts';
import { lagsOf } from './source-lags.ts';
import { SourceRunner } from './source-runner.ts';

const made = { catalogOf: (log: Log) => new CatalogCopy(log), kinds: rootKinds };

async function openRoot(t: TestContext, log: MemoryLog, cluster: MemoryCluster, incarnation: string) {
  const [clock, timers] = [systemClock, systemTimers(systemClock)];
  const ground = { ...(await openGround(made, log)), clock, timers };
  const leases = openLeases({ log, holder: `root ${incarnation} 1`, clock, timers, telemetry: silentTelemetry });
  const runner = new SourceRunner({ ...ground, leases, incarnation, openCluster: async () => cluster });
  const close = async (): Promise<void> => {
    await runner.close();
    leases.close();
    ground.close();
  };
  t.after(close);
  const control: SourceControl = { book: ground.book, catalog: ground.catalog, leases, runner };
  return { ...ground, control, runner, close };
}

async function until<T>(look: () => Promise<T>, holds: (value: T) => boolean): Promise<T> {
  for (let tries = 0; ; tries++) {
    const value = await look();
    if (holds(value)) return value;
    assert.ok(tries < 600, `it does not come to that: ${JSON.stringify(value)}`);
    await sleep(100);
  }
}

test('SourceRunner: roots share a topic, and tell of it alike', async (t) => {
  const log = new MemoryLog(() => 0);
  const cluster = new MemoryCluster();
  const lane = Array.from({ length: 50 }, (_, n) => [`k${n}`, n === 7 ? 'bad' : `{"n":${n}}`] as const);
  const lanes = Array.from({ length: 8 }, () => lane);
  cluster.fill('orders', lanes);
  const one = await openRoot(t, log, cluster, 'one:1');
  const other = await openRoot(t, log, cluster, 'other:1');
  const shown = () => showOne(one.control, 'orders');

  await t.test('both read some partitions, and all of them are read', async () => {
    const { partitions, counts, lag, state } = await until(shown, ({ partitions: all, lag: left }) => {
      return left === 0 && new Set(all.map(({ root }) => root)).size === 2;
    });
    assert.deepEqual([lag, state, partitions.length], [0, 'running', 8]);
    assert.deepEqual(counts, { documents: 8 * 49, deletions: 0, deadLetters: 8, missed: 0, leftOut: 0 });
    const [mine, theirs] = [one, other].map(({ control, catalog }) => lagsOf(control, catalog.state.sources.values()));
    const told = [...mine!, ...theirs!].map(({ partition }) => partition);
    assert.deepEqual(
      told.toSorted((a, b) => a - b),
      [0, 1, 2, 3, 4, 5, 6, 7],
    );
    assert.deepEqual(await showOne(other.control, 'orders'), await shown());
  });

  await t.test('what nobody reads after a root has ended is read by the other', async () => {
    await other.close();
    await until(shown, ({ partitions }) => partitions.every(({ root }) => root === 'one:1'));
  });

  const append = (): void => {
    const { partitions } = cluster.topics.get('orders')!;
    const value = Buffer.from('{"n":1}');
    for (const messages of partitions) messages.push({ ...messages[0]!, offset: messages.length, value });
    cluster.topics.get('orders')!.end++;
  };

  await t.test('while it is paused nothing is read', async () => {
    await controlSource(one.control, 'orders', 'pause');
    await until(
      async () => one.runner.workOf(one.source)!.lanes,
      (working) => working.length === 0,
    );
    append();
    const { state, counts } = await until(shown, ({ lag }) => lag === 8);
    assert.deepEqual([state, counts.documents], ['paused', 8 * 49]);
    await controlSource(one.control, 'orders', 'run');
    await until(shown, ({ lag, counts: now }) => lag === 0 && now.documents === 8 * 50);
  });

  await t.test('dead letters are replayed when it is asked for, and not before', async () => {
    assert.equal((await shown()).replay, null);
    await replaySource(one.control, 'orders');
    const { replay } = await until(shown, ({ replay: asked }) => asked !== null && asked.next === asked.until);
    assert.deepEqual(replay!.counts, { documents: 0, deletions: 0, deadLetters: 8, missed: 0, leftOut: 0 });
  });

  await t.test('without brokers it says so, and goes on with them', async () => {
    cluster.isThere = false;
    const { state } = await until(shown, ({ error }) => error?.code === 'SOURCE_UNREACHABLE');
    assert.equal(state, 'standing');
    await assert.rejects(replaySource(one.control, 'orders'), { code: 'SOURCE_UNREACHABLE' });
    cluster.isThere = true;
    await until(shown, ({ error }) => error === null);
  });

  await t.test(
    'partitions that end before what was read of them stand still, and go on when that is asked for',
    async () => {
      const topic = cluster.topics.get('orders')!;
      const { counts: before } = await shown();
      const [held] = topic.partitions.map((messages) => messages.splice(30));
      const { end } = topic;
      topic.end = 30;
      const { partitions } = await until(shown, ({ partitions: all }) => all.every(({ error }) => error !== null));
      assert.deepEqual([partitions[0]!.error?.code, partitions[0]!.next], ['SOURCE_TOPIC_TRUNCATED', end]);
      for (const messages of topic.partitions) messages.push(...held!);
      topic.end = end;
      append();
      await sleep(1500);
      assert.deepEqual((await shown()).counts, before, 'nothing is read until somebody says so');
      await controlSource(one.control, 'orders', 'run');
      const { state, error } = await until(shown, ({ counts }) => counts.documents === before.documents + 8);
      assert.deepEqual([state, error], ['running', null]);
    },
  );

  await t.test('a topic that was made again is not read', async () => {
    cluster.fill('orders', lanes, 'another id');
    append();
    const { counts } = await until(shown, ({ error }) => error?.code === 'SOURCE_TOPIC_REPLACED');
    assert.equal(counts.documents, 8 * 51);
  });

  await t.test('one that is deleted is let go', async () => {
    await deleteSource(one.catalog, orders.name);
    await until(
      async () => one.runner.workOf(one.source),
      (work) => work === undefined,
    );
    await assert.rejects(shown(), { code: 'SOURCE_NOT_FOUND' });
  });
});
