/** Requests over connections that come and go: what is sent when, and what each asker is told, once. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { SheafError } from '../../errors.ts';
import { limits } from '../../limits.ts';
import type { Connection } from '../../transport/connection.ts';
import { appendsRememberedMax } from '../wire.ts';
import { RequestQueue } from './requests.ts';

/** A queue, connections that write down what they are given, and what askers were told. */
class World {
  readonly queue = new RequestQueue();
  private readonly events: string[] = [];

  connect(refuses: string | null = null): void {
    const unflushed: string[] = [];
    const send = (_type: string, id: number, header: unknown): void => {
      if (header === refuses) throw new SheafError('BODY_TOO_LARGE');
      unflushed.push(`${String(header)}#${id}`);
    };
    const flush = (): void => void this.events.push(...unflushed.splice(0));
    this.queue.attach({ send, flush } as unknown as Connection);
  }

  ask(name: string, { sizeBytes = 1, timeoutMs = 1000 } = {}): void {
    const request = { type: 'append', header: name, body: [], sizeBytes, timeoutMs } as const;
    this.queue.ask(request).then(
      (answer) => this.events.push(`${name}: ${String(answer)}`),
      ({ code, detail }: SheafError) =>
        this.events.push(`${name}: ${code} ${(detail['reason'] as string | undefined) ?? ''}`.trim()),
    );
  }

  /** What happened since this was asked last, once promises have settled. */
  async told(): Promise<string> {
    for (let i = 0; i < 10; i++) await Promise.resolve();
    return this.events.splice(0).join(', ');
  }
}

const half = limits.frameBytesMax / 2;

