import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emptyCatalog, type CatalogState, type IndexDefinition } from '../../shared/catalog/catalog.ts';
import { systemClock } from '../../shared/clock/clock.ts';
import { systemTimers } from '../../shared/clock/timers.ts';
import { MemoryLog } from '../../shared/log/memory.ts';
import type { ToIndexing } from '../indexing/messages.ts';
import { leafKinds } from '../kinds/leaf-kinds.ts';
import type { LeafView } from './decide.ts';
import { Hearsay } from './hearsay.ts';
import { KeptPlacement, type PlacedShard } from './placement.ts';
import { ReplicaSet } from './replica-set.ts';

function index(id: string): IndexDefinition {
  return { id, name: id, kind: 'document', schema: { fields: {}, dynamic: 'strict' }, shards: 1, replicas: 1 };
}

/** Counts how often it is looked into, at one entry or over all. */
class CountingMap extends Map<string, PlacedShard> {
  looks = 0;
  override get(key: string): PlacedShard | undefined {
    this.looks++;
    return super.get(key);
  }
  override keys(): MapIterator<string> {
    this.looks += this.size;
    return super.keys();
  }
  override [Symbol.iterator](): MapIterator<[string, PlacedShard]> {
    this.looks += this.size;
    return super[Symbol.iterator]();
  }
}

/** The replicas of a leaf alone, of which the log is empty and the indexing thread does nothing. */
function startSet(leaves: readonly string[]) {
  const sent: ToIndexing[] = [];
  let changes = 0;
  const set = new ReplicaSet({
    kinds: leafKinds,
    clock: systemClock,
    timers: systemTimers(systemClock),
    log: new MemoryLog(() => 0.5),
    isLogReplaced: () => false,
    catalogReached: async () => undefined,
    indexer: { send: (message) => void sent.push(message), hand: async () => undefined },
    sources: () => [],
    peersHeard: () => Promise.resolve(),
    storedOffset: () => -1,
    copy: async () => assert.fail('there is nobody to copy from'),
    onChange: () => changes++,
    onStop: () => undefined,
  });
  const kept = new KeptPlacement();
  const heard = new Hearsay('a');
  const placement = new CountingMap();
  /** Brings the set in line with a catalog, and gives how often the placement was looked into. */
  const follow = (state: CatalogState): number => {
    kept.follow(state, leaves);
    for (const name of placement.keys()) if (!kept.placement.has(name)) placement.delete(name);
    for (const [name, placed] of kept.placement) placement.set(name, placed);
    const touched = kept.takeTouched();
    const view: LeafView = { own: 'a', incarnation: 1, placement, heard, leaving: false, nextSequence: 1 };
    placement.looks = 0;
    set.change(view, touched);
    return placement.looks;
  };
  return { set, sent, follow, changes: () => changes };
}

function catalogOf(count: number): CatalogState {
  let { indexes } = emptyCatalog;
  for (let i = 0; i < count; i++) indexes = indexes.with(`x${i}`, index(`x${i}`));
  return { ...emptyCatalog, offset: count, indexes };
}

test('ReplicaSet: one index more takes as many looks, messages and reports where there are many as where there are few', () => {
  const costs = [20, 2000].map((count) => {
    const { set, sent, follow, changes } = startSet(['a']);
    const state = catalogOf(count);
    follow(state);
    assert.equal(set.reports.size, count);
    const before = { reports: set.reports, changes: changes(), sent: sent.length };
    const more = { ...state, offset: count + 1, indexes: state.indexes.with('new', index('new')) };
    const looks = follow(more);
    const toldOf = set.reports.differences(before.reports).map(({ key }) => key);
    assert.deepEqual(toldOf, ['new/0']);
    const cost = { looks, changes: changes() - before.changes, sent: sent.length - before.sent };
    assert.equal(follow(more), 0, 'nothing is looked into where nothing has changed');
    set.close();
    return cost;
  });
  assert.deepEqual(costs[1], costs[0]);
});

test('ReplicaSet: a message goes to the replica that it names, and to none that was let go', () => {
  const { set, sent, follow } = startSet(['a']);
  const state = catalogOf(3);
  follow(state);
  const opened = sent.filter((message) => message.kind === 'open');
  const [, second] = opened;
  const stop = { offset: 5, code: 'BATCH_INVALID', reason: 'no batch' } as const;
  set.receive({ kind: 'refused', replica: second!.replica, code: stop.code, reason: stop.reason });
  const stopped = [...set.reports.values()].filter((report) => report.stopped !== undefined);
  assert.deepEqual(
    stopped.map(({ index: id }) => id),
    [second!.indexId],
  );
  assert.equal(set.stoppedCount, 1);
  follow({ ...emptyCatalog, offset: 9, indexes: state.indexes.without(second!.indexId) });
  assert.deepEqual([set.reports.size, set.find(second!.indexId, 0)], [2, undefined]);
  set.receive({ kind: 'broke', replica: second!.replica, reason: 'it is gone' });
  assert.equal(set.reports.size, 2);
  set.close();
});
