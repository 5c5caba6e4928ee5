import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { SheafError } from '../../shared/errors.ts';
import { partitionOf } from '../../shared/index-kinds/partitions.ts';
import { RequestNode } from '../../shared/json/request-node.ts';
import { textBatch } from '../../shared/log/batch.fixture.ts';
import { MemoryLog } from '../../shared/log/memory.ts';
import { parseIndexBody } from '../../shared/schema/parse.ts';
import { silentTelemetry } from '../../shared/telemetry/telemetry.ts';
import { CatalogCopy } from '../catalog/catalog-copy.ts';
import { defineIndex } from '../catalog/define-index.ts';
import { setAliases } from '../catalog/set-aliases.ts';
import { rootKinds } from '../kinds/root-kinds.ts';
import { createJob, type JobControl } from './control-jobs.ts';
import { readJson } from '../http/json-body.ts';
import { givenParts } from './given-parts.fixture.ts';
import { JobBook } from './job-book.ts';
import { swapAlias, moveIndex } from './swap-alias.ts';

const body = parseIndexBody({ shards: 2, schema: { fields: { n: { kind: 'integer' } } } });
const reindex = { kind: 'reindex', index: 'films', into: 'films-2', alias: 'films' };

/** films stands for films-1, and films-2 is empty. Nobody answers tasks: nothing here asks any. */
async function opened(t: TestContext) {
  const log = new MemoryLog(() => 0);
  const catalog = new CatalogCopy(log);
  const book = new JobBook(log, silentTelemetry);
  t.after(() => book.close());
  const { definition: source } = await defineIndex(catalog, 'films-1', body);
  const { definition: target } = await defineIndex(catalog, 'films-2', body);
  const node = RequestNode.body('films');
  await setAliases(catalog, [{ action: 'add', alias: 'films', index: 'films-1', node, write: false }]);
  const root = givenParts<JobControl>({ book, log, catalog, kinds: rootKinds, timeOfDay: () => 1 });
  return { log, catalog, book, root, source, target };
}

test('createJob: a repeat under the key is the first, though its names stand for something else by now', async (t) => {
  const { catalog, root, source } = await opened(t);
  const first = await createJob(root, reindex, 'once');
  await moveIndex(catalog, source, { job: first.id, step: 'begin' });
  await moveIndex(catalog, source, { job: first.id, step: 'hold' });
  const heldAt = catalog.state.indexes.get('films-1')!.move!.heldAt!;
  const move = { heldAt, until: [-1, -1] };
  await moveIndex(catalog, source, { job: first.id, step: 'measure', ...move });
  assert.equal(await swapAlias(catalog, first.spec, { move, base: first.base!, from: [-1, -1] }), true);
  // films stands for films-2 by now, which cannot be copied into itself.
  await assert.rejects(createJob(root, reindex), { code: 'REQUEST_VALUE_INVALID' });
  assert.equal((await createJob(root, reindex, 'once')).id, first.id);
  await catalog.append('films-2', { change: 'delete', id: first.spec.intoId! });
  assert.equal((await createJob(root, reindex, 'once')).id, first.id);
  const other = createJob(root, { ...reindex, conflicts: 'fail' }, 'once');
  await assert.rejects(other, { code: 'IDEMPOTENCY_KEY_REUSED', detail: { id: String(first.id) } });
});

test('createJob: nothing is copied into an index that is held', async (t) => {
  const { catalog, root, target } = await opened(t);
  await moveIndex(catalog, target, { job: 7, step: 'begin' });
  await createJob(root, { kind: 'reindex', index: 'films-1', into: 'films-2' });
  await moveIndex(catalog, target, { job: 7, step: 'hold' });
  const held = { code: 'INDEX_HELD', detail: { index: 'films-2' } };
  for (const alias of [{}, { alias: 'films' }]) {
    await assert.rejects(createJob(root, { kind: 'reindex', index: 'films-1', into: 'films-2', ...alias }), held);
  }
});

test('createJob: a copy is of no index of the alias that it is to get', async (t) => {
  const { catalog, root } = await opened(t);
  const node = RequestNode.body('films');
  const film = { action: 'add', alias: 'films', node } as const;
  await setAliases(catalog, [
    { ...film, index: 'films-1', write: true },
    { ...film, index: 'films-2', write: false },
  ]);
  const refused = { code: 'JOB_INTO_IN_ALIAS', at: '/into', detail: { alias: 'films', into: 'films-2' } };
  await assert.rejects(createJob(root, { ...reindex, index: 'films-1' }), refused);
  await createJob(root, { kind: 'reindex', index: 'films-1', into: 'films-2' });
});

test('createJob: a body that differs beyond what a number holds is another', async (t) => {
  const { root } = await opened(t);
  const bodyOf = (rate: string): unknown =>
    readJson(Buffer.from(`{"kind":"reindex","index":"films-1","into":"films-2","docsPerSecond":${rate}}`));
  const first = await createJob(root, bodyOf('900.7199254740992'), 'once');
  assert.equal((await createJob(root, bodyOf('900.7199254740992'), 'once')).id, first.id);
  await assert.rejects(createJob(root, bodyOf('900.71992547409921'), 'once'), { code: 'IDEMPOTENCY_KEY_REUSED' });
});

test('createJob: a reindex says where its source ends, and what the target had before', async (t) => {
  const { log, root, source, target } = await opened(t);
  for (const text of ['a', 'b']) await log.append([textBatch(partitionOf(source, 1), text)]);
  for (const text of ['c', 'd', 'e']) await log.append([textBatch(partitionOf(target, 0), text)]);
  const { items } = await createJob(root, reindex);
  assert.deepEqual(
    items.map(({ of, until }) => [of, until]),
    [
      [undefined, -1],
      [undefined, 1],
      ['copies', 2],
      ['copies', -1],
    ],
  );
});

/** And not that of the catalog or of jobs. */
const isOfIndex = (partition: string): boolean => partition.includes('/');

// Each row: which index is deleted while a job is created of which nobody answers.
for (const [name, index] of [
  ['the index', 'films-1'],
  ['the index that is copied into', 'films-2'],
] as const) {
  test(`createJob: where ${name} is deleted meanwhile that is said, and not that nobody answers`, async (t) => {
    const { log, catalog, root } = await opened(t);
    const heads = log.heads.bind(log);
    log.heads = async (partitions) => {
      if (!partitions.some(isOfIndex)) return await heads(partitions);
      await catalog.append(index, { change: 'delete', id: catalog.state.indexes.get(index)!.id });
      throw new SheafError('COVERAGE_TOO_LOW');
    };
    await assert.rejects(createJob(root, reindex), { code: 'INDEX_NOT_FOUND' });
  });
}

test('createJob: where nobody answers for an index that is there, that is said', async (t) => {
  const { log, root } = await opened(t);
  const heads = log.heads.bind(log);
  log.heads = (partitions) => {
    return partitions.some(isOfIndex) ? Promise.reject(new SheafError('COVERAGE_TOO_LOW')) : heads(partitions);
  };
  await assert.rejects(createJob(root, reindex), { code: 'COVERAGE_TOO_LOW' });
});