// Each row: what is done, step by step, and what is sent (name#id) and told (name: answer) by then.
const rows: [name: string, steps: [(world: World) => void, string][]][] = [
  [
    'what is asked over a connection is sent at once, and answered by its id, in any order',
    [
      [(w) => w.connect(), ''],
      [(w) => w.ask('a'), 'a#1'],
      [(w) => w.ask('b'), 'b#3'],
      [(w) => w.queue.answered(3, 'second'), 'b: second'],
      [(w) => w.queue.answered(1, 'first'), 'a: first'],
    ],
  ],
  [
    'what is asked before waits for the connection, and keeps its order',
    [
      [(w) => w.ask('a'), ''],
      [(w) => w.ask('b'), ''],
      [(w) => w.connect(), 'a#1, b#3'],
    ],
  ],
  [
    'what was sent and not answered is sent again over the next connection, before what was not sent',
    [
      [(w) => w.connect(), ''],
      [(w) => w.ask('a'), 'a#1'],
      [(w) => w.ask('b'), 'b#3'],
      [(w) => w.queue.answered(1, 'ok'), 'a: ok'],
      [(w) => w.queue.detach(), ''],
      [(w) => w.ask('c'), ''],
      [(w) => w.connect(), 'b#5, c#7'],
      [(w) => w.queue.answered(3, 'of before'), ''],
      [(w) => w.queue.answered(5, 'ok'), 'b: ok'],
    ],
  ],
  [
    'a failure is told to who asked, and to no other',
    [
      [(w) => w.connect(), ''],
      [(w) => w.ask('a'), 'a#1'],
      [(w) => w.ask('b'), 'b#3'],
      [(w) => w.queue.failed(1, new SheafError('LOG_FULL')), 'a: LOG_FULL'],
      [(w) => w.queue.failed(9, new SheafError('LOG_FULL')), ''],
    ],
  ],
  [
    'no more is under way than a frame holds, and what waits follows as there is room',
    [
      [(w) => w.connect(), ''],
      [(w) => w.ask('a', { sizeBytes: half }), 'a#1'],
      [(w) => w.ask('b', { sizeBytes: half }), 'b#3'],
      [(w) => w.ask('c'), ''],
      [(w) => w.ask('d'), ''],
      [(w) => w.queue.answered(1, 'ok'), 'c#5, d#7, a: ok'],
    ],
  ],
  [
    'one that is larger is sent alone',
    [
      [(w) => w.connect(), ''],
      [(w) => w.ask('a', { sizeBytes: 4 * half }), 'a#1'],
      [(w) => w.ask('b'), ''],
      [(w) => w.queue.answered(1, 'ok'), 'b#3, a: ok'],
    ],
  ],
  [
    'what was under way on a connection that ended takes no room on the next',
    [
      [(w) => w.connect(), ''],
      [(w) => w.ask('a', { sizeBytes: half }), 'a#1'],
      [(w) => w.connect(), 'a#3'],
      [(w) => w.ask('b', { sizeBytes: half }), 'b#5'],
    ],
  ],
  [
    'where the log cannot be asked, what was sent waits on: it may have been done',
    [
      [(w) => w.connect(), ''],
      [(w) => w.ask('a'), 'a#1'],
      [(w) => w.queue.detach(), ''],
      [(w) => w.ask('b'), ''],
      [(w) => w.queue.refuse(new SheafError('SECRET_WRONG')), 'b: SECRET_WRONG'],
      [(w) => w.connect(), 'a#3'],
    ],
  ],
  [
    'what cannot be put into a frame fails alone',
    [
      [(w) => w.connect('a'), ''],
      [(w) => w.ask('a'), 'a: BODY_TOO_LARGE'],
      [(w) => w.ask('b'), 'b#3'],
    ],
  ],
  [
    'closing ends what was sent and what was not, and what is asked later',
    [
      [(w) => w.connect(), ''],
      [(w) => w.ask('a'), 'a#1'],
      [(w) => w.queue.detach(), ''],
      [(w) => w.ask('b'), ''],
      [
        (w) => w.queue.close(),
        'a: LOG_UNAVAILABLE the connection to the log was closed, b: LOG_UNAVAILABLE the connection to the log was closed',
      ],
      [(w) => w.ask('c'), 'c: LOG_UNAVAILABLE the connection to the log was closed'],
      [(w) => w.connect(), ''],
    ],
  ],
];
for (const [name, steps] of rows) {
  test(`RequestQueue: ${name}`, async () => {
    const world = new World();
    for (const [i, [step, expected]] of steps.entries()) {
      step(world);
      assert.equal(await world.told(), expected, `step ${i}`);
    }
    world.queue.close();
  });
}

test('RequestQueue: no more are under way than the log remembers of one that asks, or a repeat could count twice', async () => {
  const world = new World();
  world.connect();
  for (let i = 0; i <= appendsRememberedMax; i++) world.ask(`r${i}`, { sizeBytes: 0 });
  assert.equal((await world.told()).split(', ').length, appendsRememberedMax);
  world.queue.answered(1, 'ok');
  assert.match(await world.told(), new RegExp(`^r${appendsRememberedMax}#\\d+, r0: ok$`));
  world.queue.close();
});

test('RequestQueue: what is not answered in its time fails, sent or not, and makes room; a late answer is nobody’s', async (t: TestContext) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const world = new World();
  world.connect();
  world.ask('a', { sizeBytes: 2 * half, timeoutMs: 100 });
  world.ask('b', { timeoutMs: 50 });
  world.ask('c', { timeoutMs: 500 });
  assert.equal(await world.told(), 'a#1');
  t.mock.timers.tick(99);
  assert.equal(await world.told(), 'b: LOG_UNAVAILABLE no answer in 50 ms');
  t.mock.timers.tick(1);
  assert.equal(await world.told(), 'c#3, a: LOG_UNAVAILABLE no answer in 100 ms');
  world.queue.answered(1, 'late');
  world.queue.answered(3, 'ok');
  assert.equal(await world.told(), 'c: ok');
  t.mock.timers.tick(1000);
  assert.equal(await world.told(), '', 'the timer of what was answered is gone');
});
