/** What is restored of a place in object storage, and how it is refused: on real files, with a catalog over a log in memory. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { emptyCatalog, type CatalogState, type IndexDefinition } from '../../shared/catalog/catalog.ts';
import { storedCatalog } from '../../shared/catalog/stored-catalog.ts';
import { seal } from '../../shared/data-folder/sealed.ts';
import { SheafError } from '../../shared/errors.ts';
import { limits } from '../../shared/limits.ts';
import { BasedLog } from '../../shared/log/based-log.ts';
import { MemoryLog } from '../../shared/log/memory.ts';
import { openClaims, type ClaimsOptions } from '../../shared/snapshots/claims.ts';
import { keptSnapshotKey, writeKeptSnapshot } from '../../shared/snapshots/kept-snapshot.ts';
import { changeKeptTable } from '../../shared/snapshots/kept-table.ts';
import { ProvedPlace } from '../../shared/snapshots/proved-place.ts';
import { encodeShardManifest, fileKey, filesPrefix, manifestKey } from '../../shared/snapshots/shard-manifest.ts';
import { FolderStore } from '../../shared/storage/folder-store.ts';
import { TrieMap } from '../../shared/trie/trie-map.ts';
import { CatalogCopy } from '../catalog/catalog-copy.ts';
import { listRestorable, restoreIndex, restoreTemplate, unevenOf, type RestoreAsk } from './restore-index.ts';

const lost = 'the log that is lost';
const schema = { dynamic: 'strict', fields: {} } as const;
const books: IndexDefinition = { id: 'x0', name: 'books', kind: 'document', shards: 3, replicas: 2, schema };
const terms: IndexDefinition = { id: 'x1', name: 'terms', kind: 'term', shards: 2, replicas: 1, schema };
const full: IndexDefinition = { id: 'x2', name: 'full', kind: 'term', shards: 1, replicas: 1, schema };
const again: IndexDefinition = {
  ...books,
  id: 'x3-abcdefgh-rs',
  name: 'again',
  restored: { id: 'x0', log: 'one before', offsets: [5, 6, 7], base: 1000 },
  createdAtMs: 77,
  replacedAt: 3,
};
/** Of its shards, which had all something where it came from, one was stored since. */
const left: IndexDefinition = { ...again, id: 'x4-abcdefgh-rs', name: 'left' };
const target = { index: 'books', id: 'x0', write: true, filter: { match_all: {} } } as const;
const template = {
  name: 'daily',
  patterns: ['day-*'],
  priority: 1,
  definition: { kind: 'document', shards: 1, replicas: 1, schema },
  aliases: [],
} as const;
const catalog: CatalogState = {
  ...emptyCatalog,
  offset: 9,
  indexes: TrieMap.of([books, terms, full, again, left].map((index) => [index.name, index])),
  aliases: TrieMap.of([['library', { name: 'library', indexes: [target] }]]),
  templates: TrieMap.of([[template.name, template]]),
};
const any: RestoreAsk = { index: 'books', aliases: true };
const token = { log: lost, offset: 3, holder: 'leaf-0' };
/** By index and shard: up to where it is stored. */
const stored: [indexId: string, shard: number, offset: number][] = [
  ['x0', 0, 40],
  ['x0', 2, 60],
  ['x1', 0, 12],
  ['x1', 1, 10],
  ['x3-abcdefgh-rs', 0, 999],
  ['x3-abcdefgh-rs', 1, 999],
  ['x3-abcdefgh-rs', 2, 999],
  ['x4-abcdefgh-rs', 1, 999],
  ['x2', 0, limits.termOrdinalMax - limits.restoreGap],
];

let folder: string;
let places = 0;
before(async () => void (folder = await mkdtemp(join(tmpdir(), 'sheaf-restore-index-'))));
after(async () => await rm(folder, { recursive: true }));

function manifestOf(indexId: string, shard: number, offset: number) {
  const file = { name: 'manifest.json', key: `3-0-${'0'.repeat(16)}`, sizeBytes: 100, sha256: '0'.repeat(64) };
  const told = { documents: offset + 1, storedAtMs: 1000 + shard };
  return { formatVersion: 1, number: 1, token, indexId, shard, offset, ...told, files: [file] };
}

