/** What a leaf takes of a shard that is restored, where object storage has it, has it no more, or has another; on real files. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { keepShard } from '../../shared/snapshots/kept-shard.ts';
import { readManifest } from '../../shared/snapshots/read-manifest.ts';
import { encodeShardManifest, manifestKey } from '../../shared/snapshots/shard-manifest.ts';
import { FolderStore } from '../../shared/storage/folder-store.ts';
import { silentTelemetry } from '../../shared/telemetry/telemetry.ts';
import { decodeManifest, encodeManifest } from '../indexing/manifest.ts';
import { RestoredShards } from './restored-shards.ts';
import { storeShard } from './store-shard.ts';

const old = { indexId: 'x0-abcdefgh', shard: 1 };
const base = 1000;
const restored = { id: old.indexId, log: 'of before', offsets: [-1, 9], base };
const place = { indexId: 'x4-ijklmnop-rs', shard: 1, kind: 'term', restored } as const;
const { signal } = new AbortController();

let folder: string;
before(async () => void (folder = await mkdtemp(join(tmpdir(), 'sheaf-restored-'))));
after(async () => await rm(folder, { recursive: true }));

/** Stores the shard as the index before had it: its manifest and a file. */
async function store(path: string, offset: number): Promise<void> {
  const manifest = encodeManifest({ formatVersion: 1, ...old, kind: 'term', offset, complete: false, segments: [] });
  const contents = { 'manifest.json': manifest, '1.segment': 'what a segment has' };
  const files = await Promise.all(
    Object.entries(contents).map(async ([name, content]) => {
      await writeFile(join(folder, name), content);
      const sha256 = createHash('sha256').update(content).digest('hex');
      return { name, path: join(folder, name), sizeBytes: content.length, sha256 };
    }),
  );
  const require = () => ({ log: restored.log, offset: offset + 3, holder: 'leaf-0' });
  const confirm = async (): Promise<void> => undefined;
  const told = { documents: 1, timeOfDay: () => 0 };
  await storeShard({ ...old, store: new FolderStore(path), offset, ...told, files, require, confirm, signal });
}

const shardFolder = (path: string): string => join(path, 'indexes', old.indexId, '1');
const manifestOf = (path: string): string => join(shardFolder(path), 'manifest.versions', '1'.padStart(16, '0'));

async function keep(stored: string): Promise<void> {
  const where = { store: new FolderStore(stored), ...old, snapshotId: 'kept-1', log: restored.log };
  assert.equal((await keepShard(where))?.offset, 9);
}

interface Row {
  readonly situation: string;
  readonly change?: (stored: string) => Promise<void>;
  readonly shard?: number;
  /** Where it is looked for; `other` where left out. */
  readonly stands?: 'own' | 'other';
  /** There is another place, with nothing in it. */
  readonly besideEmpty?: boolean;
  /** Of the leaf. */
  readonly log?: string;
  /** Id of the snapshot that it is restored from. */
  readonly snapshot?: string;
  /** Undefined: a folder is there. */
  readonly code?: string;
}

