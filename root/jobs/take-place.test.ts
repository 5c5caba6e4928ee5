import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { IndexDefinition } from '../../shared/catalog/catalog.ts';
import type { SheafError } from '../../shared/errors.ts';
import { RequestNode } from '../../shared/json/request-node.ts';
import type { Job, JobCounts, JobSpec } from '../../shared/jobs/job-entry.ts';
import { limits } from '../../shared/limits.ts';
import { MemoryLog } from '../../shared/log/memory.ts';
import { parseIndexBody } from '../../shared/schema/parse.ts';
import { silentTelemetry } from '../../shared/telemetry/telemetry.ts';
import { CatalogCopy } from '../catalog/catalog-copy.ts';
import { defineIndex } from '../catalog/define-index.ts';
import { setAliases } from '../catalog/set-aliases.ts';
import { JobBook } from './job-book.ts';
import { JobIndexes } from './job-indexes.ts';
import { isSwapped, moveIndex, swapAlias, type Copied } from './swap-alias.ts';
import { readJob } from './read-job.ts';
import { caughtUpEntries, moveKnownMs, TakePlace } from './take-place.ts';
import { planRoll } from '../rollover/roll-alias.ts';
import { rootKinds } from '../kinds/root-kinds.ts';

const body = parseIndexBody({ shards: 1, schema: { fields: { n: { kind: 'integer' } } } });
const common = { conflicts: 'count', docsPerSecond: null } as const;

/** films stands for films-1, and a job copies that into films-2. */
class PlaceOfTest {
  readonly log = new MemoryLog(() => 0);
  readonly catalog = new CatalogCopy(this.log);
  readonly book = new JobBook(this.log, silentTelemetry);
  now = 1000;
  isLost = false;
  /** Done once, before the next step is said. */
  meanwhile: (() => void) | null = null;
  /** Names of the copies that were made searchable. */
  readonly refreshed: string[] = [];
  /** Of the one shard of films-1. */
  head = -1;
  readonly place: TakePlace;
  private spec!: JobSpec;
  private id = -1;

  constructor() {
    const indexes = new JobIndexes(this.catalog);
    const lease = {
      require: (): void => {
        if (this.isLost) throw new Error('the lease is lost');
        const then = this.meanwhile;
        this.meanwhile = null;
        then?.();
      },
    };
    const refresh = async ({ name }: IndexDefinition): Promise<void> => void this.refreshed.push(name);
    const root = { catalog: this.catalog, clock: { now: () => this.now }, book: this.book };
    const heads = async (): Promise<number[]> => [this.head];
    this.place = new TakePlace(root, { indexes, lease, refresh, heads });
  }

  async open(): Promise<this> {
    const { definition: source } = await defineIndex(this.catalog, 'films-1', body);
    const { definition: copy } = await defineIndex(this.catalog, 'films-2', body);
    const node = RequestNode.body('films');
    await setAliases(this.catalog, [{ action: 'add', alias: 'films', index: 'films-1', node, write: false }]);
    const ids = { index: 'films-1', indexId: source.id, into: 'films-2', intoId: copy.id };
    this.spec = { ...common, kind: 'reindex', ...ids, alias: 'films' };
    const base = { lacks: [], replicas: source.replicas };
    this.id = await this.book.append({
      entry: 'create',
      catalogOffset: 0,
      spec: this.spec,
      until: [-1],
      base,
      atMs: 1,
    });
    return this;
  }

  /** As a worker does: the log is followed, and all of it copied. */
  async follow(): Promise<void> {
    const { until } = await this.place.ahead(this.job);
    if (until === null) return;
    const { steps } = this.job.items[0]!;
    const step = { entry: 'step', job: this.id, item: 0, workedMs: 0, counts: {}, pending: [] } as const;
    await this.book.append({ ...step, step: steps, upTo: this.job.items[0]!.upTo, until: until[0]! });
    await this.book.append({ ...step, step: steps + 1, upTo: until[0]! });
  }

  get job(): Job {
    return this.book.jobs.get(this.id)!;
  }

  get source(): IndexDefinition {
    return this.catalog.state.indexes.get('films-1')!;
  }

  get isSwapped(): boolean {
    return isSwapped(this.catalog.state, this.spec);
  }

