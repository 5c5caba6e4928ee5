import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { createRandom, type Random } from '../random/random.ts';
import { limits } from '../limits.ts';
import type { Lease, LeaseEntry } from './lease-entry.ts';
import { LeaseTable } from './lease-table.ts';

const ttlMs = 1000;

/** `a takes x over 3`, `a renews x@3`, `a releases x@3`, `expire x@3`, `checkpoint 5` (of what the table holds), `checkpoint 5 of nothing`. */
function entryOf(text: string, table: LeaseTable): LeaseEntry {
  const [holder = '', verb = '', of = '', , over = '-1'] = text.split(' ');
  const [name = '', offset = ''] = (verb.includes('@') ? verb : of).split('@');
  if (holder === 'checkpoint') {
    return { entry: 'checkpoint', holder: 'k', attempt: 1, upTo: Number(verb), leases: of === '' ? table.all() : [] };
  }
  if (holder === 'expire') return { entry: 'expire', holder: 'k', attempt: 1, leases: [[name, Number(offset)]] };
  if (verb === 'takes') return { entry: 'take', name, holder, attempt: 1, ttlMs, over: Number(over) };
  const leases = [[name, Number(offset)]] as const;
  return verb === 'renews' ? { entry: 'renew', holder, attempt: 1, leases } : { entry: 'release', holder, leases };
}

/** `x a 3/5`: the name, the holder, the token and the revision of each lease. */
function show(table: LeaseTable): string {
  return table
    .all()
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, holder, token, revision }) => `${name} ${holder} ${token}/${revision}`)
    .join(', ');
}

// Each row: what is read at the offsets 0, 1, 2, …, and the leases there are then.
const rows: [name: string, entries: string[], expected: string][] = [
  ['nothing', [], ''],
  ['the first wins', ['a takes x', 'b takes x'], 'x a 0/0'],
  ['each name by itself', ['a takes x', 'b takes y', 'a takes z'], 'x a 0/0, y b 1/1, z a 2/2'],
  ['a renewal keeps the token', ['a takes x', 'a renews x@0', 'a renews x@0'], 'x a 0/2'],
  ['who saw the last renewal may take it', ['a takes x', 'a renews x@0', 'b takes x over 1'], 'x b 2/2'],
  ['who did not may not', ['a takes x', 'a renews x@0', 'b takes x over 0'], 'x a 0/1'],
  ['of two that saw it the first takes it', ['a takes x', 'b takes x over 0', 'c takes x over 0'], 'x b 1/1'],
  ['the holder takes it over itself', ['a takes x', 'a takes x over 0'], 'x a 1/1'],
  ['a renewal after it was taken is none', ['a takes x', 'b takes x over 0', 'a renews x@0'], 'x b 1/1'],
  ['a renewal in another name is none', ['a takes x', 'b renews x@0'], 'x a 0/0'],
  ['a renewal with another token is none', ['a takes x', 'a takes x over 0', 'a renews x@0'], 'x a 1/1'],
  ['a renewal of what is free is none', ['a renews x@0'], ''],
  ['a release frees it', ['a takes x', 'a releases x@0', 'b takes x'], 'x b 2/2'],
  ['a release by another frees nothing', ['a takes x', 'b releases x@0'], 'x a 0/0'],
  ['a release that comes late frees nothing', ['a takes x', 'b takes x over 0', 'a releases x@0'], 'x b 1/1'],
  ['an end frees what was not renewed', ['a takes x', 'expire x@0'], ''],
  ['an end of what was renewed is none', ['a takes x', 'a renews x@0', 'expire x@0'], 'x a 0/1'],
  ['what is free is taken over nothing', ['a takes x', 'a releases x@0', 'b takes x over 0'], ''],
  ['a take that comes twice', ['a takes x', 'a takes x'], 'x a 0/0'],
  ['a takeover that comes twice', ['a takes x', 'b takes x over 0', 'b takes x over 0'], 'x b 1/1'],
  ['a checkpoint changes nothing', ['a takes x', 'checkpoint 0', 'a renews x@0'], 'x a 0/2'],
  ['a checkpoint of before is none', ['a takes x', 'b takes y', 'checkpoint 0 of nothing'], 'x a 0/0, y b 1/1'],
  ['a checkpoint that tells something else is none', ['a takes x', 'checkpoint 0 of nothing'], 'x a 0/0'],
];

