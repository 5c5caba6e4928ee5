/** Whose a place in object storage is, over a folder and logs in memory. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { seal } from '../data-folder/sealed.ts';
import { SheafError } from '../errors.ts';
import { claimsPartition } from '../log/log.ts';
import { MemoryLog } from '../log/memory.ts';
import { FolderStore } from '../storage/folder-store.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { checkClaim, claimStore } from './claim-store.ts';
import { openClaims, type Claims } from './claims.ts';
import { copyOf } from './copied-log.fixture.ts';

const folder = mkdtempSync(join(tmpdir(), 'sheaf-claim-'));
after(() => rmSync(folder, { recursive: true }));

const claimsOf = (log: MemoryLog, holder: string): Claims => openClaims({ log, holder });
const noGaps = (): number => 0;
/** The file that has it, of a place that was claimed once. */
const claimIn = (path: string): string => join(path, 'cluster.versions', '1'.padStart(16, '0'));

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
  [
    'somebody has changed it by hand',
    'ours',
    (path) => {
      const file = claimIn(path);
      writeFileSync(file, readFileSync(file, 'utf8').replace('"offset":0', '"offset":1'));
    },
    'STORAGE_CORRUPT',
  ],
  [
    'it is of another format',
    'ours',
    (path) => writeFileSync(claimIn(path), seal({ formatVersion: 1, owner: 'us' })),
    'STORAGE_CORRUPT',
  ],
  [
    'a newer version wrote it',
    'ours',
    (path) => writeFileSync(claimIn(path), seal({ formatVersion: 2, owner: 'us' })),
    'DATA_VERSION_UNKNOWN',
  ],
];
for (const [name, owner, becomes, code] of rows) {
  test(`checkClaim: ${name}`, async () => {
    const path = join(folder, name.replaceAll(' ', '-'));
    const claim = await claimStore(new FolderStore(path), claimsOf(new MemoryLog(noGaps, owner), 'leaf'));
    becomes(path);
    const known = owner === 'ours' ? claim : null;
    const checked = checkClaim(new FolderStore(path), claimsOf(new MemoryLog(noGaps, 'ours'), 'leaf'), known);
    if (code === null) return assert.deepEqual(await checked, claim);
    await assert.rejects(checked, { code });
  });
}

test('checkClaim: a place of nobody is as good to who has seen no claim there', async () => {
  const claims = claimsOf(new MemoryLog(noGaps), 'leaf');
  assert.equal(await checkClaim(new FolderStore(join(folder, 'nobody')), claims, null), null);
});

test('claimStore: the first of many that come at once owns the place, and all of its cluster may', async () => {
  const path = join(folder, 'raced');
  const logs = new Map(['a', 'b', 'c'].map((name) => [name, new MemoryLog(noGaps, name)]));
  const raced = ['a', 'b', 'a', 'b', 'c'].map(async (name, i) => {
    try {
      const claim = await claimStore(new FolderStore(path), claimsOf(logs.get(name)!, `leaf-${i}`));
      return { name, claim };
    } catch {
      return null;
    }
  });
  const claimed = (await Promise.all(raced)).filter((each) => each !== null);
  assert.equal(new Set(claimed.map(({ name }) => name)).size, 1);
  const { name } = claimed[0]!;
  assert.equal(claimed.length, name === 'c' ? 1 : 2);
  // What stands there is the last of those that were made.
  const [head] = await logs.get(name)!.heads([claimsPartition]);
  const now = await checkClaim(new FolderStore(path), claimsOf(logs.get(name)!, 'leaf'), null);
  assert.equal(now?.offset, head);
});

/** A cluster that has claimed the place, and a copy of it as it was then. */
async function openCopied(name: string) {
  const store: ObjectStore = new FolderStore(join(folder, name));
  const log = new MemoryLog(noGaps);
  const first = await claimStore(store, claimsOf(log, 'leaf 1'));
  const copy = await copyOf(log, [claimsPartition]);
  return { store, log, copy, first };
}

