import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limits } from '../limits.ts';
import { createRandom, type Random } from '../random/random.ts';
import type { JobEntry, JobSpec, JobStep } from './job-entry.ts';
import { JobTable } from './job-table.ts';

const spec: JobSpec = { kind: 'deleteByQuery', index: 'films', indexId: 'x7', conflicts: 'count', docsPerSecond: null };
const create: JobEntry = { entry: 'create', catalogOffset: 0, spec, until: [9, 4], atMs: 1 };
const step: JobStep = {
  entry: 'step',
  job: 0,
  item: 0,
  step: 0,
  upTo: 5,
  workedMs: 2,
  counts: { read: 3 },
  pending: [],
};
const end: Extract<JobEntry, { entry: 'end' }> = { entry: 'end', job: 0, outcome: 'done', error: null, atMs: 2 };
const control = (wanted: 'run' | 'pause' | 'cancel'): JobEntry => ({ entry: 'control', job: 0, wanted });

/** A reindex that swaps an alias. */
const mover = (alias: string, indexId: string): JobEntry => {
  const swap: JobSpec = { ...spec, kind: 'reindex', indexId, into: 'copy', intoId: 'x9', alias };
  return { entry: 'create', catalogOffset: 0, spec: swap, until: [9], atMs: 1 };
};

/** A reindex that swaps nothing. */
const copy = (indexId: string, intoId: string): JobEntry => {
  return {
    entry: 'create',
    catalogOffset: 0,
    spec: { ...spec, kind: 'reindex', indexId, into: 'copy', intoId },
    until: [9],
    atMs: 1,
  };
};

const requestOf = (key: string) => ({ key, digest: 'ab12' });

// Each row: the situation, the entries before, the entry, whether it counts.
const rows: [situation: string, before: JobEntry[], entry: JobEntry, counts: boolean][] = [
  ['the first step', [create], step, true],
  ['a step that comes twice', [create, step], step, false],
  ['a step that follows on it', [create, step], { ...step, step: 1, upTo: 9 }, true],
  ['a step that leaves one out', [create], { ...step, step: 1 }, false],
  ['a step back', [create, step], { ...step, step: 1, upTo: 4 }, false],
  ['a step that goes on further', [create], { ...step, until: 20 }, true],
  ['a step up to there', [create, { ...step, until: 20 }], { ...step, step: 1, upTo: 20 }, true],
  ['a step that ends before it did', [create], { ...step, until: 8 }, false],
  ['a step that stays', [create, step], { ...step, step: 1 }, true],
  ['a step beyond the end', [create], { ...step, upTo: 10 }, false],
  ['a step of an item that there is not', [create], { ...step, item: 2 }, false],
  ['a step of a job that there is not', [create], { ...step, job: 1 }, false],
  ['a step of a job that is paused: it was under way', [create, control('pause')], step, true],
  ['a step of a job that is to be cancelled: it was under way', [create, control('cancel')], step, true],
  ['a step after the end', [create, end], step, false],
  ['a job that swaps an alias', [create], mover('a', 'x7'), true],
  ['a second that swaps it', [mover('a', 'x7')], mover('a', 'x8'), false],
  ['a second that replaces the same index', [mover('a', 'x7')], mover('b', 'x7'), false],
  ['one that swaps another, of another index', [mover('a', 'x7')], mover('b', 'x8'), true],
  ['one that swaps it after the first has ended', [mover('a', 'x7'), end], mover('a', 'x7'), true],
  ['one of the same index that swaps nothing', [mover('a', 'x7')], create, true],
  ['a copy back', [copy('a', 'b')], copy('b', 'a'), false],
  ['a copy back by another index', [copy('b', 'c'), copy('a', 'b')], copy('c', 'a'), false],
  ['a copy back after the first has ended', [copy('a', 'b'), end], copy('b', 'a'), true],
  ['copies of one index into two, and of two into one', [copy('a', 'b'), copy('a', 'c')], copy('c', 'b'), true],
  ['a job under a key', [create], { ...create, request: requestOf('k') }, true],
  ['a second under the same', [{ ...create, request: requestOf('k') }], { ...create, request: requestOf('k') }, false],
  [
    'a second under the same when the first has ended',
    [{ ...create, request: requestOf('k') }, end],
    { ...create, request: requestOf('k') },
    false,
  ],
  ['one under another', [{ ...create, request: requestOf('k') }], { ...create, request: requestOf('l') }, true],
  ['one without beside one with a key', [{ ...create, request: requestOf('k') }], create, true],
  [
    'one under the key of a job that is forgotten',
    [{ ...create, request: requestOf('k') }, end, { entry: 'forget', jobs: [0] }],
    { ...create, request: requestOf('k') },
    true,
  ],
  ['a second end', [create, end], { ...end, outcome: 'failed' }, false],
  ['a pause', [create], control('pause'), true],
  ['a second pause', [create, control('pause')], control('pause'), false],
  ['going on', [create, control('pause')], control('run'), true],
  ['going on after it was cancelled', [create, control('cancel')], control('run'), false],
  ['a pause after the end', [create, end], control('pause'), false],
  ['forgetting what goes on', [create], { entry: 'forget', jobs: [0] }, false],
  ['forgetting what has ended', [create, end], { entry: 'forget', jobs: [0] }, true],
  ['forgetting what there is not', [create], { entry: 'forget', jobs: [7] }, false],
  ['a checkpoint that is late', [create, step], { entry: 'checkpoint', upTo: 0, jobs: [] }, false],
  ['a checkpoint of something else', [create], { entry: 'checkpoint', upTo: 0, jobs: [] }, false],
];
for (const [situation, before, entry, counts] of rows) {
  test(`JobTable: ${situation} ${counts ? 'counts' : 'does not count'}`, () => {
    const table = fold([...before]);
    const jobs = table.all();
    assert.equal(table.apply(before.length, entry), counts);
    if (!counts) assert.deepEqual(table.all(), jobs);
  });
}