  /** Another job that changes films-1. */
  async addWriter(): Promise<number> {
    const { index, indexId } = this.spec;
    const spec = { ...common, kind: 'deleteByQuery', index, indexId } as const;
    return await this.book.append({ entry: 'create', catalogOffset: 0, spec, until: [-1], atMs: 1 });
  }
}

async function opened(t: { after: (close: () => void) => void }): Promise<PlaceOfTest> {
  const about = await new PlaceOfTest().open();
  t.after(() => about.book.close());
  return about;
}

test('TakePlace: writes are held when every root has had the time to know of the move, and not before', async (t) => {
  const about = await opened(t);
  const { place } = about;
  await place.begin(about.job);
  const begunAt = about.now;
  assert.deepEqual(about.source.move, { job: about.job.id, heldAt: null });
  for (const later of [0, 1, moveKnownMs / 2, moveKnownMs - 1]) {
    about.now = begunAt + later;
    assert.deepEqual(await place.next(about.job), { next: 'wait', until: begunAt + moveKnownMs });
    assert.equal(about.source.move?.heldAt, null, `held after ${later} ms`);
  }
  // Roots lose the log that says nothing for two seconds, and their catalog with it.
  assert.ok(moveKnownMs >= 2 * 2000);
  about.now = begunAt + moveKnownMs;
  assert.deepEqual(await place.next(about.job), { next: 'again' });
  assert.equal(typeof about.source.move?.heldAt, 'number');
  assert.deepEqual(about.refreshed, ['films-2']);
});

test('TakePlace: what was written before the hold is followed once more, and then the alias is swapped', async (t) => {
  const about = await opened(t);
  const { place } = about;
  await place.begin(about.job);
  about.now += moveKnownMs;
  await place.next(about.job);
  // Each of these heads is found when what came before was copied: a root that did not know of the hold has appended more.
  for (const head of [3, 3, 4]) {
    assert.deepEqual([await place.next(about.job), about.isSwapped], [{ next: 'follow' }, false]);
    about.head = head;
    await about.follow();
    about.head++;
  }
  about.head--;
  assert.deepEqual(await place.next(about.job), { next: 'again' });
  assert.equal(about.isSwapped, true);
  assert.deepEqual(about.catalog.state.indexes.get('films-2')?.took, [{ id: about.source.id, until: [4], from: [4] }]);
  assert.equal(about.source.move, undefined);
  assert.deepEqual(about.refreshed, ['films-2', 'films-2']);
});

test('TakePlace: a job is not called off once it has swapped, and is where another did that', async (t) => {
  const about = await opened(t);
  const { place } = about;
  await place.begin(about.job);
  about.now += moveKnownMs;
  await place.next(about.job);
  assert.equal(await place.isTaken(about.job), false);
  await about.follow();
  await place.next(about.job);
  assert.equal(await place.isTaken(about.job), true);
  const byHand = await opened(t);
  await setAliases(byHand.catalog, [
    { action: 'remove', alias: 'films', index: 'films-1', node: RequestNode.body('films'), write: false },
    { action: 'add', alias: 'films', index: 'films-2', node: RequestNode.body('films'), write: false },
  ]);
  assert.deepEqual([byHand.isSwapped, await byHand.place.isTaken(byHand.job)], [true, false]);
});

test('readJob: what would change an index that is held is refused, and what reads it is not', async (t) => {
  const about = await opened(t);
  await about.place.begin(about.job);
  const jobs = ['deleteByQuery', 'updateByQuery'].map((kind) => ({ kind, index: 'films-1', document: { n: 1 } }));
  const read = async ({ document, ...job }: (typeof jobs)[number]): Promise<unknown> =>
    await readJob(job.kind === 'updateByQuery' ? { ...job, document } : job, rootKinds, about.catalog);
  for (const job of jobs) await read(job);
  about.now += moveKnownMs;
  await about.place.next(about.job);
  for (const job of jobs) await assert.rejects(read(job), { code: 'INDEX_HELD' });
  const aggs = { most: { max: { field: 'n' } } };
  await readJob({ kind: 'aggregate', index: 'films-1', aggs }, rootKinds, about.catalog);
});

