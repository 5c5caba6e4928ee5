import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Duplex } from 'node:stream';
import { SheafError } from '../../errors.ts';
import type { FrameType } from '../../protocol/frames.ts';
import { Connection } from '../../transport/connection.ts';
import { encodeFrameHead, FrameDecoder, type Frame } from '../../transport/frame.ts';
import { entryNotFound, logReplaced } from '../log.ts';
import type { ReadRequest } from '../sqlite/read.ts';
import type { SkipOutcome } from '../sqlite/skips.ts';
import type { TrimOutcome } from '../sqlite/trims.ts';
import type { AppendOutcome, AppendRecord } from '../sqlite/store.ts';
import type { ReadOutcome, Storage } from '../sqlite/threads.ts';
import { LogService } from './service.ts';
import { logSession } from './session.ts';

/** A storage whose answers the test gives. */
class FakeStorage implements Storage {
  readonly appends: ((outcome: AppendOutcome) => void)[] = [];
  readonly reads: [ReadRequest, (outcome: ReadOutcome) => void][] = [];

  append(_record: AppendRecord, onOutcome: (outcome: AppendOutcome) => void): void {
    this.appends.push(onOutcome);
  }

  read(request: ReadRequest, onOutcome: (outcome: ReadOutcome) => void): void {
    this.reads.push([request, onOutcome]);
  }

  trim(_partition: string, before: number, onOutcome: (outcome: TrimOutcome) => void): void {
    onOutcome(before > 9 ? { ok: false, error: logReplaced('p', before, 9) } : { ok: true, earliest: before });
  }

  skip(partition: string, offset: number, onOutcome: (outcome: SkipOutcome) => void): void {
    const batch = { firstOffset: offset, lastOffset: offset };
    onOutcome(partition === 'p' ? { ok: true, batch } : { ok: false, error: entryNotFound(partition, offset) });
  }
}

class Peer {
  readonly storage = new FakeStorage();
  readonly service: LogService;
  readonly connection: Connection;
  /** Shared with all other peers of a log. */
  readonly waiting = { bytes: 0 };
  /** What the next beat would say. */
  readonly beat: () => object | null;
  private readonly frames: Frame[] = [];
  private readonly socket: Duplex;

  constructor(heads: [string, number][]) {
    const decoder = new FrameDecoder();
    this.socket = new Duplex({
      read: () => undefined,
      write: (chunk: Buffer, _encoding, done) => {
        this.frames.push(...decoder.push(chunk));
        done();
      },
    });
    this.service = new LogService(this.storage, { identity: 'log 1', heads, earliest: [] });
    this.connection = new Connection(this.socket);
    const events = logSession(this.service, this.waiting, this.connection);
    this.beat = () => events.word?.() ?? null;
    this.connection.start(events, Buffer.alloc(0));
  }

  /** Sends one frame, and tells what came back: `type id header body`. */
  async send(type: FrameType, id: number, header: unknown, body = ''): Promise<string[]> {
    this.socket.push(Buffer.concat([encodeFrameHead(type, id, header, body.length), Buffer.from(body)]));
    return await this.received();
  }

  async received(): Promise<string[]> {
    for (let turn = 0; turn < 4; turn++) await new Promise<void>((resolve) => void setImmediate(resolve));
    return this.frames.splice(0).map(({ type, id, header, body }) => {
      const shown = type === 'failure' ? (header as { code: string }).code : JSON.stringify(header);
      return `${type} ${id} ${shown} ${Buffer.from(body).toString()}`.trimEnd();
    });
  }
}

/** A peer that has been greeted. */
async function peerWith(heads: [string, number][]): Promise<Peer> {
  const peer = new Peer(heads);
  assert.deepEqual(await peer.received(), ['greeting 0 {"identity":"log 1"}']);
  return peer;
}

const append = { producer: 'a', sequence: 1, batches: [{ partition: 'p', count: 2, bytes: 2 }] };
const appended = [{ partition: 'p', firstOffset: 0, lastOffset: 1 }];