function fold(entries: readonly JobEntry[]): JobTable {
  const table = new JobTable(true);
  for (const [offset, entry] of entries.entries()) table.apply(offset, entry);
  return table;
}

test('JobTable: of the documents that matched those are left of which no step has told', () => {
  const more = { ...step, step: 1, upTo: 9, counts: { read: 4 } };
  const table = fold([{ ...create, matches: [8, 5] }, step, step, more]);
  assert.deepEqual(
    table.get(0)!.items.map(({ left }) => left),
    [1, 5],
  );
  // Where more is found than was counted, nothing is left.
  table.apply(4, { ...more, step: 2 });
  assert.equal(table.get(0)!.items[0]!.left, 0);
  assert.equal(fold([create, step]).get(0)!.items[0]!.left, undefined);
});

test('JobTable: the copies that were there before the job are items behind the shards', () => {
  const table = fold([{ ...create, since: [7, -1] }]);
  const shown = table.get(0)!.items.map(({ of, until, upTo }) => [of, until, upTo]);
  assert.deepEqual(shown, [
    [undefined, 9, -1],
    [undefined, 4, -1],
    ['copies', 7, -1],
    ['copies', -1, -1],
  ]);
  assert.equal(table.apply(1, { ...step, item: 2, upTo: 7 }), true);
  assert.deepEqual([table.get(0)!.items[2]!.upTo, table.get(0)!.items[2]!.steps], [7, 1]);
  const again = new JobTable(false);
  assert.equal(again.apply(9, { entry: 'checkpoint', upTo: 1, jobs: table.all() }), true);
  assert.deepEqual(again.all(), table.all());
});

test('JobTable: so many go on at most, and of those that have ended the oldest makes room', () => {
  const table = new JobTable(true);
  let offset = 0;
  for (let i = 0; i < limits.jobsMax; i++) {
    assert.equal(table.apply(offset, create), true);
    table.apply(offset + 1, { ...end, job: offset });
    offset += 2;
  }
  assert.equal(table.apply(offset++, create), true);
  assert.equal(table.all().length, limits.jobsMax);
  assert.equal(table.get(0), undefined);
  for (let i = 1; i < limits.jobsUnendedMax; i++) assert.equal(table.apply(offset++, create), true);
  assert.equal(table.isFull, true);
  assert.equal(table.apply(offset, create), false);
});

test('JobTable: whoever begins at a checkpoint knows what whoever read all knows', () => {
  const whole = fold([create, step, create, control('pause'), end]);
  const checkpoint: JobEntry = { entry: 'checkpoint', upTo: whole.offset, jobs: whole.all() };
  const late = new JobTable(false);
  assert.throws(() => late.apply(4, step), { code: 'BATCH_INVALID' });
  for (const table of [whole, late]) {
    assert.equal(table.apply(5, checkpoint), true);
    assert.equal(table.apply(6, { ...step, job: 2 }), true);
  }
  assert.deepEqual(late.all(), whole.all());
});

/** A job in the plainest way: what was done of each item, stretch by stretch. */
interface Twin {
  until: number[];
  done: number[][];
  read: number;
  ended: boolean;
  wanted: string;
}

