import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { test } from 'node:test';
import type { IndexDefinition } from '../../shared/catalog/catalog.ts';
import { SheafError } from '../../shared/errors.ts';
import type { AppendedOnce, Log } from '../../shared/log/log.ts';
import { MemoryLog } from '../../shared/log/memory.ts';
import { storedFields, type RollupSchema } from '../../shared/rollup/rollup-schema.ts';
import { rowLayout } from '../../shared/rollup/row-layout.ts';
import { emptyRow } from '../../shared/rollup/row.ts';
import { IncrementLane } from './increment-lane.ts';

const rollup: RollupSchema = { dimensions: { page: { kind: 'keyword' } }, metrics: { n: { keep: ['sum'] } } };
const row = emptyRow(rowLayout(storedFields(rollup)));
const index: IndexDefinition = {
  id: 'x1',
  name: 'pages',
  kind: 'rollup',
  schema: { dynamic: 'strict', fields: {} },
  rollup,
  shards: 1,
  replicas: 1,
};
const nowhere: IndexDefinition = { ...index, id: 'x2', name: 'gone' };

/** A lane over a log that answers when it is told to; all that happens is noted in order. */
class Bench {
  readonly events: string[] = [];
  private readonly answers: (() => void)[] = [];
  private readonly lane: IncrementLane;

  constructor() {
    const memory = new MemoryLog(() => 0);
    const log: Pick<Log, 'appendOnce'> = {
      appendOnce: async (batches, requests): Promise<AppendedOnce> => {
        this.events.push(`append ${batches.reduce((sum, { count }) => sum + count, 0)}`);
        const answered = Promise.withResolvers<void>();
        this.answers.push(answered.resolve);
        await answered.promise;
        if (requests.some(({ key }) => key === 'lost')) throw new SheafError('LOG_UNAVAILABLE');
        return await memory.appendOnce(batches, requests);
      },
    };
    const obstacle = ({ id }: IndexDefinition): SheafError | null =>
      id === nowhere.id ? new SheafError('INDEX_NOT_FOUND') : null;
    this.lane = new IncrementLane({ log, catalogOffset: () => 0, obstacle });
  }

  add(name: string, { key, digest = 'd', of = index }: { key?: string; digest?: string; of?: IndexDefinition } = {}) {
    this.lane.add({
      index: of,
      increments: [{ key: '["home"]', row }],
      identity: key === undefined ? null : { key, digest },
      onRecorded: ([place]) => this.events.push(`${name} at ${place![0]} ${place![1]}`),
      onRefused: ({ code }) => this.events.push(`${name} ${code}`),
    });
  }

  /** Lets the log answer what it was asked, and all that follows happen. */
  async answer(): Promise<void> {
    for (const answer of this.answers.splice(0)) answer();
    await this.settle();
  }

  async settle(): Promise<void> {
    for (let i = 0; i < 8; i++) await turn();
  }

  seen(): string[] {
    return this.events.splice(0);
  }
}

test('increment lane: one append for all of a turn, and the next for all that came meanwhile', async () => {
  const bench = new Bench();
  for (const name of ['a', 'b', 'c']) bench.add(name);
  await bench.settle();
  assert.deepEqual(bench.seen(), ['append 3']);
  bench.add('d');
  await bench.settle();
  bench.add('e');
  await bench.settle();
  assert.deepEqual(bench.seen(), []);
  await bench.answer();
  // The log has work again before the callers of the first append are told.
  assert.deepEqual(bench.seen(), ['append 2', 'a at x1/0 2', 'b at x1/0 2', 'c at x1/0 2']);
  await bench.answer();
  assert.deepEqual(bench.seen(), ['d at x1/0 4', 'e at x1/0 4']);
});

test('increment lane: each request hears of its own', async () => {
  const bench = new Bench();
  bench.add('first', { key: 'k' });
  await bench.settle();
  await bench.answer();
  assert.deepEqual(bench.seen(), ['append 1', 'first at x1/0 0']);
  bench.add('repeat', { key: 'k' });
  bench.add('other', { key: 'k', digest: 'e' });
  bench.add('gone', { of: nowhere });
  bench.add('plain');
  bench.add('new', { key: 'l' });
  await bench.settle();
  await bench.answer();
  assert.deepEqual(bench.seen(), [
    'append 4',
    'gone INDEX_NOT_FOUND',
    'repeat at x1/0 0',
    'other IDEMPOTENCY_KEY_REUSED',
    'plain at x1/0 2',
    'new at x1/0 2',
  ]);
});

test('increment lane: nothing is appended where nothing may be written, and it goes on', async () => {
  const bench = new Bench();
  bench.add('gone', { of: nowhere });
  await bench.settle();
  assert.deepEqual(bench.seen(), ['gone INDEX_NOT_FOUND']);
  bench.add('plain');
  await bench.settle();
  await bench.answer();
  assert.deepEqual(bench.seen(), ['append 1', 'plain at x1/0 0']);
});

test('increment lane: an append that fails is refused for all in it, and the next goes on', async () => {
  const bench = new Bench();
  bench.add('a', { key: 'lost' });
  bench.add('b');
  await bench.settle();
  bench.add('c');
  await bench.answer();
  assert.deepEqual(bench.seen(), ['append 2', 'append 1', 'a LOG_UNAVAILABLE', 'b LOG_UNAVAILABLE']);
  await bench.answer();
  assert.deepEqual(bench.seen(), ['c at x1/0 0']);
});

test('increment lane: what is too much is refused at once', async () => {
  const bench = new Bench();
  for (let i = 0; i < 20_000; i++) bench.add('a');
  assert.deepEqual(bench.seen(), []);
  bench.add('late');
  assert.deepEqual(bench.seen(), ['late OVERLOADED']);
  await bench.settle();
  // One append has at most 4,000 increments.
  assert.deepEqual(bench.seen(), ['append 4000']);
});
