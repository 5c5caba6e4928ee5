/** How a job ends whose index, or the index it changes, was replaced meanwhile. Nothing of it is left to do, so no leaf is asked. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { baseOf } from '../../shared/catalog/take-over.ts';
import type { JobSpec } from '../../shared/jobs/job-entry.ts';
import { limits } from '../../shared/limits.ts';
import { MemoryLog } from '../../shared/log/memory.ts';
import { RequestNode } from '../../shared/json/request-node.ts';
import { parseIndexBody } from '../../shared/schema/parse.ts';
import { silentTelemetry } from '../../shared/telemetry/telemetry.ts';
import { CatalogCopy } from '../catalog/catalog-copy.ts';
import { defineIndex } from '../catalog/define-index.ts';
import { setAliases } from '../catalog/set-aliases.ts';
import { givenParts } from './given-parts.fixture.ts';
import { JobBook } from './job-book.ts';
import { JobPace } from './job-pace.ts';
import { JobWorker, type JobDependencies } from './job-worker.ts';
import { moveIndex, swapAlias } from './swap-alias.ts';

const body = parseIndexBody({ shards: 1, schema: { fields: { n: { kind: 'integer' } } } });
const common = { index: 'films-1', conflicts: 'count', docsPerSecond: null } as const;
const atMs = 1;

/** Whatever is waited for is there at once. */
function soon(run: () => void): { cancel: () => void } {
  const timer = setImmediate(run);
  return { cancel: () => clearImmediate(timer) };
}

async function opened(t: TestContext) {
  const log = new MemoryLog(() => 0);
  const catalog = new CatalogCopy(log);
  const book = new JobBook(log, silentTelemetry);
  t.after(() => book.close());
  const { definition: index } = await defineIndex(catalog, 'films-1', body);
  const { definition: copy } = await defineIndex(catalog, 'films-2', body);
  const node = RequestNode.body('films');
  await setAliases(catalog, [{ action: 'add', alias: 'films', index: 'films-1', node, write: false }]);
  const swap = {
    ...common,
    kind: 'reindex',
    indexId: index.id,
    into: 'films-2',
    intoId: copy.id,
    alias: 'films',
  } as const;
  const base = baseOf(index, copy);
  const create = async (spec: JobSpec, until = -1): Promise<number> => {
    const catalogOffset = catalog.state.offset;
    return await book.append({ entry: 'create', catalogOffset, spec, until: [until], base, atMs });
  };
  const replace = async (job: number): Promise<void> => {
    await moveIndex(catalog, index, { job, step: 'begin' });
    await moveIndex(catalog, index, { job, step: 'hold' });
    const move = { heldAt: catalog.state.offset, until: [-1] };
    await moveIndex(catalog, index, { job, step: 'measure', ...move });
    assert.equal(await swapAlias(catalog, swap, { move, base, from: [-1] }), true);
  };
  /** Works at the job to its end. @param require called where the lease is looked at */
  const work = async (id: number, require = (): void => undefined): Promise<string> => {
    const root = givenParts<JobDependencies>({
      book,
      log,
      catalog,
      telemetry: silentTelemetry,
      clock: { now: () => 0 },
      timers: { at: (_at, run) => soon(run), afterReading: soon },
      timeOfDay: () => atMs,
    });
    const { signal } = new AbortController();
    await new JobWorker(root, id, { signal, require }, signal).run();
    const { ended } = book.jobs.get(id)!;
    return [ended?.outcome, ended?.error?.code].join(' ').trim();
  };
  return { book, catalog, index, copy, swap, create, replace, work };
}

for (const [situation, isSwapped, expected] of [
  ['before it has swapped', false, 'cancelled'],
  ['once it has swapped', true, 'done'],
] as const) {
  test(`JobWorker: a reindex that is cancelled ${situation} is ${expected}`, async (t) => {
    const { book, swap, create, replace, work } = await opened(t);
    const id = await create(swap);
    if (isSwapped) await replace(id);
    await book.append({ entry: 'control', job: id, wanted: 'cancel' });
    assert.equal(await work(id), expected);
  });
}