test('JobTable: of any entries in any order, each stretch of each item is counted once (beside a plain twin)', (t) => {
  const seed = Number(process.env['SEED'] ?? 60);
  t.diagnostic(`seed ${seed}`);
  const random = createRandom(seed);
  for (let round = 0; round < 300; round++) {
    const table = new JobTable(true);
    const twins = new Map<number, Twin>();
    for (let offset = 0; offset < 60; offset++) {
      const entry = drawEntry(random, [...twins.keys()], table);
      assert.equal(table.apply(offset, entry), applyPlainly(twins, offset, entry), JSON.stringify(entry));
    }
    for (const [id, twin] of twins) {
      const { items, counts, ended, wanted } = table.get(id)!;
      assert.deepEqual([counts.read, ended !== null, wanted], [twin.read, twin.ended, twin.wanted]);
      const upTo = items.map((item) => [item.upTo, item.steps]);
      const plain = twin.done.map((steps) => [steps.at(-1) ?? -1, steps.length]);
      assert.deepEqual(upTo, twin.ended ? [] : plain);
    }
  }
});

function drawEntry(random: Random, ids: readonly number[], table: JobTable): JobEntry {
  const job = ids.length === 0 ? 0 : random.pick(ids);
  const draw = random.integer(0, 19);
  if (draw < 2)
    return { entry: 'create', catalogOffset: 0, spec, until: [random.integer(-1, 9), random.integer(-1, 9)], atMs: 0 };
  if (draw < 3) return { entry: 'end', job, outcome: 'done', error: null, atMs: 0 };
  if (draw < 6) return { entry: 'control', job, wanted: random.pick(['run', 'pause', 'cancel']) };
  const item = random.integer(0, 2);
  // Two holders know what was so a moment ago.
  const known = (table.get(job)?.items[item]?.steps ?? 0) - random.integer(0, 1);
  return { ...step, job, item, step: Math.max(0, known), upTo: random.integer(-1, 10), counts: { read: 1 } };
}

function applyPlainly(twins: Map<number, Twin>, offset: number, entry: JobEntry): boolean {
  if (entry.entry === 'create') {
    const until = [...entry.until];
    twins.set(offset, { until, done: until.map(() => []), read: 0, ended: false, wanted: 'run' });
    return true;
  }
  const twin = 'job' in entry ? twins.get(entry.job) : undefined;
  if (twin === undefined || twin.ended) return false;
  if (entry.entry === 'end') return (twin.ended = true);
  if (entry.entry === 'control') {
    if (twin.wanted === 'cancel' || twin.wanted === entry.wanted) return false;
    twin.wanted = entry.wanted;
    return true;
  }
  if (entry.entry !== 'step') return false;
  const done = twin.done[entry.item];
  if (done?.length !== entry.step || entry.upTo < (done.at(-1) ?? -1) || entry.upTo > twin.until[entry.item]!)
    return false;
  done.push(entry.upTo);
  twin.read++;
  return true;
}

test('JobTable: the first that were refused are known by name, and no more', () => {
  const table = new JobTable(true);
  table.apply(0, create);
  const refusal = (key: string) => ({ key, code: 'DOCUMENT_FIELD_TYPE', at: '/n' });
  for (const [number, keys] of [['a', 'b'], [], Array.from({ length: 9 }, (_, i) => `c${i}`), ['d']].entries()) {
    const refused = keys.length === 0 ? {} : { refused: keys.map(refusal) };
    assert.ok(table.apply(number + 1, { ...step, step: number, ...refused }));
  }
  const expected = ['a', 'b', ...Array.from({ length: limits.jobRefusalsMax - 2 }, (_, i) => `c${i}`)];
  assert.deepEqual(table.get(0)!.refused, expected.map(refusal));
  const again = new JobTable(false);
  again.apply(9, { entry: 'checkpoint', upTo: 8, jobs: table.all() });
  assert.deepEqual(again.get(0), table.get(0));
});

// Each row: bytes of the results of jobs that end in turn, in MiB of letters; which are kept.
const results: [situation: string, sizes: number[], kept: boolean[]][] = [
  ['all fit', [1, 1], [true, true]],
  ['the oldest gives way', [1, 1, 1, 1, 1, 1, 1, 0.9, 0.2], [false, true, true, true, true, true, true, true, true]],
  [
    'two give way to one',
    [0.1, 0.1, 1, 1, 1, 1, 1, 1, 1, 0.95],
    [false, false, true, true, true, true, true, true, true, true],
  ],
];
for (const [situation, sizes, kept] of results) {
  test(`JobTable, results: ${situation}`, () => {
    const table = new JobTable(true);
    for (const [i] of sizes.entries()) table.apply(i, create);
    for (const [i, size] of sizes.entries()) {
      const result = { a: 'x'.repeat(Math.floor(size * 1024 * 1024) - 16) };
      assert.ok(table.apply(sizes.length + i, { ...end, job: i, result }));
    }
    assert.deepEqual(
      table.all().map(({ ended }) => ended?.result !== undefined),
      kept,
    );
    assert.ok(
      table.all().every(({ ended }) => ended?.outcome === 'done'),
      'that they are done is known all the same',
    );
  });
}