async function place(): Promise<FolderStore> {
  const store = new FolderStore(join(folder, `${places++}`));
  const manifest = { formatVersion: 1, number: 1, token, catalog: storedCatalog(catalog) };
  await store.swap('catalog', Buffer.from(seal(manifest)), null);
  for (const each of stored) {
    const [indexId, shard] = each;
    await store.swap(manifestKey({ indexId, shard }), encodeShardManifest(manifestOf(...each)), null);
  }
  return store;
}

function worldOf(store: FolderStore | null, isOwn = false) {
  const log = new BasedLog(new MemoryLog(() => 0, isOwn ? lost : 'now'));
  const copy = new CatalogCopy(log);
  const own = isOwn && store !== null ? { store, place: placeOf(store, log) } : null;
  return { catalog: copy, log, own, other: isOwn ? null : store, userTime: () => 5, random: () => 0 };
}

function placeOf(store: FolderStore, log: ClaimsOptions['log']): ProvedPlace {
  return new ProvedPlace(store, openClaims({ log, holder: 'root' }));
}

test('restoreIndex: what it is, up to where, and where it goes on', async () => {
  const world = worldOf(await place());
  const { made, offsets, bytes, aliases } = await restoreIndex(world, { index: 'books', aliases: true });
  assert.deepEqual([offsets, bytes, aliases], [[40, -1, 60], 200, ['library']]);
  const base = 61 + limits.restoreGap;
  const { id, ...definition } = made;
  const restored = { id: 'x0', log: lost, offsets: [40, -1, 60], base };
  const { id: _id, ...ofBefore } = books;
  assert.deepEqual(definition, { ...ofBefore, restored, createdAtMs: 5 });
  assert.match(id, new RegExp(`^x0-[0-9a-z]{8}-${base.toString(36)}$`));
  assert.deepEqual(await world.log.heads([`${id}/0`]), [base - 1]);
  assert.deepEqual(world.catalog.state.aliases.get('library')?.indexes, [{ ...target, id }]);
  world.catalog.close();
});

test('restoreIndex: under another name it comes into no alias; one that was restored before goes on above it all', async () => {
  const world = worldOf(await place());
  const { made: other, aliases } = await restoreIndex(world, { index: 'books', as: 'older', aliases: true });
  assert.deepEqual([other.name, aliases, world.catalog.state.aliases.size], ['older', [], 0]);
  const { made } = await restoreIndex(world, { index: 'again', aliases: true });
  assert.deepEqual([made.restored!.base, made.createdAtMs], [1000 + limits.restoreGap, 77]);
  assert.equal(made.replacedAt, undefined);
  world.catalog.close();
});

test('restoreIndex: a state that is restored again goes on elsewhere', async () => {
  const store = await place();
  const basesOf = async (name: string): Promise<number[]> => {
    const bases: number[] = [];
    for (const drawn of [0, 0.25, 0.999]) {
      const world = { ...worldOf(store), random: () => drawn };
      const { made } = await restoreIndex(world, { index: name, aliases: false });
      bases.push(made.restored!.base - limits.restoreGap);
      world.catalog.close();
    }
    return bases;
  };
  const { restoreSpread: spread } = limits;
  assert.deepEqual(await basesOf('books'), [61, 61 + spread / 4, 61 + Math.floor(spread * 0.999)]);
  // Offsets of a term index are ordinals, of which there are few.
  assert.deepEqual(await basesOf('terms'), [13, 13, 13]);
});

test('restoreIndex: shards of one that was restored, and not stored since, are not taken for empty', async () => {
  const world = worldOf(await place());
  await assert.rejects(restoreIndex(world, { index: 'left', aliases: true }), (error: SheafError) => {
    assert.deepEqual([error.code, error.detail['shards']], ['RESTORE_INCOMPLETE', [0, 2]]);
    return true;
  });
  assert.equal(world.catalog.state.indexes.get('left'), undefined);
  world.catalog.close();
});

