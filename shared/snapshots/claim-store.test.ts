/** Whose a place in object storage is, over a folder. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { FolderStore } from '../storage/folder-store.ts';
import { checkClaim, claimStore } from './claim-store.ts';

const folder = mkdtempSync(join(tmpdir(), 'sheaf-claim-'));
after(() => rmSync(folder, { recursive: true }));

// Each row: whose the place is first, what becomes of it, and how it looks to who was there.
const rows: [name: string, owner: string, becomes: (path: string) => void, code: string | null][] = [
  ['nothing', 'ours', () => undefined, null],
  [
    'it is lost, as a folder that is mounted no more',
    'ours',
    (path) => rmSync(path, { recursive: true }),
    'STORAGE_MISSING',
  ],
  ['another was there before', 'theirs', () => undefined, 'STORAGE_FOREIGN'],
];
for (const [name, owner, becomes, code] of rows) {
  test(`checkClaim: ${name}`, async () => {
    const path = join(folder, name.replaceAll(' ', '-'));
    await claimStore(new FolderStore(path), owner);
    becomes(path);
    const checked = checkClaim(new FolderStore(path), 'ours');
    if (code === null) return await checked;
    await assert.rejects(checked, { code });
  });
}

test('claimStore: the first of many that come at once owns the place, and all of its cluster may', async () => {
  const path = join(folder, 'raced');
  const claims = ['a', 'b', 'a', 'b', 'c'].map((log) =>
    claimStore(new FolderStore(path), log).then(
      () => log,
      () => null,
    ),
  );
  const owners = new Set((await Promise.all(claims)).filter((log) => log !== null));
  assert.equal(owners.size, 1);
  assert.deepEqual(readdirSync(join(path, 'cluster.versions')).length, 1);
});
