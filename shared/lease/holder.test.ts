import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { limits } from '../limits.ts';
import { Holder, type HolderEffect } from './holder.ts';
import type { Lease, LeaseEntry } from './lease-entry.ts';

const ttlMs = 9000;

/** Holders, each with its own clock, over one log that everybody reads at once unless a test holds it back. */
class Bench {
  readonly entries: LeaseEntry[] = [];
  readonly told: string[] = [];
  readonly holders = new Map<string, Holder>();
  trimmedTo = 0;
  nowMs = 0;
  private readonly unread: (readonly LeaseEntry[])[] = [];

  add(name: string, checkpointEvery = 1000): Holder {
    const holder = new Holder({ holder: name, checkpointEvery });
    holder.begin(this.trimmedTo === 0);
    this.holders.set(name, holder);
    return holder;
  }

  /** What a holder wants done: entries are recorded and read by all, everything else is noted. */
  carryOut(name: string, effects: readonly HolderEffect[]): void {
    for (const effect of effects) {
      if (effect.kind === 'append') this.record(effect.entries);
      else this.told.push(`${name} ${show(effect)}`);
      if (effect.kind === 'trim') this.trimmedTo = effect.before;
    }
  }

  record(entries: readonly LeaseEntry[]): void {
    this.unread.push(entries);
    // What a reader appends is read by all after what it has read.
    if (this.unread.length > 1) return;
    for (let next = this.unread[0]; next !== undefined; next = this.unread[0]) {
      this.readByAll(next);
      this.unread.shift();
    }
  }

  private readByAll(entries: readonly LeaseEntry[]): void {
    const from = this.entries.length;
    this.entries.push(...entries);
    const placed = entries.map((entry, i) => ({ offset: from + i, entry }));
    for (const [name, holder] of this.holders) {
      this.carryOut(name, holder.read(placed, from + entries.length - 1, this.nowMs));
    }
  }

  /** Wakes everybody that wants to be woken, until the time. */
  runTo(endMs: number): void {
    for (;;) {
      const [name, holder] = [...this.holders].toSorted(([, a], [, b]) => a.nextWakeAtMs() - b.nextWakeAtMs())[0]!;
      const next = Math.max(this.nowMs, holder.nextWakeAtMs());
      if (next > endMs) break;
      this.nowMs = next;
      this.carryOut(name, holder.wake(this.nowMs));
    }
    this.nowMs = endMs;
  }

  kinds(): string {
    return this.entries.map(({ entry }) => entry).join(' ');
  }
}

function show(effect: Exclude<HolderEffect, { kind: 'append' }>): string {
  if (effect.kind === 'trim') return `trims before ${effect.before}`;
  if (effect.kind === 'refused') return `is refused ${effect.name}`;
  return `${effect.kind} ${effect.tenure.name}@${effect.tenure.token}`;
}

