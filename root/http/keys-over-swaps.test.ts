/**
 * Requests with an Idempotency-Key that are sent again after a copy took the place of their index: each counts once, where the name leads then. The
 * log is in memory, and copies are empty: what was copied is what the swap says.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { baseOf } from '../../shared/catalog/take-over.ts';
import type { IndexDefinition } from '../../shared/catalog/catalog.ts';
import { shardPartition } from '../../shared/log/log.ts';
import { parseIndexBody, type IndexBody } from '../../shared/schema/parse.ts';
import { defineIndex } from '../catalog/define-index.ts';
import { moveIndex, swapAlias } from '../jobs/swap-alias.ts';
import { startTestRoot, type TestRoot } from './test-root.ts';

const job = 7;

function bodyOf(shards: number): IndexBody {
  return parseIndexBody({ shards, schema: { fields: { n: { kind: 'integer' } } } });
}

/** Under `films`, which is an index, or an alias of books: what requests are answered, and what is where. */
class Swaps {
  readonly root: TestRoot;
  /** Of the index that the name is of now. */
  at: string;
  private readonly url: string;

  constructor(root: TestRoot, name: string) {
    this.root = root;
    this.at = 'books';
    this.url = `/v1/indexes/${name}/documents`;
  }

  index(name: string): IndexDefinition {
    return this.root.catalog.state.indexes.get(name)!;
  }

  /** @returns `ok`, or the code of an error and how many are uncertain */
  async write(key: string, { path = '/k', payload = '{"n":1}' } = {}): Promise<string> {
    const answer = await this.root.app.inject({
      method: path === '' ? 'POST' : 'PUT',
      url: `${this.url}${path}`,
      headers: { 'idempotency-key': key, 'content-type': 'application/x-ndjson' },
      payload,
    });
    if (answer.statusCode < 300) return 'ok';
    const { error } = answer.json<{ error: { code: string; detail: { uncertain?: number } } }>();
    return `${error.code} ${error.detail.uncertain ?? 0}`;
  }

  async hold(): Promise<void> {
    const index = this.index(this.at);
    await moveIndex(this.root.catalog, index, { job, step: 'begin' });
    await moveIndex(this.root.catalog, index, { job, step: 'hold' });
  }

  /** A new index takes the place. @param copies whether what is in the log now came along, or nothing ever did */
  async swap(into: string, copies: boolean, retireAs?: string): Promise<void> {
    const { catalog, log } = this.root;
    const { definition: copy } = await defineIndex(catalog, into, bodyOf(3));
    if (this.index(this.at).move === undefined) await this.hold();
    const index = this.index(this.at);
    const heads = await log.heads(partitionsOf(index));
    const move = { heldAt: index.move!.heldAt!, until: copies ? heads : heads.map(() => -1) };
    await moveIndex(catalog, index, { job, step: 'measure', ...move });
    const names = { index: index.name, indexId: index.id, into, intoId: copy.id };
    const swap = { ...names, alias: 'films', ...(retireAs === undefined ? {} : { retireAs }) };
    assert.equal(await swapAlias(catalog, swap, { move, base: baseOf(index, copy), from: [-1, -1, -1] }), true);
    this.at = into;
  }

  async lead(to: string): Promise<void> {
    const { catalog } = this.root;
    const [before] = catalog.state.aliases.get('films')!.indexes;
    const actions = [
      { action: 'remove', alias: 'films', id: before!.id },
      { action: 'add', alias: 'films', target: { index: to, id: this.index(to).id } },
    ] as const;
    await catalog.append('_aliases', { change: 'setAliases', actions });
    this.at = to;
  }

  /** The alias stands for these indexes from now on, and the last is written to. */
  async stand(...names: readonly string[]): Promise<void> {
    const { catalog } = this.root;
    const last = names.at(-1)!;
    const gone = (catalog.state.aliases.get('films')?.indexes ?? []).filter(({ index }) => !names.includes(index));
    const actions = [
      ...gone.map(({ id }) => ({ action: 'remove', alias: 'films', id }) as const),
      ...names.map((name) => {
        const target = { index: name, id: this.index(name).id, ...(name === last ? { write: true as const } : {}) };
        return { action: 'add', alias: 'films', target } as const;
      }),
    ];
    await catalog.append('_aliases', { change: 'setAliases', actions });
    this.at = last;
  }

  async drop(name: string): Promise<void> {
    await this.root.catalog.append(name, { change: 'delete', id: this.index(name).id });
  }

