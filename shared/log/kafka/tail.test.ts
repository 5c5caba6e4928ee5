/** Who is read where, when leaders move. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FetchPart, Topic } from './brokers.ts';
import type { Fetched } from './fetched.ts';
import type { Place } from './names.ts';
import { Tail, type Source, type TailBrokers } from './tail.ts';

/** What a source is given, it counts. */
class Toy implements Source {
  readonly place: Place;
  readonly topicId: string;
  next = 0;
  hasRoom = true;

  constructor(topic: string) {
    this.place = { topic, number: 0 };
    this.topicId = topic;
  }

  take({ groups }: Fetched, from: number): void {
    assert.equal(from, this.next);
    this.next += groups.length;
  }
}

/** Topics with one partition: who leads it, how many groups it has. */
class ToyBrokers implements TailBrokers {
  readonly leaders = new Map<string, number>();
  readonly ends = new Map<string, number>();
  readonly asked: string[] = [];

  find(): Promise<ReadonlyMap<string, Topic>> {
    return Promise.resolve(new Map());
  }

  forget(): void {
    // It always knows.
  }

  leaderOf({ topic }: Place): number | undefined {
    return this.leaders.get(topic);
  }

  async readFrom(leader: number, parts: readonly FetchPart[], waitMs: number): Promise<Fetched[]> {
    this.asked.push(`${leader}: ${parts.map(({ place }) => place.topic).join(' ')}`);
    const fetched = parts.map(({ place: { topic }, offset }): Fetched => {
      if (this.leaders.get(topic) !== leader) return { errorCode: 6, groups: [], aborted: [], takenAtMs: 0 };
      const groups = Array.from({ length: (this.ends.get(topic) ?? 0) - offset }, () => group);
      return { errorCode: 0, groups, aborted: [], takenAtMs: 0 };
    });
    await sleep(fetched.every(({ groups, errorCode }) => groups.length === 0 && errorCode === 0) ? waitMs : 1);
    return fetched;
  }
}

const times = { firstTimestamp: 0n, maxTimestamp: 0n };
const group = { firstOffset: 0n, lastOffsetDelta: 0, producerId: -1n, records: [], attributes: 0, ...times };

async function until(what: string, holds: () => boolean): Promise<void> {
  for (let waitedMs = 0; !holds(); waitedMs += 5) {
    assert.ok(waitedMs < 10_000, what);
    await sleep(5);
  }
}

function open(t: { after: (end: () => void) => void }, brokers: ToyBrokers): Tail {
  const tail = new Tail(brokers);
  t.after(() => tail.close());
  return tail;
}

test('tail: a source whose leader moves to a broker at which all others are full is read there', async (t) => {
  const brokers = new ToyBrokers();
  brokers.leaders.set('decisions', 1).set('full', 2);
  brokers.ends.set('decisions', 1).set('full', 1);
  const tail = open(t, brokers);
  const [decisions, full] = [new Toy('decisions'), new Toy('full')];
  for (const source of [decisions, full]) tail.add(source);
  await until('both are read', () => decisions.next === 1 && full.next === 1);
  await until('somebody waits at the second', () => brokers.asked.filter((each) => each === '2: full').length > 1);
  full.hasRoom = false;
  const before = brokers.asked.length;
  await until(
    'and nobody any more',
    () => !brokers.asked.slice(before).slice(-4).includes('2: full') && brokers.asked.length > before + 4,
  );
  brokers.leaders.set('decisions', 2);
  brokers.ends.set('decisions', 5);
  await until('the decisions are read at the second', () => decisions.next === 5);
});

test('tail: sources that move to and fro are read on, and one without a leader once it has one', async (t) => {
  const brokers = new ToyBrokers();
  const names = ['a', 'b', 'c', 'd'];
  const tail = open(t, brokers);
  const sources = names.map((name, i) => {
    brokers.leaders.set(name, i % 3);
    return new Toy(name);
  });
  for (const source of sources) tail.add(source);
  for (let round = 1; round <= 6; round++) {
    for (const [i, name] of names.entries()) {
      if ((i + round) % 4 === 0) brokers.leaders.delete(name);
      else brokers.leaders.set(name, (i + round) % 3);
      brokers.ends.set(name, round);
    }
    await sleep(20);
    for (const [i, name] of names.entries()) if (!brokers.leaders.has(name)) brokers.leaders.set(name, i % 3);
    await until(`round ${round}`, () => sources.every(({ next }) => next === round));
  }
});
