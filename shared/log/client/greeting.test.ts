import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { SheafError } from '../../errors.ts';
import { Greeting } from './greeting.ts';

const frame = (identity: string, type: 'greeting' | 'failure' = 'greeting') => {
  return { type, id: 0, header: { identity }, body: new Uint8Array(), sizeBytes: 0 };
};
const shown = (error: SheafError | null): string =>
  error === null ? 'taken' : `${error.code} ${String(error.detail['found'])}`;

// Each row: the log that was wanted, those that greet one after another, what becomes of each.
const rows: [name: string, wanted: string | null, greeted: string[], told: string[]][] = [
  [
    'the first it meets is the one it stays with',
    null,
    ['a', 'a', 'b', 'a'],
    ['taken', 'taken', 'LOG_REPLACED b', 'taken'],
  ],
  ['or the one it was given', 'a', ['b', 'a'], ['LOG_REPLACED b', 'taken']],
];
for (const [name, wanted, greeted, told] of rows) {
  test(`Greeting: ${name}`, async () => {
    const greeting = new Greeting(wanted);
    assert.deepEqual(
      greeted.map((identity) => shown(greeting.receive(frame(identity)))),
      told,
    );
    assert.equal(await greeting.identity(0), greeted.at(-1), 'who greeted last is told, wanted or not');
  });
}

test('Greeting: another frame first is no log', () => {
  assert.throws(() => new Greeting(null).receive(frame('a', 'failure')), { code: 'FRAME_INVALID' });
});

test('Greeting: who asks before a log is there is told when it comes, each of them', async () => {
  const greeting = new Greeting(null);
  const timers = (): number => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
  const before = timers();
  const asked = [greeting.identity(60_000), greeting.identity(60_000)];
  assert.equal(timers(), before + 2);
  greeting.receive(frame('a'));
  assert.deepEqual(await Promise.all(asked), ['a', 'a']);
  assert.equal(timers(), before, 'no timer holds the process up');
});

test('Greeting: who asks is refused when its time is over, and when the client is closed', async (t: TestContext) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const greeting = new Greeting(null);
  const told: string[] = [];
  const ask = (timeoutMs: number): void => {
    greeting.identity(timeoutMs).catch(({ code }: SheafError) => told.push(`${code} of ${timeoutMs}`));
  };
  ask(100);
  ask(300);
  t.mock.timers.tick(99);
  await Promise.resolve();
  assert.deepEqual(told, []);
  t.mock.timers.tick(1);
  for (let i = 0; i < 5; i++) await Promise.resolve();
  assert.deepEqual(told, ['LOG_UNAVAILABLE of 100']);
  greeting.close();
  for (let i = 0; i < 5; i++) await Promise.resolve();
  assert.deepEqual(told, ['LOG_UNAVAILABLE of 100', 'LOG_UNAVAILABLE of 300']);
});