const rows: Row[] = [
  { situation: 'it is whole, in the place of a cluster that is lost' },
  { situation: 'a snapshot that is kept has it', change: keep, snapshot: 'kept-1', stands: 'own', log: restored.log },
  {
    situation: 'a snapshot that is kept has it, where this cluster stored before',
    change: keep,
    snapshot: 'kept-1',
    besideEmpty: true,
    log: restored.log,
  },
  {
    situation: 'a snapshot that is kept has it, beside a place where this cluster stored before',
    change: keep,
    snapshot: 'kept-1',
    stands: 'own',
    besideEmpty: true,
    log: restored.log,
  },
  { situation: 'it is whole, where this cluster stored before', besideEmpty: true, log: restored.log },
  { situation: 'it is whole, where this cluster stored before, and it has no place now', log: restored.log },
  { situation: 'nothing of it was stored', shard: 0 },
  { situation: 'no place of another cluster was named', stands: 'own', code: 'RESTORE_SOURCE_UNKNOWN' },
  {
    situation: 'it is what this cluster stored last',
    stands: 'own',
    log: restored.log,
    code: 'RESTORE_SOURCE_UNKNOWN',
  },
  {
    situation: 'what is kept of this log is at neither place',
    stands: 'own',
    besideEmpty: true,
    log: restored.log,
    snapshot: 'kept-1',
    code: 'RESTORE_SOURCE_CHANGED',
  },
  {
    situation: 'it was stored again since',
    change: async (stored) => await store(stored, 12),
    code: 'RESTORE_SOURCE_CHANGED',
  },
  {
    situation: 'it was stored again since, and a snapshot that is kept has it',
    change: async (stored) => {
      await keep(stored);
      await store(stored, 12);
    },
    snapshot: 'kept-1',
  },
  { situation: 'the snapshot is gone', snapshot: 'kept-1', code: 'RESTORE_SOURCE_CHANGED' },
  {
    situation: 'the place is empty',
    change: async (stored) => await rm(stored, { recursive: true }),
    code: 'RESTORE_SOURCE_CHANGED',
  },
  {
    situation: 'another log had it there',
    change: async (stored) => {
      const found = (await readManifest(new FolderStore(stored), old))!;
      const token = { log: 'another', offset: 12, holder: 'leaf-0' };
      const changed = encodeShardManifest({ ...found.manifest, number: 2, token });
      await new FolderStore(stored).swap(manifestKey(old), changed, found.version);
    },
    code: 'RESTORE_SOURCE_CHANGED',
  },
  {
    situation: 'its manifest was changed by hand',
    change: async (stored) => {
      const path = manifestOf(stored);
      await writeFile(path, (await readFile(path, 'utf8')).replace('"offset":9', '"offset":8'));
    },
    code: 'STORAGE_CORRUPT',
  },
  {
    situation: 'a file is gone',
    change: async (stored) => {
      for (const name of await readdir(join(shardFolder(stored), 'files'))) {
        await rm(join(shardFolder(stored), 'files', name));
      }
    },
    code: 'STORAGE_MISSING',
  },
];

for (const [number, row] of rows.entries()) {
  const { situation, change, shard = 1, stands = 'other', besideEmpty = false, log = 'of now', snapshot, code } = row;
  test(`RestoredShards: ${situation}`, async () => {
    const stored = join(folder, `stored-${number}`);
    await store(stored, 9);
    await change?.(stored);
    const counted = { failed: 0, bytes: -1 };
    const beside = besideEmpty ? new FolderStore(join(folder, `empty-${number}`)) : null;
    const at = (kind: 'own' | 'other') => (stands === kind ? new FolderStore(stored) : beside);
    const shards = new RestoredShards(
      {
        own: at('own'),
        other: at('other'),
        bytesPerSecond: 1e9,
        clock: { now: () => 0 },
        sleep: async () => undefined,
      },
      {
        log: () => log,
        folder: join(folder, `taken-${number}`),
        telemetry: silentTelemetry,
        onFetched: (bytes) => void (counted.bytes = bytes),
        onFetchFailed: () => void counted.failed++,
      },
    );
    const from = snapshot === undefined ? restored : { ...restored, snapshot };
    const take = shards.take({ ...place, restored: from, shard }, signal);
    if (code !== undefined) {
      await assert.rejects(take, { code });
      assert.deepEqual(await readdir(join(folder, `taken-${number}`)).catch(() => []), []);
      assert.deepEqual(counted, { failed: 1, bytes: -1 });
      return;
    }
    const taken = await take;
    const text = await readFile(join(taken, 'manifest.json'), 'utf8');
    const manifest = decodeManifest(text, { indexId: place.indexId, shard });
    assert.deepEqual([manifest.offset, manifest.complete, manifest.kind], [base - 1, true, 'term']);
    assert.deepEqual((await readdir(taken)).sort(), shard === 0 ? ['manifest.json'] : ['1.segment', 'manifest.json']);
  });
}