test('readJob: a copy that is to take the place of its index is of all of it', async (t) => {
  const { catalog } = await opened(t);
  const film = { action: 'add', index: 'films-1', node: RequestNode.body('films'), write: false } as const;
  await setAliases(catalog, [{ ...film, alias: 'few', filter: RequestNode.body({ term: { n: 1 } }) }]);
  // Each row: what the job says; its query, or where it is refused.
  const rows: [said: object, expected: unknown][] = [
    [{ index: 'few', alias: 'few' }, undefined],
    [{ index: 'few', alias: 'films' }, undefined],
    [{ index: 'films-1', alias: 'films' }, undefined],
    [{ index: 'few' }, { term: { n: 1 } }],
    [{ index: 'films-1', query: { term: { n: 2 } } }, { term: { n: 2 } }],
    [{ index: 'films-1', alias: 'films', query: { term: { n: 2 } } }, '/query'],
    [{ index: 'films-1', alias: 'films', query: { match_all: {} } }, '/query'],
  ];
  for (const [said, expected] of rows) {
    const read = readJob({ kind: 'reindex', into: 'films-2', ...said }, rootKinds, catalog);
    if (expected === '/query') await assert.rejects(read, { code: 'REQUEST_VALUE_INVALID', at: expected });
    else assert.deepEqual((await read).spec.query, expected, JSON.stringify(said));
  }
});

test('planRoll: the index that comes has nothing of a move of the one before', async (t) => {
  const about = await opened(t);
  await setAliases(about.catalog, [
    { action: 'add', alias: 'films', index: 'films-1', node: RequestNode.body('films'), write: true },
  ]);
  await about.place.begin(about.job);
  about.now += moveKnownMs;
  await about.place.next(about.job);
  const { change } = planRoll({ catalog: about.catalog, timeOfDay: () => 0 }, 'films');
  assert.deepEqual(
    Object.keys(change.definition).filter((name) => ['move', 'replacedAt'].includes(name)),
    [],
  );
});

test('TakePlace: writes are not held while more is to be copied than they could wait for', async (t) => {
  const about = await opened(t);
  const { place } = about;
  await place.begin(about.job);
  about.now += moveKnownMs;
  about.head = caughtUpEntries;
  assert.deepEqual(await place.next(about.job), { next: 'follow' });
  assert.equal(about.source.move?.heldAt, null);
  about.head--;
  assert.deepEqual(await place.next(about.job), { next: 'again' });
  assert.notEqual(about.source.move?.heldAt, null);
});

test('TakePlace: heads that were read before a hold are followed, and those of a hold are said first', async (t) => {
  const about = await opened(t);
  const { place, job } = about;
  await place.begin(job);
  about.head = 3;
  assert.deepEqual([await place.ahead(job), about.source.move?.until], [{ until: [3] }, undefined]);
  about.now += moveKnownMs;
  await place.next(job);
  about.head = 4;
  assert.deepEqual([await place.ahead(job), about.source.move?.until], [{ until: [4] }, [4]]);
  // One who has looked earlier follows as far.
  about.head = 2;
  assert.deepEqual([await place.ahead(job), about.source.move?.until], [{ until: [4] }, [4]]);
});

test('TakePlace: fields and replicas that the index gets meanwhile come along, and what the copy lacked before does not', async (t) => {
  const about = await opened(t);
  const { place, catalog } = about;
  const put = async (name: string, said: object): Promise<unknown> =>
    await defineIndex(catalog, name, parseIndexBody({ shards: 1, ...said }));
  await place.begin(about.job);
  await put('films-1', { schema: { fields: { early: { kind: 'keyword' }, both: { kind: 'keyword' } } } });
  await put('films-2', { schema: { fields: { both: { kind: 'text' } } } });
  about.now += moveKnownMs;
  await place.next(about.job);
  assert.deepEqual(Object.keys(catalog.state.indexes.get('films-2')!.schema.fields), ['n', 'both', 'early']);
  await about.follow();
  await put('films-1', { replicas: 3, schema: { fields: { late: { kind: 'keyword' } } } });
  await place.next(about.job);
  const { schema, replicas } = catalog.state.indexes.get('films-2')!;
  assert.deepEqual(
    [about.isSwapped, Object.keys(schema.fields), schema.fields['both']?.kind, replicas],
    [true, ['n', 'both', 'early', 'late'], 'text', 3],
  );
});

