/** What a leaf does in each round about the place in object storage itself. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { MemoryLog } from '../../shared/log/memory.ts';
import { openClaims } from '../../shared/snapshots/claims.ts';
import { ProvedPlace } from '../../shared/snapshots/proved-place.ts';
import { FolderStore } from '../../shared/storage/folder-store.ts';
import { silentTelemetry } from '../../shared/telemetry/telemetry.ts';
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