  /** Entries of each of these indexes. */
  async entries(...names: readonly string[]): Promise<number[]> {
    const each = names.map((name) => this.root.log.heads(partitionsOf(this.index(name))));
    return (await Promise.all(each)).map((heads) => heads.reduce((sum, head) => sum + head + 1, 0));
  }
}

function partitionsOf({ id, shards }: IndexDefinition): string[] {
  return Array.from({ length: shards }, (_, shard) => shardPartition(id, shard));
}

interface Opened {
  after: (close: () => void) => void;
}

async function openAlias(t: Opened): Promise<Swaps> {
  const root = await startTestRoot();
  t.after(() => void root.close());
  const target = { index: 'books', id: root.index.id };
  await root.catalog.append('_aliases', { change: 'setAliases', actions: [{ action: 'add', alias: 'films', target }] });
  return new Swaps(root, 'films');
}

async function openIndex(t: Opened): Promise<Swaps> {
  const root = await startTestRoot();
  t.after(() => void root.close());
  await defineIndex(root.catalog, 'films', bodyOf(2));
  const swaps = new Swaps(root, 'films');
  swaps.at = 'films';
  return swaps;
}

const bulk = { path: '', payload: '{"n":1}\n{"n":2}\n{"n":3}\n{"n":4}' };

// Each row: whether the first try was appended, and whether it came along; entries of the index and of the copy once it was sent again, twice.
const rows: [situation: string, isAppended: boolean, copies: boolean, entries: readonly [number, number]][] = [
  ['appended, and copied', true, true, [1, 0]],
  ['appended behind what was copied', true, false, [1, 1]],
  ['never appended', false, true, [0, 1]],
];
for (const [situation, isAppended, copies, entries] of rows) {
  for (const [of, open, retireAs] of [
    ['an alias', openAlias, undefined],
    ['an index that becomes one', openIndex, 'films-1'],
  ] as const) {
    for (const [what, request, factor] of [
      ['a document', {}, 1],
      ['a bulk', bulk, 4],
    ] as const) {
      test(`a keyed request to ${of}, ${what} that was ${situation}, is done once over a swap`, async (t) => {
        const swaps = await open(t);
        if (isAppended) assert.equal(await swaps.write('a', request), 'ok');
        const before = swaps.at;
        await swaps.swap('copy', copies, retireAs);
        const old = retireAs ?? before;
        assert.deepEqual([await swaps.write('a', request), await swaps.write('a', request)], ['ok', 'ok']);
        const wanted = entries.map((count) => count * factor);
        assert.deepEqual(await swaps.entries(old, 'copy'), wanted);
        // The index is gone, and what it was is known all the same.
        await swaps.drop(old);
        assert.equal(await swaps.write('a', request), 'ok');
        // The key is that of one request.
        assert.equal(await swaps.write('a', { path: '/k', payload: '{"n":9}' }), 'IDEMPOTENCY_KEY_REUSED 0');
        assert.deepEqual(await swaps.entries('copy'), [wanted[1]]);
      });
    }
  }
}

test('a keyed request is done once over three swaps, whatever of them it was copied by', async (t) => {
  for (const copied of [0, 1, 2, 3, 4, 5, 6, 7].map((bits) => [0, 1, 2].map((bit) => (bits & (1 << bit)) !== 0))) {
    const swaps = await openAlias(t);
    assert.equal(await swaps.write('a'), 'ok');
    // Where it is, as it counts.
    let place = 'books';
    const expected = new Map([['books', 1]]);
    for (const [i, copies] of copied.entries()) {
      const into = `copy-${i}`;
      const before = swaps.at;
      await swaps.swap(into, copies);
      for (let again = 0; again < 2; again++) assert.equal(await swaps.write('a'), 'ok');
      // Of an index that was copied before, it came along with that.
      const isThere = copies || place !== before;
      if (!isThere) {
        place = into;
        expected.set(into, 1);
      }
    }
    const names = ['books', 'copy-0', 'copy-1', 'copy-2'];
    assert.deepEqual(
      await swaps.entries(...names),
      names.map((name) => expected.get(name) ?? 0),
      String(copied),
    );
  }
});

test('a keyed request that was appended behind what was copied counts in the index where the alias is swapped back', async (t) => {
  const swaps = await openAlias(t);
  await swaps.write('a');
  await swaps.swap('copy', false);
  await swaps.lead('books');
  assert.equal(await swaps.write('a'), 'ok');
  assert.deepEqual(await swaps.entries('books', 'copy'), [1, 0]);
  await swaps.lead('copy');
  assert.equal(await swaps.write('a'), 'ok');
  assert.deepEqual(await swaps.entries('books', 'copy'), [1, 1]);
});

