/** What a producer sends again, to whom, and that brokers that number as Kafka does have each record once. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom, type Random } from '../../random/random.ts';
import { kafkaFaults, unavailable, type Produced, type ProducePart, type ProducerId, type Topic } from './brokers.ts';
import type { Place } from './names.ts';
import { Producing, type ProducingBrokers, type Production } from './produce.ts';

const authorizationFailed = 29;

/** What becomes of a request: it is lost, or its answer is, or it hangs until another leads; or what a part is answered. */
type Fate = 'lost' | 'answer lost' | 'hangs' | 'hangs, and is appended' | number;

const unreached: ReadonlySet<Fate> = new Set(['lost', 'hangs', kafkaFaults.messageTooLarge, authorizationFailed]);

interface Log {
  leader: number;
  readonly texts: string[];
  /** By producer: what it appended last. */
  readonly producers: Map<bigint, { readonly sequence: number; readonly count: number; readonly offset: number }>;
}

/** Three brokers; partition i of the topic `t` is led by broker i % 3. */
class ToyBrokers implements ProducingBrokers {
  readonly logs: readonly Log[];
  readonly asked: string[] = [];
  /** Of the next requests, by turns; one without a fate is answered. */
  fates: (Fate | null)[] = [];
  /** What becomes of leaders whenever a request has met its fate. */
  move = (): void => undefined;
  /** How long a request hangs that is not answered; for ever where it is left out. */
  hangsMs: number | null = null;
  private known: number[] = [];
  private producers = 0n;

  constructor(partitions: number) {
    this.logs = Array.from({ length: partitions }, (_, i) => ({ leader: i % 3, texts: [], producers: new Map() }));
  }

  async find(_names: readonly string[], fresh = false): Promise<ReadonlyMap<string, Topic>> {
    if (fresh || this.known.length === 0) this.known = this.logs.map(({ leader }) => leader);
    return await Promise.resolve(new Map());
  }

  forget(): void {
    this.known = [];
  }

  leaderOf({ number }: Place): number | undefined {
    const leader = this.known[number]!;
    return leader < 0 ? undefined : leader;
  }

  async newProducer(): Promise<ProducerId> {
    return await Promise.resolve({ id: this.producers++, epoch: 0 });
  }

  async produce(leader: number, { id }: ProducerId, parts: readonly ProducePart[]): Promise<Produced[]> {
    this.asked.push(`${leader}: ${parts.map(({ place }) => place.number).join(' ')}`);
    const fate = this.fates.shift() ?? null;
    const reaches = fate === null || !unreached.has(fate);
    const produced = reaches ? parts.map((part) => this.append(leader, id, part)) : [];
    if (fate !== null) this.move();
    await Promise.resolve();
    if (fate === 'lost' || fate === 'answer lost') throw unavailable(fate);
    if (fate === 'hangs' || fate === 'hangs, and is appended') {
      const { hangsMs } = this;
      return await new Promise<never>((_resolve, reject) => {
        if (hangsMs !== null) setTimeout(() => reject(unavailable(fate)), hangsMs);
      });
    }
    return fate === null ? produced : parts.map(() => ({ errorCode: fate, firstOffset: -1 }));
  }

  private append(leader: number, id: bigint, { place, records, sequence }: ProducePart): Produced {
    const log = this.logs[place.number]!;
    if (log.leader !== leader) return { errorCode: kafkaFaults.notLeader, firstOffset: -1 };
    const last = log.producers.get(id);
    const isRepeat = last?.sequence === sequence && last.count === records.length;
    if (last !== undefined && isRepeat) return { errorCode: 0, firstOffset: last.offset };
    if (last !== undefined && last.sequence + last.count !== sequence) return { errorCode: 45, firstOffset: -1 };
    const offset = log.texts.length;
    for (const { value } of records) log.texts.push(Buffer.from(value!).toString());
    log.producers.set(id, { sequence, count: records.length, offset });
    return { errorCode: 0, firstOffset: offset };
  }
}

function production(number: number, ...texts: string[]): Production {
  return { place: { topic: 't', number }, records: texts.map((text) => ({ key: null, value: Buffer.from(text) })) };
}

function open(brokers: ProducingBrokers, now = (): number => 0): Producing {
  return new Producing({ brokers, now, retryMs: 0, doubtMs: 0 });
}

