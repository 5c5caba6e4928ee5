import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SearchTask } from '../../shared/protocol/tasks/search.ts';
import { noHits } from '../../shared/protocol/hit-table.ts';
import { byCount } from '../../shared/aggregation/terms-order.ts';
import { encodeFrameHead, FrameDecoder } from '../../shared/transport/frame.ts';
import type { ConnectionEvents } from '../../shared/transport/connection.ts';
import type { TaskOutcome } from '../scatter/drive.ts';
import { LeafBook } from '../scatter/leaf-book.ts';
import { InTurns } from './in-turns.ts';
import { LeafPeer } from './leaf-peer.ts';

const task: SearchTask = {
  kind: 'search',
  index: 'x0',
  shards: [0],
  remainingMs: 10,
  query: { kind: 'all' },
  k: 0,
  sort: [],
  source: true,
  aggregations: {
    x: {
      kind: 'terms',
      field: 'word',
      values: 'string',
      show: 'plain',
      size: 10_000,
      shardSize: 10_000,
      minDocCount: 1,
      order: byCount,
      aggregations: {},
    },
  },
};
const buckets = Array.from({ length: 5000 }, (_, i) => ({ key: `word ${i}`, count: 1, aggregations: {} }));
const partialOf = (sent: readonly unknown[]): object => ({
  kind: 'search',
  shards: [0],
  failures: [],
  documents: 1,
  offsets: { 0: 1 },
  total: 1,
  totalRelation: 'eq',
  hits: noHits,
  aggregations: { x: { kind: 'terms', cutCountMax: 0, cutCountSum: 0, buckets: sent } },
});

/** A leaf that is asked, on a clock that goes on with each look at it. */
class World {
  readonly told: string[] = [];
  turns = 0;
  private now = 0;
  private asked: (() => void)[] = [];
  private readonly events: ConnectionEvents;
  readonly peer: LeafPeer;

  constructor() {
    const clock = { now: (): number => (this.now += 0.1) };
    const readings = new InTurns(clock, (turn) => this.asked.push(turn));
    const place = { name: 'a', address: { host: 'a', port: 1 } };
    this.peer = new LeafPeer(place, { clock, book: new LeafBook(), readings });
    const events = { onArrival: () => null, onReport: () => undefined, onGone: () => undefined };
    this.events = this.peer.attach({ send: () => undefined, close: () => undefined }, events);
  }

  /** A task, whose id is told of the frames that answer it. */
  ask(onArrival?: (bytes: number) => void): { readonly cancel: () => void } {
    const onOutcome = (outcome: TaskOutcome<SearchTask>): void => {
      if (!outcome.ok) return void this.told.push(String(outcome.error.detail?.['reason']));
      const { x } = outcome.partial.aggregations;
      this.told.push(x !== undefined && 'buckets' in x ? `${x.buckets.length} buckets` : 'something else');
    };
    return this.peer.send(task, onOutcome, onArrival);
  }

  answer(id: number, sent: readonly unknown[]): void {
    for (const frame of new FrameDecoder().push(encodeFrameHead('partial', id, partialOf(sent), 0))) {
      this.events.onFrame(frame);
    }
  }

  run(): void {
    for (; this.asked.length > 0; this.turns++) this.asked.pop()!();
  }
}

test('LeafPeer: a long answer is read in turns, and a short one that comes after it before', () => {
  const world = new World();
  world.ask();
  world.ask();
  world.answer(1, buckets);
  assert.deepEqual(world.told, []);
  world.answer(2, buckets.slice(0, 10));
  assert.deepEqual(world.told, ['10 buckets']);
  world.run();
  assert.deepEqual(world.told, ['10 buckets', '5000 buckets']);
  assert.ok(world.turns > 5, `${world.turns} turns`);
});

test('LeafPeer: a long answer with something wrong at its end is none', () => {
  const world = new World();
  world.ask();
  world.answer(1, [...buckets, { key: 'a', count: -1, aggregations: {} }]);
  world.run();
  assert.deepEqual(world.told, ['the answer is no partial of this task']);
});

test('LeafPeer: what is cancelled while its answer is read is not told', () => {
  const world = new World();
  const { cancel } = world.ask();
  world.answer(1, buckets);
  cancel();
  world.run();
  assert.deepEqual([world.told, world.turns], [[], 1]);
});

test('LeafPeer: tells of an answer before it is read, and does not read it where it is cancelled then', () => {
  for (const sent of [buckets, buckets.slice(0, 10)]) {
    const world = new World();
    const arrived: number[] = [];
    const { cancel } = world.ask((bytes) => {
      arrived.push(bytes);
      cancel();
    });
    world.answer(1, sent);
    world.run();
    assert.deepEqual(arrived, [encodeFrameHead('partial', 1, partialOf(sent), 0).length]);
    assert.deepEqual([world.told, world.turns], [[], 0]);
  }
});