test('restoreIndex: what a cluster stored before, where it stores no more, comes back as that of another would', async () => {
  const old = await place();
  for (const own of [null, await place()]) {
    const world = worldOf(own, true);
    const { made } = await restoreIndex({ ...world, other: old }, { index: 'books', as: 'older', aliases: true });
    assert.deepEqual([made.name, made.restored?.log, made.restored?.offsets], ['older', lost, [40, -1, 60]]);
    world.catalog.close();
  }
});

test('restoreIndex: the place of this cluster, named as another one too, goes on changing all the same', async () => {
  const own = await place();
  const world = { ...worldOf(own, true), other: new FolderStore(own.place.slice('file:'.length)) };
  await assert.rejects(restoreIndex(world, any), { code: 'RESTORE_NEEDS_SNAPSHOT' });
  world.catalog.close();
});

// Each row: who has claimed the place, and how it is told to a cluster whose own place it was.
for (const [claimed, log, code] of [
  ['a copy of this cluster', lost, 'STORAGE_TAKEN_OVER'],
  ['another cluster', 'another', 'STORAGE_FOREIGN'],
] as const) {
  test(`restoreIndex: nothing is listed, or restored, of the own place once ${claimed} has claimed it`, async () => {
    const store = await place();
    await placeOf(store, new MemoryLog(() => 0, log)).prove();
    const world = worldOf(store, true);
    await assert.rejects(listRestorable(world, undefined), { code });
    await assert.rejects(restoreIndex(world, { ...any, at: 'kept' }), { code });
    await assert.rejects(restoreTemplate(world, 'daily', undefined), { code });
    world.catalog.close();
  });
}

test('listRestorable: all there is, of how many documents and when, and what is not even', async () => {
  const world = worldOf(await place());
  const { indexes, templates } = await listRestorable(world, undefined);
  assert.deepEqual(
    indexes.map((each) => [each.index.name, each.offsets.join(' '), each.documents, each.storedAtMs, unevenOf(each)]),
    [
      ['again', '999 999 999', 3000, 1002, null],
      ['books', '40 -1 60', 102, 1002, null],
      ['full', `${stored.at(-1)![2]}`, stored.at(-1)![2] + 1, 1000, null],
      ['left', '-1 999 -1', 1000, 1001, null],
      // Each shard has all documents up to its offset.
      ['terms', '12 10', 13, 1001, { after: 10, upTo: 12 }],
    ],
  );
  assert.deepEqual(templates, ['daily']);
  await restoreTemplate(world, 'daily', undefined);
  assert.deepEqual(world.catalog.state.templates.get('daily'), template);
  world.catalog.close();
});

async function swap(store: FolderStore, key: string, bytes: Uint8Array): Promise<void> {
  await store.swap(key, bytes, (await store.read(key))!.version);
}

async function flip(store: FolderStore, key: string, from: string, to: string): Promise<void> {
  const text = Buffer.from((await store.read(key))!.bytes).toString();
  assert.ok(text.includes(from), text);
  await swap(store, key, Buffer.from(text.replace(from, to)));
}

const shardKey = manifestKey({ indexId: 'x0', shard: 2 });