// Each row: what becomes of the first requests, where partitions 0 and 3 then are led, and what is asked: who, for which partitions.
const rows: [what: string, fates: (Fate | null)[], moved: [number, number], asked: string[]][] = [
  ['all is well', [], [0, 0], ['0: 0 3', '1: 1']],
  ['a request is lost', ['lost'], [0, 0], ['0: 0 3', '1: 1', '0: 0 3']],
  ['an answer is lost', ['answer lost'], [0, 0], ['0: 0 3', '1: 1', '0: 0 3']],
  ['its leader is lost: its partitions get two others', ['answer lost'], [1, 2], ['0: 0 3', '1: 1', '1: 0', '2: 3']],
  ['its leader stands still', ['hangs'], [2, 2], ['0: 0 3', '1: 1', '2: 0 3']],
  ['and has appended before', ['hangs, and is appended'], [1, 2], ['0: 0 3', '1: 1', '1: 0', '2: 3']],
  ['the copies do not come', [kafkaFaults.notEnoughReplicasAfterAppend], [0, 0], ['0: 0 3', '1: 1', '0: 0 3']],
  ['there is no leader for a while', ['lost'], [-1, 1], ['0: 0 3', '1: 1', '1: 3', '2: 0']],
];
for (const [what, fates, [first, second], asked] of rows) {
  test(`produce: ${what}`, async () => {
    const brokers = new ToyBrokers(4);
    brokers.fates = [...fates];
    brokers.move = () => {
      [brokers.logs[0]!.leader, brokers.logs[3]!.leader] = [first, second];
      if (first < 0) setTimeout(() => (brokers.logs[0]!.leader = 2), 20);
    };
    const offsets = await open(brokers).produce([production(0, 'a', 'b'), production(1, 'c'), production(3, 'd')]);
    assert.deepEqual(offsets, [0, 0, 0]);
    assert.deepEqual(
      brokers.logs.map(({ texts }) => texts.join('')),
      ['ab', 'c', '', 'd'],
    );
    assert.deepEqual(brokers.asked, asked);
  });
}

test('produce: what is too large is refused, the next goes on under new numbers', async () => {
  const brokers = new ToyBrokers(1);
  brokers.fates = [null, kafkaFaults.messageTooLarge];
  const producing = open(brokers);
  await producing.produce([production(0, 'a')]);
  await assert.rejects(producing.produce([production(0, 'large')]), { code: 'BODY_TOO_LARGE' });
  assert.deepEqual(await producing.produce([production(0, 'c')]), [1]);
  assert.equal(brokers.logs[0]!.producers.size, 2);
});

test('produce: a fault that does not pass is told, and not tried again', async () => {
  const brokers = new ToyBrokers(1);
  brokers.fates = [authorizationFailed];
  await assert.rejects(open(brokers).produce([production(0, 'a')]), { code: 'LOG_UNAVAILABLE' });
  assert.deepEqual(brokers.asked, ['0: 0']);
});

test('produce: what is not appended for long is given up, and does not come later', async () => {
  const brokers = new ToyBrokers(1);
  brokers.logs[0]!.leader = -1;
  let now = 0;
  const producing = open(brokers, () => (now += 10_000));
  await assert.rejects(producing.produce([production(0, 'a')]), { code: 'LOG_UNAVAILABLE' });
  brokers.logs[0]!.leader = 0;
  assert.deepEqual(await producing.produce([production(0, 'b')]), [0]);
  assert.deepEqual(brokers.logs[0]!.texts, ['b']);
});

test('produce: after it was closed nothing is sent', async () => {
  const brokers = new ToyBrokers(1);
  const producing = open(brokers);
  producing.close();
  await assert.rejects(producing.produce([production(0, 'a')]), { code: 'LOG_UNAVAILABLE' });
  assert.deepEqual(brokers.asked, []);
});

const fateList = ['lost', 'answer lost', 'hangs', 'hangs, and is appended', 6, 7, 20] as const;

async function produceUnderFaults(random: Random): Promise<void> {
  const partitions = random.integer(1, 6);
  const brokers = new ToyBrokers(partitions);
  // Two requests that hang may move a leader to and fro.
  brokers.hangsMs = 5;
  brokers.move = () => {
    for (const log of brokers.logs) log.leader = (log.leader + random.integer(1, 2)) % 3;
  };
  const producing = open(brokers);
  const expected = brokers.logs.map((): string[] => []);
  const sent = Array.from({ length: 30 }, async (_, n) => {
    const numbers = new Set(Array.from({ length: random.integer(1, 4) }, () => random.integer(0, partitions - 1)));
    const productions = [...numbers].map((number) => {
      const texts = Array.from({ length: random.integer(1, 3) }, (_unused, i) => `${n}.${i}`);
      expected[number]!.push(...texts);
      return { number, texts };
    });
    const offsets = await producing.produce(productions.map(({ number, texts }) => production(number, ...texts)));
    for (const [i, { number, texts }] of productions.entries()) {
      const found = brokers.logs[number]!.texts.slice(offsets[i], offsets[i]! + texts.length);
      assert.deepEqual(found, texts, 'the offset is that of the first record');
    }
  });
  brokers.fates = Array.from({ length: 60 }, () => (random.chance(0.4) ? random.pick(fateList) : null));
  await Promise.all(sent);
  assert.deepEqual(
    brokers.logs.map(({ texts }) => texts),
    expected,
  );
}

test('produce: under random faults each record is there once, in the order of the calls', async (t) => {
  const seed = 20260;
  t.diagnostic(`seed ${seed}`);
  for (let round = 0; round < 15; round++) await produceUnderFaults(createRandom(seed + round));
});
