/** What a reader of decisions knows where the first of them were let go of. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { earliest, type FetchPart } from './brokers.ts';
import type { Fetched } from './fetched.ts';
import { writeDecision, type Decision } from './decision.ts';
import { Decisions } from './decisions.ts';
import { KeyTable } from './key-table.ts';
import type { Place } from './names.ts';
import { Tail } from './tail.ts';
import { windowMax } from './verdicts.ts';

const place: Place = { topic: 'log.decisions', number: 0 };
const topic = { id: 'id', leaders: [1] };
const outOfRange = 1;

/** A topic in memory. */
class ToyTopic {
  readonly entries: Decision[] = [];
  first = 0;
  /** Whether it answers. */
  isThere = true;

  add(...entries: Decision[]): void {
    this.entries.push(...entries);
  }

  async readFrom(_leader: number, parts: readonly FetchPart[], waitMs: number): Promise<Fetched[]> {
    await sleep(1);
    return parts.map(({ offset }) => this.fetched(offset, waitMs));
  }

  private fetched(offset: number, waitMs: number): Fetched {
    if (!this.isThere && waitMs > 0) return { errorCode: 0, groups: [], aborted: [], takenAtMs: 0 };
    if (offset < this.first) return { errorCode: outOfRange, groups: [], aborted: [], takenAtMs: 0 };
    const records = this.entries.slice(offset).map((decision, offsetDelta) => ({
      offsetDelta,
      key: null,
      value: writeDecision(decision),
      timestampDelta: 0n,
      headers: [],
    }));
    const times = { firstTimestamp: 0n, maxTimestamp: 0n };
    const kept = { lastOffsetDelta: records.length - 1, producerId: -1n, attributes: 0, ...times };
    const groups = records.length === 0 ? [] : [{ firstOffset: BigInt(offset), records, ...kept }];
    return { errorCode: 0, groups, aborted: [], takenAtMs: this.entries.length };
  }
}

function follow(t: { after: (end: () => void) => void }, toy: ToyTopic, keys: KeyTable | null = null): Decisions {
  const brokers = {
    find: () => Promise.resolve(new Map()),
    forget: () => undefined,
    leaderOf: () => 1,
    readFrom: toy.readFrom.bind(toy),
    offsets: (_places: readonly Place[], timestamp: bigint) =>
      Promise.resolve([timestamp === earliest ? toy.first : toy.entries.length]),
  };
  const tail = new Tail(brokers);
  t.after(() => tail.close());
  const produce = (): Promise<number[]> => Promise.reject(new Error('nothing is appended here'));
  const onStop = (): void => assert.fail('stopped');
  const parts = { tail, produce, place, topic, keys, onStop };
  return new Decisions({ ...parts, brokers, from: 0, earliest: toy.first });
}

const answer = [['p', 0, 1]] as const;
const commit = (append: string, seen: number, key?: string): Decision => {
  return { kind: 'commit', append, seen, keys: key === undefined ? [] : [{ key, digest: 'd', answer }] };
};
const fillers = (count: number, from: number): Decision[] =>
  Array.from({ length: count }, (_, i) => commit(`f${from + i}`, from + i - 1));

test('decisions: of a part whose decision was let go of it is said so, of a younger one what was decided', async (t) => {
  const toy = new ToyTopic();
  toy.add(...fillers(50, 0));
  toy.first = 20;
  const decisions = follow(t, toy);
  await decisions.reached(49);
  const older = { verdicts: null };
  assert.equal(await decisions.verdictOf({ append: 'f5', seen: 4 }, older), 'let go');
  assert.equal(await decisions.verdictOf({ append: 'f20', seen: 19 }, older), true);
  assert.equal(await decisions.verdictOf({ append: 'f30', seen: 29 }, older), true);
});

test('decisions: a process that did not read for long goes on behind what was let go of, and who waits is told', async (t) => {
  const toy = new ToyTopic();
  const keys = new KeyTable(1000);
  toy.add(...fillers(10, 0), commit('old', 9, 'k'));
  const decisions = follow(t, toy, keys);
  await decisions.reached(10);
  assert.notEqual(keys.find('k'), undefined);
  const waiting = decisions.verdictOf({ append: 'never', seen: 10 }, { verdicts: null });
  const reached = decisions.reached(40);
  toy.isThere = false;
  await sleep(150);
  toy.add(...fillers(100, 11), ...fillers(windowMax, 111), { kind: 'forget', before: 500 }, commit('young', 1135, 'l'));
  toy.first = 100;
  toy.isThere = true;
  assert.equal(await waiting, 'let go');
  await reached;
  await decisions.reached(toy.entries.length - 1);
  assert.deepEqual([keys.find('k'), keys.find('l')?.digest], [undefined, 'd']);
  assert.equal(await decisions.verdictOf({ append: 'young', seen: 1135 }, { verdicts: null }), true);
});
