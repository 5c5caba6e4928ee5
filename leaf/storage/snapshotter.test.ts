/** What a leaf does in each round about the place in object storage itself. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { MemoryLog } from '../../shared/log/memory.ts';
import { openClaims } from '../../shared/snapshots/claims.ts';
import { ProvedPlace } from '../../shared/snapshots/proved-place.ts';
import { readManifest } from '../../shared/snapshots/read-manifest.ts';
import { SheafError } from '../../shared/errors.ts';
import type { HeldLease } from '../../shared/lease/leases.ts';
import { FolderStore } from '../../shared/storage/folder-store.ts';
import { silentTelemetry } from '../../shared/telemetry/telemetry.ts';
import { encodeManifest } from '../indexing/manifest.ts';
import { Snapshotter } from './snapshotter.ts';

const folder = mkdtempSync(join(tmpdir(), 'sheaf-snapshotter-'));
after(() => rmSync(folder, { recursive: true }));

const never = (): never => assert.fail('there is nothing to store');

test('Snapshotter: a folder that is gone is told, and not begun anew', async (t) => {
  const path = join(folder, 'mounted');
  const store = new FolderStore(path);
  const { promise: rounds, resolve: enough } = Promise.withResolvers<void>();
  let failures = 0;
  const place = new ProvedPlace(store, openClaims({ log: new MemoryLog(() => 0), holder: 'leaf' }));
  const snapshotter = new Snapshotter({
    store,
    place,
    leases: { acquire: never, all: () => null, stopped: null, close: () => undefined },
    holds: { hold: never, use: never, release: never },
    replicas: () => [],
    hasLog: () => true,
    headOf: async () => 9,
    timeOfDay: () => 12_345,
    telemetry: silentTelemetry,
    admit: async () => Promise.resolve(),
    intervalMs: 5,
    onStored: never,
    onFailed: () => {
      if (++failures === 3) enough();
    },
    onSeen: never,
  });
  t.after(() => snapshotter.close());
  while ((await store.read('cluster')) === null) await new Promise((resolve) => void setTimeout(resolve, 5));
  assert.equal(failures, 0);
  rmSync(path, { recursive: true });
  await rounds;
  assert.equal(existsSync(path), false);
});

const nothing = { offset: -1, documents: 0, storedAtMs: 0 };

// Each row: how sending the files ends, and up to where the store then has the shard.
for (const [ends, stored] of [
  ['well', 9],
  ['with a fault', -1],
] as const) {
  test(`Snapshotter: the files are held while they are sent, and let go once; it ends ${ends}`, async (t) => {
    const files = join(folder, `held-${stored}`);
    mkdirSync(files);
    const shard = { indexId: 'x0', shard: 0 };
    const segments = [3, 4].map((liveCount, id) => ({ id, checksum: '0'.repeat(16), deleted: null, liveCount }));
    const manifest = encodeManifest({ formatVersion: 1, ...shard, offset: 9, complete: true, segments });
    for (const [name, content] of [
      ['1.segment', Buffer.alloc(3 * 1024 * 1024)],
      ['manifest.json', manifest],
    ] as const) {
      writeFileSync(join(files, name), content);
    }
    const lease: HeldLease = {
      name: 'n',
      token: { log: 'memory', offset: 1, holder: 'leaf' },
      signal: new AbortController().signal,
      isHeld: () => true,
      require: () => lease.token,
      release: () => void acts.push('lease released'),
    };
    const acts: string[] = [];
    const { promise: released, resolve } = Promise.withResolvers<void>();
    const store = new FolderStore(join(folder, `stored-${stored}`));
    const use = (id: string, name: string) => {
      acts.push(`use ${id} ${name}`);
      const path = join(files, name);
      return { name, path, sizeBytes: statSync(path).size };
    };
    let replicas = [{ ...shard, offset: 9, rank: 0 }];
    const snapshotter: Snapshotter = new Snapshotter({
      store,
      place: { prove: async () => true, renew: async () => undefined, confirm: async () => undefined },
      leases: { acquire: async () => lease, all: () => null, stopped: null, close: never },
      holds: {
        hold: async () => {
          acts.push('hold');
          replicas = [];
          return { id: 'h', files: ['1.segment', 'manifest.json'].map((name) => ({ name, sizeBytes: 1 })) };
        },
        use,
        release: async (id) => {
          acts.push(`release ${id}`);
          resolve();
        },
      },
      replicas: () => replicas,
      hasLog: () => true,
      headOf: async () => 9,
      timeOfDay: () => 12_345,
      telemetry: silentTelemetry,
      admit: async () => {
        acts.push('piece');
        if (stored === -1) throw new Error('the disk is broken');
      },
      intervalMs: 5,
      onStored: () => undefined,
      onFailed: () => undefined,
      onSeen: () => undefined,
    });
    t.after(() => snapshotter.close());
    await released;
    await snapshotter.close();
    const { offset, documents, storedAtMs } = (await readManifest(store, shard))?.manifest ?? nothing;
    assert.deepEqual([offset, documents, storedAtMs], stored === -1 ? [-1, 0, 0] : [9, 7, 12_345]);
    // Each piece says anew that the hold is wanted, before it waits for its turn.
    const pieces = stored === -1 ? 1 : 4;
    assert.deepEqual(acts, [
      'hold',
      'use h 1.segment',
      'use h manifest.json',
      'use h manifest.json',
      ...Array.from({ length: pieces }, () => ['use h manifest.json', 'piece']).flat(),
      'release h',
      'lease released',
    ]);
  });
}

test('Snapshotter: two troubles that take turns are told once each, and again once they were over', async (t) => {
  const told: string[] = [];
  const turns = ['A', 'B', 'A', 'B', '', 'A'].map((code) => {
    return code === 'A' ? 'STORAGE_UNAVAILABLE' : code === 'B' ? 'STORAGE_REFUSED' : null;
  });
  const { promise: over, resolve } = Promise.withResolvers<void>();
  const error = (fields: object): void => void told.push((fields as { error: { code: string } }).error.code);
  const snapshotter = new Snapshotter({
    store: new FolderStore(join(folder, 'turns')),
    place: {
      prove: async () => {
        const code = turns.shift();
        if (turns.length === 0) resolve();
        if (typeof code === 'string') throw new SheafError(code);
        return false;
      },
      confirm: async () => undefined,
      renew: async () => undefined,
    },
    leases: { acquire: never, all: () => null, stopped: null, close: () => undefined },
    holds: { hold: never, use: never, release: never },
    replicas: () => [],
    hasLog: () => true,
    headOf: async () => 9,
    timeOfDay: () => 12_345,
    telemetry: { ...silentTelemetry, error },
    admit: async () => undefined,
    intervalMs: 2,
    onStored: never,
    onFailed: () => undefined,
    onSeen: never,
  });
  t.after(() => snapshotter.close());
  await over;
  await snapshotter.close();
  assert.deepEqual(told, ['STORAGE_UNAVAILABLE', 'STORAGE_REFUSED', 'STORAGE_UNAVAILABLE']);
});
