/** Which root keeps the catalog in object storage, and when, over a folder and a log in memory. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../shared/clock/clock.ts';
import { systemTimers } from '../../shared/clock/timers.ts';
import { openLeases } from '../../shared/lease/leases.ts';
import { MemoryLog } from '../../shared/log/memory.ts';
import { parseIndexBody } from '../../shared/schema/parse.ts';
import { readCatalogManifest } from '../../shared/snapshots/catalog-manifest.ts';
import { changeKeptTable, readKeptTable } from '../../shared/snapshots/kept-table.ts';
import { openClaims } from '../../shared/snapshots/claims.ts';
import { ProvedPlace } from '../../shared/snapshots/proved-place.ts';
import { FolderStore } from '../../shared/storage/folder-store.ts';
import { silentTelemetry } from '../../shared/telemetry/telemetry.ts';
import { CatalogCopy } from '../catalog/catalog-copy.ts';
import { defineIndex } from '../catalog/define-index.ts';
import { CatalogKeeper } from './catalog-keeper.ts';

const folder = mkdtempSync(join(tmpdir(), 'sheaf-keeper-'));
after(() => rmSync(folder, { recursive: true }));

const onRemoved = (): void => undefined;
const body = parseIndexBody({ shards: 1, schema: { fields: { n: { kind: 'integer' } } } });
const parts = { clock: systemClock, timers: systemTimers(systemClock), telemetry: silentTelemetry };

test('CatalogKeeper: of two roots one stores what has changed, and the other once that is gone', async () => {
  const log = new MemoryLog(() => 0);
  const store = new FolderStore(join(folder, 'two'));
  const stored: string[] = [];
  const start = (name: string) => {
    const leases = openLeases({ ...parts, log, holder: name });
    const catalog = new CatalogCopy(log);
    const onStored = (): void => void stored.push(name);
    const onFailed = (): void => assert.fail('it can be stored');
    const place = new ProvedPlace(store, openClaims({ log, holder: name }));
    const keeper = new CatalogKeeper({
      ...parts,
      store,
      place,
      leases,
      catalog,
      intervalMs: 10,
      onStored,
      onFailed,
      onRemoved,
    });
    const close = async (): Promise<void> => {
      await keeper.close();
      leases.close();
      catalog.close();
    };
    return { catalog, close };
  };
  const until = async (offset: number): Promise<void> => {
    while (((await readCatalogManifest(store))?.manifest.catalog.offset ?? -1) < offset) await sleep(5);
  };
  const [a, b] = [start('a'), start('b')];
  await sleep(50);
  assert.equal(await store.read('cluster'), null, 'without an index nothing is stored');
  await defineIndex(a.catalog, 'first', body);
  await until(0);
  await defineIndex(b.catalog, 'second', body);
  await until(1);
  await sleep(50);
  assert.equal(new Set(stored).size, 1, 'by one of them');
  assert.equal(stored.length, 2, 'once for each change');
  const [first, other] = stored[0] === 'a' ? [a, b] : [b, a];
  const before = (await readCatalogManifest(store))!.manifest;
  await first.close();
  await defineIndex(other.catalog, 'third', body);
  await until(2);
  const { manifest } = (await readCatalogManifest(store))!;
  assert.ok(manifest.token.offset > before.token.offset);
  assert.deepEqual(Object.keys(manifest.catalog.indexes).sort(), ['first', 'second', 'third']);
  await other.close();
});

test('CatalogKeeper: a place that is another cluster’s is told, and nothing is written there', async () => {
  const log = new MemoryLog(() => 0, 'ours');
  const path = join(folder, 'foreign');
  const theirs = new MemoryLog(() => 0, 'theirs');
  const { promise: failed, resolve } = Promise.withResolvers<void>();
  const start = (of: MemoryLog, onStored: () => void, onFailed: () => void) => {
    const leases = openLeases({ ...parts, log: of, holder: 'root' });
    const catalog = new CatalogCopy(of);
    const store = new FolderStore(path);
    const place = new ProvedPlace(store, openClaims({ log: of, holder: 'root' }));
    const keeper = new CatalogKeeper({
      ...parts,
      store,
      place,
      leases,
      catalog,
      intervalMs: 10,
      onStored,
      onFailed,
      onRemoved,
    });
    const close = async (): Promise<void> => {
      await keeper.close();
      leases.close();
      catalog.close();
    };
    return { catalog, close };
  };
  const { promise: stored, resolve: onStored } = Promise.withResolvers<void>();
  const other = start(theirs, onStored, () => assert.fail('it is theirs'));
  await defineIndex(other.catalog, 'books', body);
  await stored;
  const us = start(log, () => assert.fail('it is not ours'), resolve);
  await defineIndex(us.catalog, 'films', body);
  await failed;
  await Promise.all([us.close(), other.close()]);
  const { manifest } = (await readCatalogManifest(new FolderStore(path)))!;
  assert.deepEqual(Object.keys(manifest.catalog.indexes), ['books']);
});

test('CatalogKeeper: a snapshot whose root is gone has failed a minute later, long before anything is swept', async () => {
  let passedMs = 0;
  const clock = { now: () => systemClock.now() + passedMs };
  const log = new MemoryLog(() => 0);
  const store = new FolderStore(join(folder, 'gone'));
  const read = store.read.bind(store);
  const looks: string[] = [];
  store.read = async (key) => {
    if (key === 'kept') looks.push(key);
    return await read(key);
  };
  const world = { clock, timers: systemTimers(clock), telemetry: silentTelemetry };
  const leases = openLeases({ ...world, log, holder: 'root' });
  const catalog = new CatalogCopy(log);
  const place = new ProvedPlace(store, openClaims({ log, holder: 'root' }));
  const unused = (): never => assert.fail('it can be stored, and nothing is swept');
  const keeper = new CatalogKeeper({
    ...world,
    store,
    place,
    leases,
    catalog,
    intervalMs: 10,
    onStored: () => undefined,
    onFailed: unused,
    onRemoved: unused,
  });
  await defineIndex(catalog, 'first', body);
  const counts = { createdAtMs: 0, beat: 3, shards: 1, keptShards: 0, documents: 0, bytes: 0 };
  await changeKeptTable(store, () => [{ name: 'n', id: 'a', state: 'making', ...counts }]);
  const seen = looks.length;
  while (looks.length < seen + 2) await sleep(5);
  passedMs = 60_000;
  const stateNow = async (): Promise<string> => (await readKeptTable(store)).map(({ state }) => state).join();
  while ((await stateNow()) === 'making') await sleep(5);
  assert.equal(await stateNow(), 'failed');
  await keeper.close();
  leases.close();
  catalog.close();
});