suite('logSession', () => {
  test('a subscriber at the head gets a commit without a read, and a repeat not at all', async () => {
    const peer = await peerWith([]);
    await peer.send('subscribe', 2, { partition: 'p', have: -1, from: 0, credit: 2 });
    await peer.send('append', 1, append, 'ab');
    peer.storage.appends[0]!({ ok: true, appended, outcomes: [], repeated: false });
    assert.deepEqual(await peer.received(), [
      'entries 2 {"partition":"p","firstOffset":0,"count":2} ab',
      `appended 1 ${JSON.stringify({ appended })}`,
    ]);
    await peer.send('append', 3, append, 'ab');
    peer.storage.appends[1]!({ ok: true, appended, outcomes: [], repeated: true });
    assert.deepEqual(await peer.received(), [`appended 3 ${JSON.stringify({ appended })}`]);
    assert.equal(peer.storage.reads.length, 0);
  });

  test('appends of all connections that wait for the disk are bounded; what is answered, well or not, makes room', async () => {
    const peer = await peerWith([]);
    const limit = 512 * 1024 * 1024;
    peer.waiting.bytes = limit - 3;
    assert.deepEqual(await peer.send('append', 1, append, 'ab'), []);
    assert.equal(peer.waiting.bytes, limit - 1);
    assert.deepEqual(await peer.send('append', 3, { ...append, sequence: 2 }, 'cd'), ['failure 3 LOG_UNAVAILABLE']);
    assert.equal(peer.storage.appends.length, 1, 'what is refused is not kept');
    peer.storage.appends[0]!({ ok: false, error: new SheafError('LOG_FULL') });
    assert.deepEqual(await peer.received(), ['failure 1 LOG_FULL']);
    assert.equal(peer.waiting.bytes, limit - 3);
    peer.waiting.bytes = limit - 2;
    await peer.send('append', 5, { ...append, sequence: 2 }, 'cd');
    peer.storage.appends[1]!({ ok: true, appended, outcomes: [], repeated: false });
    assert.deepEqual(await peer.received(), [`appended 5 ${JSON.stringify({ appended })}`], 'just so many are taken');
    assert.equal(peer.waiting.bytes, limit - 2);
  });

  test('what is read for a subscriber is sent, skipped batches as such; a read that fails ends it with its error', async () => {
    const peer = await peerWith([['p', 7]]);
    await peer.send('subscribe', 2, { partition: 'p', have: -1, from: 0, credit: 3 });
    const [request, onRead] = peer.storage.reads[0]!;
    assert.deepEqual([request.partition, request.from], ['p', 0]);
    onRead({
      ok: true,
      batches: [
        { firstOffset: 0, lastOffset: 2, bytes: Buffer.from('abc') },
        { firstOffset: 3, lastOffset: 3, bytes: Buffer.from('d'), skipped: true },
      ],
    });
    assert.deepEqual(await peer.received(), [
      'entries 2 {"partition":"p","firstOffset":0,"count":3} abc',
      'entries 2 {"partition":"p","firstOffset":3,"count":1,"skipped":true} d',
    ]);
    peer.storage.reads[1]![1]({ ok: false, error: new SheafError('LOG_CORRUPT') });
    assert.deepEqual(await peer.received(), ['failure 2 LOG_CORRUPT']);
    assert.equal(peer.service.subscriptionCount, 0);
  });

  test('a client that has left is followed by nobody', async () => {
    const peer = await peerWith([['p', 7]]);
    const followers: unknown[] = [];
    const unfollow = peer.service.unfollow.bind(peer.service);
    peer.service.unfollow = (untold) => {
      followers.push(untold);
      unfollow(untold);
    };
    await peer.send('ping', 0, { follows: 'heads' });
    peer.connection.close();
    await peer.received();
    assert.equal(followers.length, 1);
  });

  test('a skip is answered with the offsets of its batch, or says that there is none', async () => {
    const peer = await peerWith([]);
    assert.deepEqual(await peer.send('skip', 1, { partition: 'p', offset: 3 }), [
      'skipped 1 {"firstOffset":3,"lastOffset":3}',
    ]);
    assert.deepEqual(await peer.send('skip', 3, { partition: 'q', offset: 3 }), ['failure 3 ENTRY_NOT_FOUND']);
  });

  test('a trim is answered with the earliest offset, and a subscription from below it is refused by that', async () => {
    const peer = await peerWith([['p', 7]]);
    assert.deepEqual(await peer.send('askEarliest', 1, { partitions: ['q', 'p'] }), ['earliest 1 {"earliest":[0,0]}']);
    assert.deepEqual(await peer.send('trim', 3, { partition: 'p', before: 11 }), ['failure 3 LOG_REPLACED']);
    assert.deepEqual(await peer.send('trim', 3, { partition: 'p', before: 5 }), ['trimmed 3 {"earliest":5}']);
    assert.deepEqual(await peer.send('askEarliest', 1, { partitions: ['q', 'p'] }), ['earliest 1 {"earliest":[0,5]}']);
    const from4 = { partition: 'p', have: 3, from: 4, credit: 1 };
    assert.deepEqual(await peer.send('subscribe', 2, from4), ['failure 2 LOG_TRIMMED']);
    assert.equal(peer.service.subscriptionCount, 0);
    assert.deepEqual(await peer.send('subscribe', 2, { ...from4, have: 4, from: 5 }), []);
    assert.equal(peer.service.subscriptionCount, 1);
  });

  test('heads, and no answer to a cancel', async () => {
    const peer = await peerWith([['p', 7]]);
    assert.deepEqual(await peer.send('askHeads', 1, { partitions: ['q', 'p'] }), ['heads 1 {"heads":[-1,7]}']);
    await peer.send('subscribe', 2, { partition: 'p', have: -1, from: 0, credit: 1 });
    assert.equal(peer.service.subscriptionCount, 1);
    assert.deepEqual(await peer.send('cancel', 2, null), []);
    assert.equal(peer.service.subscriptionCount, 0);
    peer.storage.reads[0]![1]({ ok: true, batches: [{ firstOffset: 0, lastOffset: 7, bytes: new Uint8Array(1) }] });
    assert.deepEqual(await peer.received(), []);
  });

  test('who has left is told of no head, and one of two subscribers that leaves does not take the other along', async () => {
    const { service, storage } = await peerWith([['p', 7]]);
    const untold = service.follow();
    untold.take();
    service.unfollow(untold);
    const got: string[] = [];
    const subscriberOf = (name: string): Parameters<LogService['subscribe']>[2] => ({
      onBatch: ({ firstOffset }) => got.push(`${name} ${firstOffset}`),
      onFailure: ({ code }) => got.push(`${name} ${code}`),
    });
    const [a, b] = ['a', 'b'].map((name) => service.subscribe('p', 8, subscriberOf(name)));
    for (const each of [a!, b!]) each.credit(2);
    assert.equal(service.subscriptionCount, 2);
    a!.cancel();
    assert.equal(service.subscriptionCount, 1);
    service.append({ ...append, requests: [], body: Buffer.from('ab') }, () => got.push('appended'));
    storage.appends[0]!({
      ok: true,
      appended: [{ partition: 'p', firstOffset: 8, lastOffset: 9 }],
      outcomes: [],
      repeated: false,
    });
    assert.deepEqual(got, ['b 8', 'appended']);
    assert.deepEqual(untold.take(), { partitions: [], heads: [], rest: 0 });
    assert.equal(service.head('p'), 9);
  });

  test('entries that are missing below the head are LOG_CORRUPT, and the connection goes on', async () => {
    const peer = await peerWith([['p', 7]]);
    await peer.send('subscribe', 2, { partition: 'p', have: 2, from: 3, credit: 1 });
    peer.storage.reads[0]![1]({ ok: true, batches: [] });
    assert.deepEqual(await peer.received(), ['failure 2 LOG_CORRUPT']);
    assert.deepEqual(await peer.send('credit', 2, { batches: 1 }), []);
    assert.equal(peer.connection.isOpen, true);
    assert.equal(peer.service.subscriptionCount, 0);
  });

  test('a subscriber that has read beyond the head is refused', async () => {
    const peer = await peerWith([['p', 7]]);
    assert.deepEqual(await peer.send('subscribe', 2, { partition: 'p', have: 8, from: 8, credit: 1 }), [
      'failure 2 LOG_REPLACED',
    ]);
    assert.equal(peer.service.subscriptionCount, 0);
    assert.deepEqual(await peer.send('subscribe', 4, { partition: 'p', have: 7, from: 8, credit: 1 }), []);
    assert.equal(peer.service.subscriptionCount, 1);
  });

  test('who follows is told all heads at once, then what changed, and nobody else is told any', async () => {
    const peer = await peerWith([['p', 7]]);
    assert.deepEqual(peer.beat(), null);
    const told = (partitions: string[], heads: number[]) => JSON.stringify({ partitions, heads, rest: 0 });
    assert.deepEqual(await peer.send('ping', 0, { follows: 'heads' }), [`ping 0 ${told(['p'], [7])}`]);
    assert.deepEqual(await peer.send('ping', 0, { follows: 'heads' }), [], 'once a connection');
    assert.equal(JSON.stringify(peer.beat()), told([], []));
    await peer.send('append', 1, append, 'ab');
    peer.storage.appends[0]!({ ok: true, appended, outcomes: [], repeated: false });
    assert.equal(JSON.stringify(peer.beat()), told(['p'], [1]));
    assert.equal(JSON.stringify(peer.beat()), told([], []));
  });

  // Each row: a frame that ends the connection.
  const faults: [what: string, type: FrameType, header: unknown][] = [
    ['of another protocol', 'task', {}],
    ['with a header that does not fit', 'append', append],
    ['that takes an id in use', 'subscribe', { partition: 'q', have: -1, from: 0, credit: 1 }],
  ];
  for (const [what, type, header] of faults) {
    test(`a frame ${what} ends the connection and its subscriptions`, async () => {
      const peer = await peerWith([]);
      await peer.send('subscribe', 2, { partition: 'p', have: -1, from: 0, credit: 1 });
      await peer.send(type, 2, header);
      assert.equal(peer.connection.isOpen, false);
      assert.equal(peer.service.subscriptionCount, 0);
    });
  }
});