test('TakePlace: a hold that was released and came again is another, and what came between is followed', async (t) => {
  const about = await opened(t);
  const { place, job } = about;
  await place.begin(job);
  about.now += moveKnownMs;
  await place.next(job);
  const heldAt = about.source.move!.heldAt!;
  await place.release(job);
  assert.deepEqual(about.source.move, { job: job.id, heldAt: null });
  await moveIndex(about.catalog, about.source, { job: job.id, step: 'hold' });
  const heldAgainAt = about.source.move?.heldAt ?? -1;
  assert.deepEqual(await place.next(job), { next: 'follow' });
  await about.follow();
  const swap = async (move: Copied['move']): Promise<boolean> =>
    await swapAlias(about.catalog, job.spec, { move, base: job.base!, from: [-1] });
  // A worker that was paused over both, in the middle of the swap, and one that has copied less than another.
  assert.equal(await swap({ heldAt, until: [-1] }), false);
  about.head = 5;
  await about.follow();
  assert.equal(await swap({ heldAt: heldAgainAt, until: [-1] }), false);
  assert.deepEqual([about.isSwapped, about.source.move?.heldAt], [false, heldAgainAt]);
  assert.equal(await swap({ heldAt: heldAgainAt, until: [5] }), true);
  assert.equal(about.isSwapped, true);
});

test('TakePlace: what another holder has measured is followed before the alias is swapped', async (t) => {
  const about = await opened(t);
  const { place, job } = about;
  await place.begin(job);
  about.now += moveKnownMs;
  await place.next(job);
  about.head = 4;
  assert.deepEqual(await place.ahead(job), { until: [4] });
  // Measured, and not copied as far.
  assert.deepEqual([await place.next(job), about.isSwapped], [{ next: 'follow' }, false]);
  await about.follow();
  assert.deepEqual([await place.next(about.job), about.isSwapped], [{ next: 'again' }, true]);
});

test('TakePlace: a hold that came while heads of another were measured is looked at once more', async (t) => {
  const about = await opened(t);
  const { place, job, catalog } = about;
  await place.begin(job);
  about.now += moveKnownMs;
  await place.next(job);
  about.head = 4;
  const heldAgainAt = catalog.state.offset + 2;
  about.meanwhile = () => {
    for (const step of ['release', 'hold'] as const) void moveIndex(catalog, about.source, { job: job.id, step });
    const measured = { step: 'measure', heldAt: heldAgainAt, until: [9] } as const;
    void moveIndex(catalog, about.source, { job: job.id, ...measured });
  };
  assert.deepEqual(await place.ahead(job), { until: null });
  assert.deepEqual(about.source.move, { job: job.id, heldAt: heldAgainAt, until: [9] });
});

test('TakePlace: fields that came under the hold, and are too many for the copy, end the job by name', async (t) => {
  const about = await opened(t);
  const { place, catalog, job } = about;
  const fields = Object.fromEntries(
    Array.from({ length: limits.fieldsMax - 1 }, (_, i) => [`f${i}`, { kind: 'keyword' }]),
  );
  await defineIndex(catalog, 'films-2', parseIndexBody({ shards: 1, schema: { fields } }));
  await place.begin(job);
  about.now += moveKnownMs;
  await place.next(job);
  await about.follow();
  await defineIndex(
    catalog,
    'films-1',
    parseIndexBody({ shards: 1, schema: { fields: { late: { kind: 'keyword' } } } }),
  );
  await assert.rejects(place.next(about.job), { code: 'SCHEMA_INVALID' });
  assert.equal(about.isSwapped, false);
});

test('TakePlace: another job that changes the index is waited for', async (t) => {
  const about = await opened(t);
  const { place } = about;
  await place.begin(about.job);
  const other = await about.addWriter();
  about.now += moveKnownMs;
  const found = await place.next(about.job);
  assert.ok(found.next === 'wait' && found.until > about.now && found.until <= about.now + 1000);
  assert.equal(about.source.move?.heldAt, null);
  await about.book.append({ entry: 'end', job: other, outcome: 'done', error: null, atMs: 2 });
  assert.deepEqual(await place.next(about.job), { next: 'again' });
});

