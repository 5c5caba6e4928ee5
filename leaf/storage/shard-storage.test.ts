/** What a leaf takes from object storage where that is whole, has nothing, or was tampered with; on real files. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { FolderStore } from '../../shared/storage/folder-store.ts';
import { silentTelemetry } from '../../shared/telemetry/telemetry.ts';
import { keepShards, type ShardStorage } from './shard-storage.ts';
import { storeShard } from './store-shard.ts';

const place = { indexId: 'x0', shard: 3 };
const { signal } = new AbortController();
const content = 'what a segment has';

let folder: string;
before(async () => void (folder = await mkdtemp(join(tmpdir(), 'sheaf-take-'))));
after(async () => await rm(folder, { recursive: true }));

/** The path of the last version of the manifest, and of the one file that it names. */
async function pathsOf(stored: string): Promise<{ manifest: string; file: string }> {
  const shard = join(stored, 'indexes', 'x0', '3');
  const [file] = await readdir(join(shard, 'files'));
  return {
    manifest: join(shard, 'manifest.versions', '1'.padStart(16, '0')),
    file: join(shard, 'files', file!),
  };
}

async function replace(path: string, from: string, to: string): Promise<void> {
  await writeFile(path, (await readFile(path, 'utf8')).replace(from, to));
}

interface Row {
  readonly situation: string;
  readonly change: (stored: string) => Promise<void>;
  /** Of the leaf. */
  readonly log?: string | null;
  /** Undefined: the files are there. */
  readonly code?: string;
  /** Fetches that count as failed. */
  readonly failed: number;
}

const rows: Row[] = [
  { situation: 'it is whole', change: async () => undefined, failed: 0 },
  { situation: 'it is whole, and the leaf has met no log', change: async () => undefined, log: null, failed: 0 },
  {
    situation: 'nothing is stored, as of a new shard',
    change: async (stored) => await rm(stored, { recursive: true }),
    code: 'STORAGE_MISSING',
    failed: 0,
  },
  {
    situation: 'the manifest was changed by hand',
    change: async (stored) => await replace((await pathsOf(stored)).manifest, '"offset":9', '"offset":8'),
    code: 'STORAGE_CORRUPT',
    failed: 1,
  },
  {
    situation: 'the manifest is cut off',
    change: async (stored) => await writeFile((await pathsOf(stored)).manifest, '{"checksum":'),
    code: 'STORAGE_CORRUPT',
    failed: 1,
  },
  {
    situation: 'a file has other content of the same length',
    change: async (stored) => await replace((await pathsOf(stored)).file, 'what', 'that'),
    code: 'STORAGE_CORRUPT',
    failed: 1,
  },
  {
    situation: 'a file is shorter',
    change: async (stored) => await replace((await pathsOf(stored)).file, 'what', ''),
    code: 'STORAGE_CORRUPT',
    failed: 1,
  },
  {
    situation: 'a file is gone',
    change: async (stored) => await rm((await pathsOf(stored)).file),
    code: 'STORAGE_MISSING',
    failed: 1,
  },
  {
    situation: 'the shard is of another log',
    change: async () => undefined,
    log: 'another',
    code: 'STORAGE_FOREIGN',
    failed: 1,
  },
];

for (const [number, { situation, change, log = 'log-1', code, failed }] of rows.entries()) {
  test(`take: ${situation}`, async () => {
    const stored = join(folder, `stored-${number}`);
    const store = new FolderStore(stored);
    const path = join(folder, `segment-${number}`);
    await writeFile(path, content);
    const sha256 = createHash('sha256').update(content).digest('hex');
    await storeShard({
      ...place,
      store,
      offset: 9,
      files: [{ name: '1.segment', path, sizeBytes: content.length, sha256 }],
      require: () => ({ log: 'log-1', offset: 4, holder: 'leaf-0' }),
      confirm: async () => undefined,
      documents: 1,
      timeOfDay: () => 0,
      signal,
    });
    await change(stored);
    const counted = { failed: 0, bytes: 0 };
    const storage = keep(store, log, join(folder, `taken-${number}`), counted);
    try {
      if (code === undefined) {
        const taken = await storage.take(place, signal);
        assert.equal(await readFile(join(taken, '1.segment'), 'utf8'), content);
      } else {
        await assert.rejects(storage.take(place, signal), { code });
        assert.deepEqual(await readdir(join(folder, `taken-${number}`)).catch(() => []), []);
      }
      assert.deepEqual(counted, { failed, bytes: code === undefined ? content.length : 0 });
    } finally {
      await storage.close();
    }
  });
}

/** What a leaf has of the store, which has met `log`; of rounds there are none in this time. */
function keep(
  store: FolderStore,
  log: string | null,
  taken: string,
  counted: { failed: number; bytes: number },
): ShardStorage {
  const unused = (): never => assert.fail('nothing is stored here');
  return keepShards(
    {
      store,
      claims: {
        add: unused,
        unsettled: unused,
        settle: unused,
        // As of a log that has the claim.
        ownerOf: async () => 'ours',
      },
      leases: { acquire: unused, all: unused, stopped: null, close: unused },
      intervalMs: 1e9,
      bytesPerSecond: 1e9,
      clock: { now: () => 0 },
      sleep: async () => undefined,
      timeOfDay: () => 0,
    },
    {
      holds: { hold: unused, use: unused, release: unused },
      replicas: () => [],
      headOf: unused,
      log: () => log,
      folder: taken,
      telemetry: silentTelemetry,
      onFetched: (bytes) => void (counted.bytes += bytes),
      onFetchFailed: () => void counted.failed++,
      onStored: unused,
      onStoreFailed: unused,
      onSeen: unused,
    },
  );
}