// Each row: what becomes of the index to copy into, or of the alias, once the job was created.
const copied: [situation: string, act: (about: Awaited<ReturnType<typeof opened>>) => Promise<unknown>, end: string][] =
  [
    ['nothing', async () => undefined, 'done'],
    [
      'another takes its place',
      async ({ create, swap, replace }) => await replace(await create(swap)),
      'failed INDEX_HELD',
    ],
  ];
for (const [situation, act, end] of copied) {
  test(`JobWorker: a reindex, of the index that it copies into ${situation}: ${end}`, async (t) => {
    const about = await opened(t);
    const { definition: other } = await defineIndex(about.catalog, 'other', body);
    const { indexId, index } = about.swap;
    const id = await about.create({
      ...common,
      kind: 'reindex',
      index: 'other',
      indexId: other.id,
      into: index,
      intoId: indexId,
    });
    await act(about);
    assert.equal(await about.work(id), end);
  });
}

test('JobWorker: a reindex that has swapped is done, though its copy is held for another by now', async (t) => {
  const { catalog, copy, swap, create, replace, work } = await opened(t);
  const id = await create(swap);
  await replace(id);
  for (const step of ['begin', 'hold'] as const) await moveIndex(catalog, copy, { job: id + 1, step });
  assert.equal(await work(id), 'done');
});

for (const isHeld of [false, true]) {
  test(`JobWorker: pages of a throttled job are ${isHeld ? 'whole while writers wait' : 'as docsPerSecond says'}`, async (t) => {
    const { catalog, index, swap, create, work } = await opened(t);
    const id = await create({ ...swap, docsPerSecond: 3 }, 5);
    if (isHeld) for (const step of ['begin', 'hold'] as const) await moveIndex(catalog, index, { job: id, step });
    const { mock: sizes } = t.mock.method(JobPace.prototype, 'sizeAt');
    // There is nobody to be asked for the page.
    assert.equal(await work(id), 'failed INTERNAL');
    assert.deepEqual(
      sizes.calls.map(({ result }) => result),
      [isHeld ? limits.scanDocumentsMax : 3],
    );
  });
}

test('JobWorker: a reindex ends by name where the alias stands for its copy meanwhile, beside its index', async (t) => {
  const { catalog, swap, create, work } = await opened(t);
  const id = await create(swap);
  const node = RequestNode.body('films');
  await setAliases(catalog, [{ action: 'add', alias: 'films', index: 'films-2', node, write: false }]);
  assert.equal(await work(id), 'failed JOB_INTO_IN_ALIAS');
});

for (const [situation, isAfter, expected] of [
  ['before its index was replaced', false, 'failed INDEX_HELD'],
  ['of the index that was replaced', true, 'done'],
] as const) {
  test(`JobWorker: a job that was created ${situation} is ${expected}`, async (t) => {
    const { index, swap, create, replace, work } = await opened(t);
    const mover = await create(swap);
    const spec = { ...common, kind: 'deleteByQuery', indexId: index.id } as const;
    const before = await create(spec);
    await replace(mover);
    assert.equal(await work(isAfter ? await create(spec) : before), expected);
  });
}

test('JobWorker: where the hold that it measures by is over by then, it looks again', async (t) => {
  const { book, catalog, index, swap, create, work } = await opened(t);
  const id = await create(swap);
  for (const step of ['begin', 'hold'] as const) await moveIndex(catalog, index, { job: id, step });
  const meanwhile: Promise<unknown>[] = [];
  const release = (): void => {
    if (meanwhile.length > 0) return;
    meanwhile.push(moveIndex(catalog, index, { job: id, step: 'release' }));
    meanwhile.push(book.append({ entry: 'control', job: id, wanted: 'cancel' }));
  };
  assert.equal(await work(id, release), 'cancelled');
  await Promise.all(meanwhile);
});
