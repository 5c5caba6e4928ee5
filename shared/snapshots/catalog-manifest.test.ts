/** The manifest of the catalog over a folder: who replaces it, and what is refused when it is read. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { applyCatalogEntry, emptyCatalog, type CatalogState } from '../catalog/catalog.ts';
import { readStoredCatalog } from '../catalog/stored-catalog.ts';
import { seal } from '../data-folder/sealed.ts';
import { FolderStore } from '../storage/folder-store.ts';
import { catalogManifestKey, readCatalogManifest, storeCatalog } from './catalog-manifest.ts';

const folder = mkdtempSync(join(tmpdir(), 'sheaf-catalog-'));
after(() => rmSync(folder, { recursive: true }));

const definition = { kind: 'document', shards: 2, replicas: 1, schema: { dynamic: false, fields: {} } };

/** With an index of which the entry has this offset. */
function stateAt(offset: number): CatalogState {
  const body = Buffer.from(JSON.stringify({ change: 'create', definition, atMs: 5 }));
  return applyCatalogEntry(emptyCatalog, offset, 'books', body);
}

// Each row: what the store has, as OFFSET under TOKEN, then what comes, and what it has after that or how that is refused.
const rows: [name: string, before: string | null, comes: string, after: string][] = [
  ['the first', null, '3 under 5', '3 under 5, number 1'],
  ['a later state', '3 under 5', '4 under 5', '4 under 5, number 2'],
  ['the same again', '3 under 5', '3 under 5', '3 under 5, number 1'],
  ['the same state of who holds the lease now', '3 under 5', '3 under 7', '3 under 7, number 2'],
  ['an older state never', '3 under 5', '2 under 7', '3 under 5, number 1'],
  ['a later state of a holder of before never', '3 under 5', '4 under 4', 'LEASE_FENCED'],
  ['another log never', '3 under 5', '4 under 9 of another', 'LEASE_OF_OTHER_LOG'],
];

for (const [i, [name, before, comes, expected]] of rows.entries()) {
  test(`storeCatalog: ${name}`, async () => {
    const store = new FolderStore(join(folder, String(i)));
    const put = async (text: string): Promise<string> => {
      const [, offset, token, log = 'log-1'] = /^(\d+) under (\d+)(?: of (\w+))?$/.exec(text)!;
      const require = () => ({ log, offset: Number(token), holder: 'root-1' });
      return await storeCatalog({ store, require, state: stateAt(Number(offset)) }).then(
        ({ manifest }) => `${manifest.catalog.offset} under ${manifest.token.offset}, number ${manifest.number}`,
        (error: { code: string }) => error.code,
      );
    };
    if (before !== null) await put(before);
    assert.equal(await put(comes), expected);
    if (!expected.includes('number')) return;
    const { manifest } = (await readCatalogManifest(store))!;
    assert.deepEqual(readStoredCatalog(manifest.catalog), stateAt(manifest.catalog.offset));
    assert.equal(readStoredCatalog(manifest.catalog).indexes.size, 1);
  });
}

// Each row: what is there, and how it is refused.
const refused: [name: string, text: string, code: string][] = [
  ['a byte is another', seal({ formatVersion: 1 }).replace('1}', '2}'), 'STORAGE_CORRUPT'],
  ['it is no manifest', seal({ formatVersion: 1, number: 1 }), 'STORAGE_CORRUPT'],
  ['a newer version wrote it', seal({ formatVersion: 2, whatever: true }), 'DATA_VERSION_UNKNOWN'],
];
for (const [i, [name, text, code]] of refused.entries()) {
  test(`readCatalogManifest: ${name}`, async () => {
    const store = new FolderStore(join(folder, `refused-${i}`));
    assert.equal(await readCatalogManifest(store), null);
    await store.swap(catalogManifestKey, Buffer.from(text), null);
    await assert.rejects(readCatalogManifest(store), { code });
    const require = () => ({ log: 'log-1', offset: 9, holder: 'root-1' });
    await assert.rejects(storeCatalog({ store, require, state: stateAt(9) }), { code });
  });
}
