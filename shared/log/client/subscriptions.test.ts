import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { SheafError } from '../../errors.ts';
import type { Connection } from '../../transport/connection.ts';
import { SubscriptionClient } from './subscriptions.ts';

/** One subscriber to `p` from 0, what it and its owner are told, and what is sent. */
class World {
  readonly events: string[] = [];
  readonly client = new SubscriptionClient((partition, { code }) => this.events.push(`failed ${partition} ${code}`));
  readonly subscription = this.client.subscribe({
    partition: 'p',
    from: 0,
    onBatch: ({ firstOffset, count, bytes }) => {
      this.events.push(`batch ${firstOffset}+${count} ${Buffer.from(bytes).toString()}`);
    },
    onRefused: ({ code }) => this.events.push(`refused ${code}`),
  });

  connect(): void {
    const send = (type: string, id: number, header: unknown): void => {
      this.events.push(`${type} ${id} ${JSON.stringify(header)}`);
    };
    this.client.attach({ send } as unknown as Connection);
  }

  receive(id: number, firstOffset: number, body: string, skipped = false): void {
    const header = { partition: 'p', firstOffset, count: 2, ...(skipped ? { skipped } : {}) };
    this.client.received({ type: 'entries', id, header, body: Buffer.from(body), sizeBytes: 0 });
  }

  /** What happened since this was asked last, once promises have settled. */
  async told(): Promise<string[]> {
    for (let i = 0; i < 10; i++) await Promise.resolve();
    return this.events.splice(0);
  }
}

const first = 'subscribe 2 {"partition":"p","have":-1,"from":0,"credit":4}';
/** The second connection begins with the batch that was the last of the first. */
const again = 'subscribe 4 {"partition":"p","have":1,"from":1,"credit":5}';

async function reconnected(): Promise<World> {
  const world = new World();
  world.connect();
  world.receive(2, 0, 'ab');
  world.client.detach();
  world.connect();
  assert.deepEqual(await world.told(), [first, 'batch 0+2 ab', again]);
  return world;
}

test('SubscriptionClient: credit is given back for every second batch', async () => {
  const world = new World();
  world.connect();
  for (const at of [0, 2, 4]) world.receive(2, at, `at ${at}`);
  const credit = 'credit 2 {"batches":2}';
  assert.deepEqual(await world.told(), [first, 'batch 0+2 at 0', 'batch 2+2 at 2', credit, 'batch 4+2 at 4']);
});

test('SubscriptionClient: batches of a subscription that was closed are dropped', async () => {
  const world = new World();
  world.connect();
  world.subscription.close();
  world.receive(2, 0, 'ab');
  assert.deepEqual(await world.told(), [first, 'cancel 2 null']);
  assert.equal(world.client.failed(2, new SheafError('INTERNAL')), false, 'the id is of no subscription');
});

// Each row: the first batch of the next connection, and what is told of it.
const proofs: [name: string, firstOffset: number, body: string, skipped: boolean, told: string[]][] = [
  ['the same proves it, and is not delivered again', 0, 'ab', false, []],
  ['it was skipped since', 0, '', true, []],
  ['other bytes are another log', 0, 'xy', false, ['cancel 4 null', 'failed p LOG_REPLACED', 'refused LOG_REPLACED']],
  ['another place too', 1, 'ab', false, ['cancel 4 null', 'failed p LOG_REPLACED', 'refused LOG_REPLACED']],
  ['a skipped one elsewhere', 1, '', true, ['cancel 4 null', 'failed p LOG_REPLACED', 'refused LOG_REPLACED']],
];
for (const [name, firstOffset, body, skipped, told] of proofs) {
  test(`SubscriptionClient: the proof of the next connection: ${name}`, async () => {
    const world = await reconnected();
    world.receive(4, firstOffset, body, skipped);
    assert.deepEqual(await world.told(), told);
    world.receive(4, 2, 'cd');
    assert.deepEqual(await world.told(), told.length === 0 ? ['batch 2+2 cd'] : []);
  });
}

test('SubscriptionClient: what failed is asked for again a second later, once', async (t: TestContext) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const world = new World();
  world.connect();
  assert.equal(world.client.failed(2, new SheafError('DATA_CORRUPT')), true);
  t.mock.timers.tick(999);
  assert.deepEqual(await world.told(), [first, 'failed p DATA_CORRUPT']);
  t.mock.timers.tick(1);
  assert.deepEqual(await world.told(), ['subscribe 4 {"partition":"p","have":-1,"from":0,"credit":4}']);
  t.mock.timers.tick(5000);
  assert.deepEqual(await world.told(), []);
});

// Each row: what happens while it waits to ask again; it does not ask then.
const ends: [name: string, end: (world: World) => void][] = [
  ['the connection ends', ({ client }) => client.detach()],
  ['the subscription is closed', ({ subscription }) => subscription.close()],
  ['the client is closed', ({ client }) => client.close()],
];
for (const [name, end] of ends) {
  test(`SubscriptionClient: it does not ask again where ${name}`, async (t: TestContext) => {
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const world = new World();
    world.connect();
    world.client.failed(2, new SheafError('DATA_CORRUPT'));
    end(world);
    t.mock.timers.tick(5000);
    assert.deepEqual(await world.told(), [first, 'failed p DATA_CORRUPT']);
  });
}

// Each row: the earliest offset of the log, after 0 and 1 were read: whether it can go on.
const trims: [name: string, earliest: number, told: string[]][] = [
  ['only the proof is gone', 2, ['subscribe 6 {"partition":"p","have":1,"from":2,"credit":4}']],
  ['what comes next is gone', 3, ['cancel 4 null', 'failed p LOG_TRIMMED', 'refused LOG_TRIMMED']],
];
for (const [name, earliest, told] of trims) {
  test(`SubscriptionClient: a trimmed log: ${name}`, async () => {
    const world = await reconnected();
    world.client.failed(4, new SheafError('LOG_TRIMMED', { detail: { earliest } }));
    assert.deepEqual(await world.told(), told);
  });
}

test('SubscriptionClient: who subscribes asks at once where there is a connection, and nothing comes of an old one', async () => {
  const world = new World();
  world.connect();
  const asked = { partition: 'q', from: 3, onBatch: () => undefined, onRefused: undefined };
  world.client.subscribe(asked);
  assert.deepEqual(await world.told(), [first, 'subscribe 4 {"partition":"q","have":2,"from":3,"credit":4}']);
  world.client.detach();
  world.client.subscribe(asked);
  world.receive(2, 0, 'ab');
  assert.deepEqual(await world.told(), []);
});