suite('LeaseTable', () => {
  for (const [name, entries, expected] of rows) {
    test(name, () => {
      const table = new LeaseTable(true);
      entries.forEach((text, offset) => table.apply(offset, entryOf(text, table)));
      assert.equal(show(table), expected);
      assert.equal(table.offset, entries.length - 1);
    });
  }

  test('a reader that begins at a checkpoint knows what those know who read all before it', () => {
    const all = new LeaseTable(true);
    const late = new LeaseTable(false);
    ['a takes x', 'b takes y', 'a renews x@0', 'checkpoint 2'].forEach((text, offset) => {
      const entry = entryOf(text, all);
      all.apply(offset, entry);
      if (offset === 3) late.apply(offset, entry);
    });
    assert.deepEqual([show(late), late.offset], [show(all), 3]);
    assert.deepEqual([late.sinceCheckpoint, all.sinceCheckpoint], [0, 0]);
  });

  test('a reader that begins elsewhere is told so, and has read nothing', () => {
    const table = new LeaseTable(false);
    assert.throws(() => table.apply(7, entryOf('a takes x', table)), { code: 'BATCH_INVALID' });
    assert.deepEqual([table.offset, table.size], [-1, 0]);
  });

  test('there are so many leases and no more, but for the keeper’s, and one that is free makes room', () => {
    const table = new LeaseTable(true);
    let offset = 0;
    for (; offset < limits.leasesMax; offset++) table.apply(offset, entryOf(`a takes n${offset}`, table));
    assert.deepEqual(table.apply(offset++, entryOf('a takes more', table)), []);
    assert.deepEqual([table.isFullFor('more'), table.isFullFor('n5'), table.isFullFor('leases')], [true, false, false]);
    assert.deepEqual(table.apply(offset++, entryOf('k takes leases', table)), ['leases']);
    assert.deepEqual(table.apply(offset++, entryOf('b takes n5 over 5', table)), ['n5']);
    table.apply(offset++, entryOf('a releases n7@7', table));
    assert.deepEqual(table.apply(offset, entryOf('a takes more', table)), []);
    table.apply(offset++, entryOf('a releases n8@8', table));
    assert.deepEqual(table.apply(offset, entryOf('a takes more', table)), ['more']);
  });

  test('the leases of any entries, in any order and repeated, are those of the plain rule', (t) => {
    const seed = 52;
    t.diagnostic(`seed ${seed}`);
    const random = createRandom(seed);
    for (let run = 0; run < 300; run++) {
      const table = new LeaseTable(true);
      const read: LeaseEntry[] = [];
      for (let offset = 0; offset < 60; offset++) {
        const entry = read.length > 0 && random.chance(0.3) ? random.pick(read) : anyEntry(random, offset, table);
        read.push(entry);
        const tokens = new Map(table.all().map(({ name, token }) => [name, token]));
        table.apply(offset, entry);
        for (const { name, token } of table.all()) assert.ok(token >= (tokens.get(name) ?? 0), 'a token went back');
        assert.deepEqual(byName(table.all()), byName(plainLeases(read)));
      }
    }
  });
});

function anyEntry(random: Random, offset: number, table: LeaseTable): LeaseEntry {
  const [name, holder] = [random.pick(['x', 'y']), random.pick(['a', 'b', 'c'])];
  const lease = table.get(name);
  const revision = random.chance(0.7) ? (lease?.revision ?? -1) : random.integer(-1, offset);
  const token = random.chance(0.7) ? (lease?.token ?? 0) : random.integer(0, offset);
  const leases = [[name, token]] as const;
  return random.pick<LeaseEntry>([
    { entry: 'take', name, holder, attempt: offset, ttlMs, over: revision },
    { entry: 'renew', holder: random.chance(0.7) ? (lease?.holder ?? holder) : holder, attempt: offset, leases },
    { entry: 'release', holder: random.chance(0.5) ? (lease?.holder ?? holder) : holder, leases },
    { entry: 'expire', holder, attempt: offset, leases: [[name, Math.max(0, revision)]] },
    { entry: 'checkpoint', holder, attempt: offset, upTo: offset - 1, leases: table.all() },
  ]);
}

/** Slow and obvious: each lease by itself, from the first entry on. */
function plainLeases(entries: readonly LeaseEntry[]): Lease[] {
  return ['x', 'y'].flatMap((name) => {
    let lease: Lease | null = null;
    entries.forEach((entry, offset) => {
      if (entry.entry === 'checkpoint') return;
      if (entry.entry === 'take') {
        const isValid = entry.name === name && entry.over === (lease?.revision ?? -1);
        if (isValid) lease = { name, holder: entry.holder, token: offset, revision: offset, ttlMs: entry.ttlMs };
        return;
      }
      for (const [of, number] of entry.leases) {
        if (lease === null || of !== name) continue;
        if (entry.entry === 'expire') lease = lease.revision === number ? null : lease;
        else if (lease.holder === entry.holder && lease.token === number) {
          lease = entry.entry === 'release' ? null : { ...lease, revision: offset };
        }
      }
    });
    return lease === null ? [] : [lease];
  });
}

function byName(leases: readonly Lease[]): Lease[] {
  return leases.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}