suite('Holder', () => {
  test('takes what is free, renews it in a third of its time, and acts until a tenth before its end', () => {
    const bench = new Bench();
    const a = bench.add('a');
    a.want('x', ttlMs);
    const [append, ...others] = a.wake(100);
    assert.deepEqual([append?.kind, others], ['append', []]);
    assert.equal(a.nextWakeAtMs(), Infinity);
    const { entries } = append as Extract<HolderEffect, { kind: 'append' }>;
    // Read late, and counted from before it was appended all the same.
    const [held] = a.read([{ offset: 4, entry: entries[0]! }], 4, 2100);
    assert.deepEqual(held, {
      kind: 'held',
      tenure: { name: 'x', ttlMs, token: 4, validUntilMs: 100 + 8100, ended: false },
    });
    assert.equal(a.nextWakeAtMs(), 100 + 3000);
    assert.deepEqual(a.wake(3099), []);
    const renewal = a.wake(3100)[0] as Extract<HolderEffect, { kind: 'append' }>;
    assert.deepEqual(renewal.entries, [{ entry: 'renew', holder: 'a', attempt: 2, leases: [['x', 4]] }]);
    // It has not come back, so the end is near.
    assert.equal(a.nextWakeAtMs(), 8200);
    a.read([{ offset: 5, entry: renewal.entries[0]! }], 5, 8000);
    assert.equal((held as Extract<HolderEffect, { kind: 'held' }>).tenure.validUntilMs, 3100 + 8100);
  });

  test('what is not renewed in time is lost, once, whatever comes afterwards', () => {
    const bench = new Bench();
    const a = bench.add('a');
    a.want('x', ttlMs);
    bench.runTo(0);
    const [renewal] = a.wake(3000);
    const { attempt, entries } = renewal as Extract<HolderEffect, { kind: 'append' }>;
    a.failed(attempt, 6000);
    assert.equal(a.nextWakeAtMs(), 6900);
    assert.equal(a.wake(6900)[0]?.kind, 'append');
    bench.carryOut('a', a.wake(8100));
    bench.carryOut('a', a.wake(9000));
    bench.record(entries);
    assert.deepEqual(bench.told, ['a held x@0', 'a lost x@0']);
  });

  test('a renewal that is read after the end of what was held does not bring it back: whoever looked has stopped', () => {
    const bench = new Bench();
    const a = bench.add('a');
    a.want('x', ttlMs);
    bench.runTo(0);
    const [renewal] = a.wake(3000) as Extract<HolderEffect, { kind: 'append' }>[];
    // The process is paused, and reads before it wakes.
    bench.nowMs = 8100;
    bench.record(renewal!.entries);
    assert.deepEqual(bench.told, ['a held x@0']);
    bench.carryOut('a', a.wake(8100));
    assert.deepEqual(bench.told, ['a held x@0', 'a lost x@0']);
  });

  test('a waiting one takes over as long after the last renewal as it saw it, and no sooner', () => {
    const bench = new Bench();
    bench.add('a').want('x', ttlMs);
    bench.runTo(0);
    bench.add('b').want('x', ttlMs);
    // Joins late: reads all at once, and counts from then.
    bench.nowMs = 2000;
    const b = bench.holders.get('b')!;
    b.read([{ offset: 0, entry: bench.entries[0]! }], 0, bench.nowMs);
    bench.runTo(4000);
    assert.equal(bench.kinds(), 'take renew');
    bench.holders.delete('a');
    bench.runTo(3000 + ttlMs - 1);
    assert.deepEqual(bench.told, ['a held x@0']);
    bench.runTo(3000 + ttlMs);
    assert.deepEqual(bench.told, ['a held x@0', 'b held x@2']);
  });

  test('of many that wait one takes over, and the one before is told when it reads that', () => {
    const bench = new Bench();
    for (const name of ['a', 'b', 'c']) bench.add(name).want('x', ttlMs);
    bench.runTo(20 * ttlMs);
    assert.deepEqual(bench.told, ['a held x@0']);
    const a = bench.holders.get('a')!;
    bench.holders.delete('a');
    const from = bench.entries.length;
    bench.runTo(bench.nowMs + 2 * ttlMs);
    assert.deepEqual(bench.told.length, 2);
    const placed = bench.entries.slice(from).map((entry, i) => ({ offset: from + i, entry }));
    const [lost] = a.read(placed, bench.entries.length - 1, bench.nowMs);
    assert.deepEqual(lost?.kind, 'lost');
  });

  test('all leases of a holder are renewed in one entry', () => {
    const bench = new Bench();
    const a = bench.add('a');
    for (let i = 0; i < 50; i++) a.want(`job/${i}`, ttlMs);
    bench.runTo(100);
    for (let i = 50; i < 60; i++) a.want(`job/${i}`, ttlMs);
    bench.runTo(10 * ttlMs);
    const renewals = bench.entries.filter(({ entry }) => entry === 'renew');
    assert.deepEqual([renewals.length, bench.entries.length], [30, 90]);
    for (const renewal of renewals) {
      assert.equal((renewal as Extract<LeaseEntry, { entry: 'renew' }>).leases.length, 60);
    }
    assert.equal(bench.told.length, 60);
  });

  test('more than an entry takes are renewed in several, in one append', () => {
    const bench = new Bench();
    const a = bench.add('a', 1_000_000);
    const count = limits.leasesPerEntryMax + 1;
    for (let i = 0; i < count; i++) a.want(`job/${i}`, ttlMs);
    bench.runTo(0);
    const [effect, ...others] = a.wake(3000) as Extract<HolderEffect, { kind: 'append' }>[];
    const sizes = effect!.entries.map((entry) => (entry as Extract<LeaseEntry, { entry: 'renew' }>).leases.length);
    assert.deepEqual([sizes, others], [[limits.leasesPerEntryMax, 1], []]);
  });

  test('a release frees it at once for who waits', () => {
    const bench = new Bench();
    const a = bench.add('a');
    a.want('x', ttlMs);
    bench.runTo(0);
    bench.add('b').want('x', ttlMs);
    bench.record([]);
    bench.holders.get('b')!.read([{ offset: 0, entry: bench.entries[0]! }], 0, 0);
    bench.carryOut('a', a.release('x'));
    bench.runTo(1);
    assert.deepEqual(bench.told, ['a held x@0', 'b held x@2']);
    assert.deepEqual(a.release('x'), []);
  });

  test('a lease that comes after it is wanted no more is given free', () => {
    const bench = new Bench();
    const a = bench.add('a');
    a.want('x', ttlMs);
    const [append] = a.wake(0) as Extract<HolderEffect, { kind: 'append' }>[];
    assert.deepEqual(a.release('x'), []);
    bench.record(append!.entries);
    assert.equal(bench.kinds(), 'take release');
    assert.equal(a.leases?.size, 0);
    assert.deepEqual(bench.told, []);
  });

  test('a take that comes when its time is over is no lease: it is taken anew, with another token', () => {
    const bench = new Bench();
    const a = bench.add('a');
    a.want('x', ttlMs);
    const [append] = a.wake(0) as Extract<HolderEffect, { kind: 'append' }>[];
    a.failed(append!.attempt, 3000);
    bench.nowMs = ttlMs;
    bench.record(append!.entries);
    assert.deepEqual(bench.told, []);
    bench.runTo(ttlMs + 1);
    assert.deepEqual(bench.told, ['a held x@1']);
  });

  test('entries that come twice and late give nobody a second lease', () => {
    const bench = new Bench();
    bench.add('a').want('x', ttlMs);
    bench.runTo(2 * ttlMs);
    bench.holders.delete('a');
    bench.add('b').want('x', ttlMs);
    const placed = bench.entries.map((entry, offset) => ({ offset, entry }));
    bench.holders.get('b')!.read(placed, placed.length - 1, bench.nowMs);
    bench.runTo(4 * ttlMs);
    assert.equal(bench.told.length, 2);
    for (const entry of bench.entries.slice()) bench.record([entry]);
    bench.runTo(5 * ttlMs);
    assert.equal(bench.told.length, 2);
    assert.equal(bench.holders.get('b')!.leases?.get('x')?.holder, 'b');
  });

  test('who reads anew, because it was trimmed, holds on to what is still its own', () => {
    const bench = new Bench();
    const a = bench.add('a');
    a.want('x', ttlMs);
    bench.runTo(0);
    a.begin(false);
    const leases: Lease[] = [{ name: 'x', holder: 'a', token: 0, revision: 0, ttlMs }];
    bench.record([{ entry: 'checkpoint', holder: 'b', attempt: 1, upTo: 0, leases }]);
    bench.runTo(2 * ttlMs);
    assert.deepEqual(bench.told, ['a held x@0']);
    a.begin(false);
    bench.record([{ entry: 'checkpoint', holder: 'b', attempt: 2, upTo: 1, leases: [{ ...leases[0]!, holder: 'b' }] }]);
    assert.deepEqual(bench.told, ['a held x@0', 'a lost x@0']);
  });

  test('the log being another ends all leases, and nothing is taken', () => {
    const bench = new Bench();
    const a = bench.add('a');
    for (const name of ['x', 'y']) a.want(name, ttlMs);
    bench.runTo(0);
    bench.carryOut('a', a.end());
    bench.runTo(ttlMs);
    assert.deepEqual(bench.told, ['a held x@0', 'a held y@1', 'a lost x@0', 'a lost y@1']);
    assert.equal(a.nextWakeAtMs(), Infinity);
  });

  test('one of many keeps the partition: ends what is dead, writes all down, and has the rest trimmed', () => {
    const bench = new Bench();
    bench.add('gone', 20).want('dead', 1000);
    bench.runTo(0);
    bench.holders.delete('gone');
    for (const name of ['a', 'b', 'c']) {
      const holder = bench.add(name, 20);
      holder.read([{ offset: 0, entry: bench.entries[0]! }], 0, 0);
      holder.want(name, ttlMs);
    }
    bench.runTo(30 * ttlMs);
    const count = (kind: string): number => bench.entries.filter(({ entry }) => entry === kind).length;
    assert.equal(count('expire'), 1);
    // Of 270 renewals and what the keepers append, each 20th entry or a little later.
    assert.ok(count('checkpoint') >= 9 && count('checkpoint') <= 14, `${count('checkpoint')} checkpoints`);
    const trims = bench.told.filter((line) => line.includes('trims'));
    assert.equal(trims.length, count('checkpoint'));
    assert.deepEqual(
      bench.told.filter((line) => !line.includes('trims')),
      ['gone held dead@0', 'a held a@1', 'b held b@2', 'c held c@3'],
    );
    const late = bench.add('late');
    const placed = bench.entries.map((entry, offset) => ({ offset, entry })).slice(bench.trimmedTo);
    late.read(placed, bench.entries.length - 1, bench.nowMs);
    assert.deepEqual(late.leases?.all(), bench.holders.get('a')!.leases?.all());
    assert.equal(late.leases?.get('dead'), undefined);
  });

  test('what nobody renews or takes is ended in four times its time, by one of many, without a checkpoint before it is time for one', () => {
    const bench = new Bench();
    bench.add('gone').want('dead', ttlMs);
    bench.runTo(0);
    for (const name of ['a', 'b', 'c']) {
      const holder = bench.add(name);
      holder.read([{ offset: 0, entry: bench.entries[0]! }], 0, 0);
      holder.want(name, ttlMs);
    }
    bench.holders.delete('gone');
    const namesAt = (atMs: number): string[] => {
      bench.runTo(atMs);
      return bench.holders
        .get('a')!
        .leases!.all()
        .map(({ name }) => name)
        .toSorted();
    };
    assert.deepEqual(namesAt(4 * ttlMs - 1), ['a', 'b', 'c', 'dead']);
    assert.deepEqual(namesAt(4 * ttlMs + 1000), ['a', 'b', 'c']);
    namesAt(20 * ttlMs);
    const others = bench.entries.filter(({ entry }) => entry !== 'renew').map(({ entry }) => entry);
    assert.deepEqual(others.slice(4), ['take', 'expire', 'release']);
  });

  test('where there are as many leases as there may be, one more is refused', () => {
    const bench = new Bench();
    const a = bench.add('a', 1_000_000);
    for (let i = 0; i < limits.leasesMax; i++) a.want(`job/${i}`, ttlMs);
    bench.runTo(0);
    const b = bench.add('b');
    const leases = a.leases!.all();
    b.begin(false);
    b.read([{ offset: 0, entry: { entry: 'checkpoint', holder: 'a', attempt: 1, upTo: -1, leases } }], 0, 0);
    b.want('one more', ttlMs);
    assert.deepEqual(b.wake(0), [{ kind: 'refused', name: 'one more' }]);
    assert.deepEqual(b.wake(1), []);
  });
});