// Each row: which of a cluster and its copy starts first after the copy was made, and which of them is refused then.
for (const starts of ['log', 'copy'] as const) {
  test(`claimStore: of a cluster and its copy the one that starts first has the place: the ${starts}`, async () => {
    const { store, first, ...logs } = await openCopied(`first-${starts}`);
    const winner = claimsOf(logs[starts], 'leaf 2');
    const loser = claimsOf(logs[starts === 'log' ? 'copy' : 'log'], 'leaf 3');
    // Until then both may: what stands there was made before they parted.
    assert.deepEqual(await checkClaim(store, loser, first), first);
    const claim = await claimStore(store, winner);
    const error = { code: 'STORAGE_TAKEN_OVER', detail: { place: store.place, found: claim } };
    await assert.rejects(checkClaim(store, loser, first), error);
    await assert.rejects(checkClaim(store, loser, null), error);
    await assert.rejects(claimStore(store, loser), error);
    // The claims that the other has made in its own log make no difference.
    await loser.add();
    await loser.add();
    await assert.rejects(claimStore(store, loser), error);
    assert.deepEqual(await checkClaim(store, winner, first), claim);
    await claimStore(store, claimsOf(logs[starts], 'leaf 4'));
  });
}

test('claimStore: of a cluster and its copy that start at once one has the place', async () => {
  const { store, log, copy } = await openCopied('at-once');
  const ends = await Promise.allSettled([
    claimStore(store, claimsOf(log, 'leaf 2')),
    claimStore(store, claimsOf(copy, 'leaf 3')),
  ]);
  const failed = ends.flatMap((end) => (end.status === 'rejected' ? [(end.reason as { code: string }).code] : []));
  assert.deepEqual(failed, ['STORAGE_TAKEN_OVER']);
});

test('claimStore: a place that cannot be written costs the log one claim, however often it is tried', async () => {
  const { store, log, first, copy } = await openCopied('unwritable');
  const claims = claimsOf(log, 'leaf 2');
  const headOf = async (): Promise<number> => (await log.heads([claimsPartition]))[0]!;
  const swap = store.swap.bind(store);
  const refused = { code: 'STORAGE_REFUSED' };
  store.swap = async () => {
    throw new SheafError('STORAGE_REFUSED');
  };
  for (let round = 0; round < 5; round++) await assert.rejects(claimStore(store, claims), refused);
  assert.equal(await headOf(), first.offset + 1);
  assert.deepEqual(await checkClaim(store, claimsOf(log, 'leaf 3'), null), first);
  // Once it can be, the claim that is put is one that a copy which was made meanwhile has not got.
  const late = await copyOf(log, [claimsPartition]);
  store.swap = swap;
  const claim = await claimStore(store, claims);
  assert.equal(claim.offset, first.offset + 2);
  const taken = { code: 'STORAGE_TAKEN_OVER' };
  for (const each of [copy, late]) await assert.rejects(checkClaim(store, claimsOf(each, 'leaf 4'), null), taken);
  assert.equal((await claimStore(store, claims)).offset, first.offset + 3);
});

test('claimStore: a claim that was put although the answer was lost is not put again, nor is one over a later one', async () => {
  const { store, log, first } = await openCopied('lost-answers');
  const swap = store.swap.bind(store);
  const [claims, others] = [claimsOf(log, 'leaf 2'), claimsOf(log, 'leaf 3')];
  const put: string[] = [];
  store.swap = async (key, bytes, expected) => {
    await swap(key, bytes, expected);
    put.push(key);
    throw new SheafError('STORAGE_UNAVAILABLE');
  };
  await assert.rejects(claimStore(store, claims), { code: 'STORAGE_UNAVAILABLE' });
  store.swap = async (...args) => {
    put.push(args[0]);
    return await swap(...args);
  };
  const theirs = await claimStore(store, others);
  const ours = await claimStore(store, claims);
  assert.deepEqual([theirs.offset, ours.offset, put.length], [first.offset + 2, first.offset + 3, 3]);
  assert.deepEqual(await checkClaim(store, claims, null), ours);
});
