/** Over real connections, with leaves that say what a test wants. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { test, type TestContext } from 'node:test';
import type { CatalogState } from '../../shared/catalog/catalog.ts';
import { systemClock } from '../../shared/clock/clock.ts';
import type { LeafPlace } from '../../shared/discovery/discovery.ts';
import type { ReportFrame } from '../../shared/protocol/report-frames.ts';
import { silentTelemetry } from '../../shared/telemetry/telemetry.ts';
import { FakeLeaf, index } from '../../tests/service/fake-leaf.ts';
import { HeadBook } from '../freshness/head-book.ts';
import { ReplicaLags } from '../freshness/replica-lags.ts';
import { LeafBook } from '../scatter/leaf-book.ts';
import { Membership } from './membership.ts';

async function start(
  t: TestContext,
  leaves: Readonly<Record<string, Partial<ReportFrame>>>,
  telemetry = silentTelemetry,
) {
  const catalogs: CatalogState[] = [];
  const membership = new Membership({
    clock: systemClock,
    random: () => 0.5,
    book: new LeafBook(),
    telemetry,
    secret: undefined,
    lags: new ReplicaLags(new HeadBook(), () => undefined),
    onCatalog: (catalog) => catalogs.push(catalog),
  });
  t.after(() => membership.close());
  const fakes: Record<string, { leaf: FakeLeaf; place: LeafPlace }> = {};
  for (const [name, reported] of Object.entries(leaves)) {
    const leaf = new FakeLeaf();
    leaf.reported = { leaf: name, ...reported };
    const place = { name, address: { host: '127.0.0.1', port: await leaf.listen() } };
    t.after(() => leaf.close());
    fakes[name] = { leaf, place };
  }
  const places = (...names: string[]) => membership.setPlaces(names.map((name) => fakes[name]!.place));
  const states = () =>
    membership
      .statuses()
      .map(({ name, state, placed, problem }) =>
        [name, state, placed ? 'placed' : '', problem?.code].filter(Boolean).join(' '),
      );
  const until = async (condition: () => boolean): Promise<void> => {
    if (!(await membership.waitUntil(condition, 5000))) assert.fail(`waited 5 s in vain: ${JSON.stringify(states())}`);
  };
  const owners = () => membership.readyOwners(index.id, 2).map((each) => [...each].sort().join(' '));
  return { membership, fakes, places, states, until, owners, catalogs };
}

const draining = {
  draining: true,
  replicas: [{ index: index.id, shard: 0, state: 'draining', offset: 0, documents: 1 }],
} as const;

test('Membership: tells of a leaf whose dictionaries are of another version', async (t) => {
  const warned: unknown[] = [];
  const warn = (fields: unknown): void => void warned.push(fields);
  const { places, until, owners } = await start(
    t,
    { a: { icu: process.versions.icu! }, b: { icu: '1.2' } },
    { ...silentTelemetry, warn, debug: () => undefined, error: () => undefined, info: () => undefined },
  );
  places('a', 'b');
  await until(() => owners().join() === 'a b,a b');
  assert.deepEqual(warned, [{ leaf: 'b', icu: '1.2', own: process.versions.icu }]);
});

test('Membership: leaves come and go, and tell of it', async (t) => {
  const { membership, fakes, places, states, until, owners } = await start(t, { a: {}, b: {} });
  assert.equal(membership.isDiscovered, false);
  places('a');
  await until(() => owners().join() === 'a,a');
  places('a', 'b');
  await until(() => owners().join() === 'a b,a b');
  const a = fakes['a']!.leaf;
  await until(() => a.told.at(-1)?.leaves.join() === 'a,b' && a.told.some(({ peers }) => peers.length > 0));
  const [news] = a.told.flatMap(({ peers }) => peers);
  assert.deepEqual(news, {
    leaf: 'b',
    incarnation: 1,
    sequence: news!.sequence,
    ...fakes['b']!.place.address,
    draining: false,
    replicas: [0, 1].map((shard) => ({ index: index.id, shard, state: 'ready', offset: 0, documents: 1 })),
  });
  assert(a.told.every(({ peers }) => peers.every(({ leaf }) => leaf !== 'a')));

  const b = fakes['b']!.leaf;
  b.reported = { leaf: 'b', ...draining };
  b.report();
  await until(() => owners().join() === 'a,a');
  await until(() => a.told.at(-1)?.leaves.join() === 'a');
  assert.deepEqual(states(), ['a up placed', 'b up']);
  assert.equal(membership.placedCount, 1);
  places('a');
  assert.deepEqual(states(), ['a up placed', 'b up'], 'it is used while it is connected');
  b.close();
  await until(() => membership.statuses().length === 1);
  await until(() => a.told.some(({ peers }) => peers.some((peer) => peer.leaf === 'b' && 'gone' in peer)));
});

test('Membership: a shard is asked of draining replicas only where no ready one is', async (t) => {
  const { fakes, places, until, owners } = await start(t, { a: draining, b: { replicas: [] } });
  places('a', 'b');
  await until(() => owners().join() === 'a,');
  fakes['b']!.leaf.reported = { leaf: 'b' };
  await until(() => owners().join() === 'b,b');
});

test('Membership: a leaf with another name, and the second of one name, are not used and said so', async (t) => {
  const { membership, fakes, places, states, until, catalogs } = await start(t, { a: {}, b: { leaf: 'x' } });
  places('a', 'b');
  await until(() => states().join() === 'a up placed,b refused LEAF_MISNAMED');
  assert.equal(catalogs.length, 1);

  const [first, second] = ['a', 'b'].map((name) => ({ name: null, address: fakes[name]!.place.address }));
  membership.setPlaces([]);
  fakes['a']!.leaf.disconnect();
  fakes['b']!.leaf.reported = { leaf: 'a' };
  membership.setPlaces([first!]);
  await until(() => states().join() === 'a up placed');
  membership.setPlaces([first!, second!]);
  await until(() => states().sort().join() === 'a up placed,refused LEAF_NAME_TAKEN');
  fakes['a']!.leaf.close();
  await until(() => states().sort().join() === 'a up placed,down');
});

test('Membership: a leaf of another cluster is not used, and its catalog not taken', async (t) => {
  const { membership, places, states, until, catalogs } = await start(t, {
    a: { cluster: 'ours' },
    b: { cluster: 'theirs' },
    c: {},
  });
  assert.equal(membership.setCluster('ours'), true);
  places('a', 'b', 'c');
  await until(() => states().join() === 'a up placed,b refused LEAF_FOREIGN,c up placed');
  assert.equal(catalogs.length, 2);
});

test('Membership: while the log is down the first leaf says which cluster this is, and the log has the last word', async (t) => {
  const { membership, places, states, until } = await start(t, { a: { cluster: 'theirs' }, b: { cluster: 'ours' } });
  places('a');
  await until(() => states().join() === 'a up placed');
  places('a', 'b');
  await until(() => states().join() === 'a up placed,b refused LEAF_FOREIGN');
  assert.equal(membership.setCluster('ours'), false);
  await until(() => states().join() === 'a refused LEAF_FOREIGN,b up placed');
});

test('Membership: a leaf that is refused is not dialled without end', async (t) => {
  const { fakes, places, states, until } = await start(t, { a: { leaf: 'x' } });
  const { leaf } = fakes['a']!;
  places('a');
  await until(() => states().join() === 'a refused LEAF_MISNAMED');
  await sleep(1000);
  assert(leaf.accepted < 12, `${leaf.accepted} connections in a second`);
});

test('Membership: a leaf whose new life has a lower number is told, and has its place once it took a higher one', async (t) => {
  const { fakes, places, states, until } = await start(t, { a: { incarnation: 7, draining: true } });
  const { leaf } = fakes['a']!;
  places('a');
  await until(() => states().join() === 'a up');
  leaf.disconnect();
  leaf.reported = { leaf: 'a', incarnation: 3 };
  const known = (): number | undefined =>
    leaf.told.flatMap(({ peers }) => peers).find((each) => each.leaf === 'a')?.incarnation;
  await until(() => known() === 7);
  leaf.reported = { leaf: 'a', incarnation: 8 };
  await until(() => states().join() === 'a up placed');
});

test('Membership: a task for a leaf that is gone fails, and never before send returns', async (t) => {
  const { membership } = await start(t, {});
  const task = { kind: 'search' } as Parameters<Membership['send']>[1];
  let code: string | undefined;
  membership.send('nobody', task, (outcome) => (code = outcome.ok ? 'answered' : outcome.error.code));
  assert.equal(code, undefined);
  await sleep(5);
  assert.equal(code, 'LEAF_UNREACHABLE');
});