test('TakePlace: a job that was created while its index was replaced is of another index than was meant', async (t) => {
  const about = await opened(t);
  const { place } = about;
  const { offset } = about.catalog.state;
  const { indexId } = about.job.spec;
  const jobAt = (catalogOffset: number) => {
    return { spec: { ...common, kind: 'deleteByQuery', index: 'films-1', indexId }, catalogOffset } as const;
  };
  await place.begin(about.job);
  assert.equal(await place.isElsewhere(jobAt(offset)), false);
  about.now += moveKnownMs;
  await place.next(about.job);
  await assert.rejects(place.isElsewhere(jobAt(offset)), { code: 'INDEX_HELD' });
  await about.follow();
  await place.next(about.job);
  const swappedAt = about.catalog.state.offset;
  for (const [at, isElsewhere] of [
    [offset, true],
    [swappedAt - 1, true],
    [swappedAt, false],
  ] as const) {
    assert.equal(await place.isElsewhere(jobAt(at)), isElsewhere, String(at));
  }
});

test('TakePlace: a copy that lacks documents takes no place, held or not', async (t) => {
  const about = await opened(t);
  const { place, job } = about;
  await place.begin(job);
  const refused = [{ key: 'k', code: 'DOCUMENT_FIELD_TYPE', at: '/n' }];
  const lacking = { ...job, counts: { ...job.counts, rejected: 3, conflicts: 2 }, refused };
  const isIncomplete = ({ code, detail }: SheafError): boolean => {
    const { rejected, conflicts, documents } = detail as Record<string, unknown>;
    assert.deepEqual([code, rejected, conflicts], ['JOB_INCOMPLETE', 3, 2]);
    assert.deepEqual(
      (documents as { _id: string }[]).map(({ _id }) => _id),
      ['k'],
    );
    return true;
  };
  await assert.rejects(place.next(lacking), isIncomplete);
  about.now += moveKnownMs;
  await place.next(job);
  await about.follow();
  await assert.rejects(place.next(lacking), isIncomplete);
  assert.equal(about.isSwapped, false);
  await place.end(job);
  assert.equal(about.source.move, undefined);
});

// Each row: what came of the documents, the last offset that the index to copy into had before the job, whether that takes the place.
const came: [what: string, counts: Partial<JobCounts>, before: number, isWhole: boolean][] = [
  ['copied', { created: 5, updated: 2, deleted: 3, noop: 4 }, 7, true],
  ['refused by what the index has of its own', { created: 5, conflicts: 1 }, 7, false],
  ['refused by what was written to the index meanwhile', { created: 5, conflicts: 1 }, -1, false],
  ['refused by the schema', { created: 5, rejected: 1 }, -1, false],
  ['uncertain, into an index that was empty', { created: 5, uncertain: 1 }, -1, true],
  ['uncertain, into one that was not', { created: 5, uncertain: 1 }, 0, false],
];
for (const [what, counts, until, isWhole] of came) {
  test(`TakePlace: copies that were ${what} ${isWhole ? 'take' : 'do not take'} the place`, async (t) => {
    const about = await opened(t);
    const { place, job } = about;
    await place.begin(job);
    about.now += moveKnownMs;
    const copies = { of: 'copies', scanUntil: until, until, upTo: until, steps: 0, lastStep: -1, pending: [] } as const;
    const ready = { ...job, counts: { ...job.counts, ...counts }, items: [...job.items, copies] };
    const next = place.next(ready);
    if (isWhole) assert.deepEqual(await next, { next: 'again' });
    else await assert.rejects(next, { code: 'JOB_INCOMPLETE' });
    assert.equal((about.source.move?.heldAt ?? null) !== null, isWhole, 'writes wait for what comes to nothing');
  });
}

test('TakePlace: without the lease nothing is said', async (t) => {
  const about = await opened(t);
  const { place, job } = about;
  await place.begin(job);
  about.now += moveKnownMs;
  about.isLost = true;
  await assert.rejects(place.next(job), /the lease is lost/);
  assert.equal(about.source.move?.heldAt, null);
  about.isLost = false;
  await place.next(job);
  about.isLost = true;
  await assert.rejects(place.ahead(job), /the lease is lost/);
  about.isLost = false;
  await about.follow();
  about.isLost = true;
  const says = [() => place.next(about.job), () => place.release(job), () => place.end(job)];
  for (const say of says) await assert.rejects(say, /the lease is lost/);
  assert.equal(about.isSwapped, false);
});