/** What makes shard 2 of books one that cannot be restored, and how that is told. */
const damages: [name: string, change: (store: FolderStore) => Promise<void>, code: string][] = [
  [
    'its manifest was changed by hand',
    (store) => flip(store, shardKey, '"offset":60', '"offset":61'),
    'STORAGE_CORRUPT',
  ],
  [
    'its manifest is gone, and its files are there',
    async (store) => {
      const bytes = Buffer.from('a file');
      const key = fileKey(token, 0, { sizeBytes: bytes.length, sha256: '0'.repeat(64) });
      await store.swap(`${filesPrefix({ indexId: 'x0', shard: 2 })}${key}`, bytes, null);
      await store.remove([shardKey]);
    },
    'RESTORE_INCOMPLETE',
  ],
];
for (const [name, change, code] of damages) {
  test(`restoreIndex: of a shard, ${name}: the index is refused, listed beside the others, and restored without that shard where somebody says so`, async () => {
    const store = await place();
    await change(store);
    const world = worldOf(store);
    const { indexes } = await listRestorable(world, undefined);
    const told = indexes.map(({ index, offsets, faults }) => [
      index.name,
      offsets.join(' '),
      ...faults.map(({ shard, error }) => `${shard} ${error.code}`),
    ]);
    assert.deepEqual(told.slice(0, 2), [
      ['again', '999 999 999'],
      ['books', '40 -1 -1', `2 ${code}`],
    ]);
    assert.deepEqual(told.length, 5);
    await assert.rejects(restoreIndex(world, any), (error: SheafError) => {
      assert.deepEqual([error.code, error.detail['index'], error.detail['shards']], [code, 'books', [2]]);
      return true;
    });
    await assert.rejects(restoreIndex(world, { ...any, without: [0] }), { code });
    await assert.rejects(restoreIndex(world, { ...any, without: [2, 3] }), { code: 'RESTORE_SHARD_UNKNOWN' });
    assert.equal(world.catalog.state.indexes.size, 0);
    const { made } = await restoreIndex(world, { ...any, without: [2] });
    assert.deepEqual(made.restored?.offsets, [40, -1, -1]);
    // One whose manifest is whole, and a file of it perhaps is not.
    const { made: less, documents } = await restoreIndex(world, { ...any, as: 'less', without: [0, 2] });
    assert.deepEqual([less.restored?.offsets, documents], [[-1, -1, -1], 0]);
    world.catalog.close();
  });
}

test('restoreIndex: of shards that read one partition, one has no manifest only where it is lost', async () => {
  const store = await place();
  await store.remove([manifestKey({ indexId: 'x1', shard: 0 })]);
  const world = worldOf(store);
  await assert.rejects(restoreIndex(world, { index: 'terms', aliases: true }), (error: SheafError) => {
    assert.deepEqual([error.code, error.detail['shards']], ['RESTORE_INCOMPLETE', [0]]);
    return true;
  });
  world.catalog.close();
});

/** A snapshot that says it has a shard of books; of that nothing is kept. */
async function keep(store: FolderStore): Promise<void> {
  const told = { name: 'kept', id: 's1', createdAtMs: 1 };
  const shard = { indexId: 'x0', shard: 2, offset: 60, documents: 7 };
  await writeKeptSnapshot(store, {
    formatVersion: 1,
    ...told,
    log: lost,
    catalog: storedCatalog(catalog),
    shards: [shard],
  });
  const counts = { beat: 0, shards: 1, keptShards: 1, documents: 7, bytes: 0 };
  await changeKeptTable(store, () => [{ ...told, state: 'whole', ...counts }]);
}

interface Row {
  readonly situation: string;
  readonly change?: (store: FolderStore) => Promise<void>;
  readonly isOwn?: boolean;
  readonly ask?: Partial<RestoreAsk>;
  readonly code: string;
}