// Whatever the order is in which the catalog has them.
for (const [first, second] of [
  ['one', 'two'],
  ['two', 'one'],
] as const) {
  test(`a keyed request counts where the later copy has it, ${second}, though the one before it, ${first}, has not`, async (t) => {
    const swaps = await openAlias(t);
    await swaps.swap(first, true);
    await swaps.stand('books');
    assert.equal(await swaps.write('a'), 'ok');
    await swaps.swap(second, true);
    await defineIndex(swaps.root.catalog, 'rolled', bodyOf(1));
    await swaps.stand(second, 'rolled');
    assert.equal(await swaps.write('a'), 'ok');
    assert.deepEqual(await swaps.entries('books', first, second, 'rolled'), [1, 0, 0, 0]);
  });
}

test('a keyed request counts in an index that the alias still stands for, whatever took the place of that elsewhere', async (t) => {
  const swaps = await openAlias(t);
  await swaps.swap('copy', true);
  await swaps.stand('books');
  assert.equal(await swaps.write('a'), 'ok');
  await defineIndex(swaps.root.catalog, 'rolled', bodyOf(1));
  await swaps.stand('books', 'rolled');
  assert.equal(await swaps.write('a'), 'ok');
  assert.deepEqual(await swaps.entries('books', 'rolled'), [1, 0]);
  // While the index is held nobody knows whether it comes along.
  await moveIndex(swaps.root.catalog, swaps.index('books'), { job, step: 'begin' });
  await moveIndex(swaps.root.catalog, swaps.index('books'), { job, step: 'hold' });
  assert.equal(await swaps.write('a'), 'INDEX_HELD 1');
  await moveIndex(swaps.root.catalog, swaps.index('books'), { job, step: 'end' });
  await swaps.stand('rolled');
  assert.equal(await swaps.write('a'), 'ok');
  assert.deepEqual(await swaps.entries('books', 'rolled'), [1, 1]);
});

test('a keyed request that is in an index that is held while the alias was led elsewhere is uncertain for as long', async (t) => {
  const swaps = await openAlias(t);
  await swaps.write('a');
  await swaps.hold();
  await defineIndex(swaps.root.catalog, 'other', bodyOf(1));
  const books = swaps.index('books');
  await swaps.lead('other');
  assert.equal(await swaps.write('a'), 'INDEX_HELD 1');
  await moveIndex(swaps.root.catalog, books, { job, step: 'end' });
  assert.equal(await swaps.write('a'), 'ok');
  assert.deepEqual(await swaps.entries('books', 'other'), [1, 0]);
});

test('a keyed request is uncertain where the index was replaced by one that is gone', async (t) => {
  const swaps = await openAlias(t);
  await swaps.write('a');
  await swaps.swap('copy', false);
  await defineIndex(swaps.root.catalog, 'other', bodyOf(1));
  await swaps.lead('other');
  await swaps.drop('copy');
  assert.equal(await swaps.write('a'), 'OUTCOME_UNCERTAIN 1');
});

test('a keyed bulk of which a part was copied is told as such, and nothing of it is written again', async (t) => {
  const swaps = await openAlias(t);
  assert.equal(await swaps.write('a', bulk), 'ok');
  const { catalog, log } = swaps.root;
  const index = swaps.index('books');
  const { definition: copy } = await defineIndex(catalog, 'copy', bodyOf(3));
  await swaps.hold();
  const [head] = await log.heads(partitionsOf(index));
  const move = { heldAt: swaps.index('books').move!.heldAt!, until: [head!, -1] };
  assert.ok(head! >= 0);
  await moveIndex(catalog, index, { job, step: 'measure', ...move });
  const swap = { index: 'books', indexId: index.id, into: 'copy', intoId: copy.id, alias: 'films' };
  assert.equal(await swapAlias(catalog, swap, { move, base: baseOf(index, copy), from: [-1, -1, -1] }), true);
  assert.equal(await swaps.write('a', bulk), 'REPEAT_DIFFERS 4');
  assert.deepEqual(await swaps.entries('copy'), [0]);
});

test('a key that was used for the index under its new name is another', async (t) => {
  const swaps = await openIndex(t);
  await swaps.swap('copy', true, 'films-1');
  const old = new Swaps(swaps.root, 'films-1');
  assert.deepEqual([await swaps.write('a'), await old.write('a', { payload: '{"n":2}' })], ['ok', 'ok']);
  assert.deepEqual(await swaps.entries('films-1', 'copy'), [1, 1]);
});