const rows: Row[] = [
  {
    situation: 'the place is empty',
    change: async (store) => await rm(store.place.slice('file:'.length), { recursive: true }),
    code: 'RESTORE_NOT_FOUND',
  },
  {
    situation: 'the catalog was changed by hand',
    change: async (store) => await flip(store, 'catalog', '"offset":9', '"offset":8'),
    code: 'STORAGE_CORRUPT',
  },
  {
    situation: 'the catalog is of a newer version',
    change: async (store) => await swap(store, 'catalog', Buffer.from(seal({ formatVersion: 2, more: true }))),
    code: 'DATA_VERSION_UNKNOWN',
  },
  {
    situation: 'a shard was changed by hand',
    change: async (store) => await flip(store, shardKey, '"offset":60', '"offset":61'),
    code: 'STORAGE_CORRUPT',
  },
  {
    situation: 'a shard is of a newer version',
    change: async (store) => await swap(store, shardKey, Buffer.from(seal({ formatVersion: 2, more: true }))),
    code: 'DATA_VERSION_UNKNOWN',
  },
  {
    situation: 'a shard is of another log',
    change: async (store) => {
      const manifest = { ...manifestOf('x0', 2, 60), number: 2, token: { ...token, log: 'a third' } };
      await swap(store, shardKey, encodeShardManifest(manifest));
    },
    code: 'STORAGE_FOREIGN',
  },
  {
    situation: 'the table of snapshots was changed by hand',
    change: async (store) => {
      await keep(store);
      await flip(store, 'kept', '"documents":7', '"documents":8');
    },
    ask: { at: 'kept' },
    code: 'STORAGE_CORRUPT',
  },
  {
    situation: 'the table of snapshots is of a newer version',
    change: async (store) => {
      await keep(store);
      await swap(store, 'kept', Buffer.from(seal({ formatVersion: 2, more: true })));
    },
    ask: { at: 'kept' },
    code: 'DATA_VERSION_UNKNOWN',
  },
  {
    situation: 'a snapshot that is kept was changed by hand',
    change: async (store) => {
      await keep(store);
      await flip(store, keptSnapshotKey('s1'), '"offset":60', '"offset":61');
    },
    ask: { at: 'kept' },
    code: 'STORAGE_CORRUPT',
  },
  {
    situation: 'a snapshot that is kept is of a newer version',
    change: async (store) => {
      await keep(store);
      await swap(store, keptSnapshotKey('s1'), Buffer.from(seal({ formatVersion: 2, more: true })));
    },
    ask: { at: 'kept' },
    code: 'DATA_VERSION_UNKNOWN',
  },
  {
    situation: 'a snapshot that is kept is gone',
    change: async (store) => {
      await keep(store);
      await store.remove([keptSnapshotKey('s1')]);
    },
    ask: { at: 'kept' },
    code: 'STORAGE_MISSING',
  },
  {
    situation: 'a shard that is kept is gone',
    change: async (store) => await keep(store),
    ask: { at: 'kept' },
    code: 'STORAGE_MISSING',
  },
  { situation: 'there is no such index', ask: { index: 'films' }, code: 'RESTORE_NOT_FOUND' },
  { situation: 'there is no such snapshot', ask: { at: 'never' }, code: 'SNAPSHOT_NOT_FOUND' },
  { situation: 'the name is none', ask: { as: 'No Name' }, code: 'INDEX_NAME_INVALID' },
  { situation: 'no ordinals are left', ask: { index: 'full' }, code: 'INDEX_FULL' },
  { situation: 'it is what this cluster stored last', isOwn: true, code: 'RESTORE_NEEDS_SNAPSHOT' },
];
for (const { situation, change, isOwn, ask, code } of rows) {
  test(`restoreIndex: ${situation}`, async () => {
    const store = await place();
    await change?.(store);
    const world = worldOf(store, isOwn);
    await assert.rejects(restoreIndex(world, { ...any, ...ask }), { code });
    assert.equal(world.catalog.state.indexes.size, 0);
    world.catalog.close();
  });
}

test('restoreIndex: no place was named', async () => {
  const world = worldOf(null);
  await assert.rejects(restoreIndex(world, any), { code: 'SNAPSHOTS_NOT_KEPT' });
  world.catalog.close();
});

test('restoreIndex: its name, or one of its aliases, is in use', async () => {
  const world = worldOf(await place());
  await restoreIndex(world, any);
  await assert.rejects(restoreIndex(world, any), { code: 'NAME_TAKEN' });
  await assert.rejects(restoreIndex(world, { ...any, as: 'library' }), { code: 'NAME_TAKEN' });
  await world.catalog.append('books', { change: 'delete', id: world.catalog.state.indexes.get('books')!.id });
  const { made } = await restoreIndex(world, { index: 'terms', as: 'films', aliases: true });
  await world.catalog.append('_aliases', {
    change: 'setAliases',
    actions: [{ action: 'add', alias: 'library', target: { index: 'films', id: made.id, write: true } }],
  });
  await assert.rejects(restoreIndex(world, any), { code: 'ALIAS_TWO_WRITE_INDEXES' });
  assert.equal((await restoreIndex(world, { ...any, aliases: false })).made.name, 'books');
  world.catalog.close();
});
