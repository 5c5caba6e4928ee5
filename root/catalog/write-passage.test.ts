import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  applyCatalogEntry,
  createFor,
  emptyCatalog,
  findIndex,
  type CatalogChange,
  type CatalogState,
} from '../../shared/catalog/catalog.ts';
import { SheafError } from '../../shared/errors.ts';
import { parseIndexBody } from '../../shared/schema/parse.ts';
import type { WriteResult } from '../route/write-job.ts';
import { WritePassage } from './write-passage.ts';

function apply(state: CatalogState, name: string, change: CatalogChange): CatalogState {
  return applyCatalogEntry(state, state.offset + 1, name, Buffer.from(JSON.stringify(change)));
}

/** Entries by name, of job 7 and of the indexes old (x0) and new (x1). */
function changed(before: CatalogState, entries: string): CatalogState {
  let state = before;
  for (const entry of entries.split(' ').filter((each) => each !== '')) {
    if (entry === 'swap' || entry === 'retire') {
      const heldAt = state.indexes.get('old')?.move?.heldAt ?? 99;
      const until = [7];
      state = apply(state, 'old', { change: 'move', id: 'x0', job: 7, step: 'measure', heldAt, until });
      const base = { lacks: [], replicas: 1 };
      const ends = { index: 'old', id: 'x0', heldAt, until, from: [1], into: 'new', intoId: 'x1', base };
      const add = { action: 'add', alias: 'a', target: { index: 'new', id: 'x1' } } as const;
      const rename = { action: 'rename', id: 'x0', from: 'old', to: 'older' } as const;
      const actions = entry === 'swap' ? [add] : [rename, add];
      state = apply(state, '_aliases', { change: 'setAliases', actions, ends });
    } else {
      state = apply(state, 'old', { change: 'move', id: 'x0', job: 7, step: entry as 'begin' });
    }
  }
  return state;
}

const created = ['old', 'new'].reduce(
  (state, name) => apply(state, name, createFor(parseIndexBody({ schema: { fields: {} } }))),
  emptyCatalog,
);

const result: WriteResult = {
  accepted: 3,
  rejected: 0,
  rejectedByCode: new Map(),
  rejections: [],
  appended: [{ partition: 'x0/0', firstOffset: 0, lastOffset: 2 }],
  judged: [],
  uncertain: 1,
  fault: null,
};

// Each row: what is in the catalog when the name is resolved, what comes until the append, and what from there until the end of the catalog is read
// (after the bar: what this root has not read yet); whether it is appended; whether it counts, `-` where nobody looks.
const rows: [situation: string, resolved: string, appended: string, after: string, isLet: boolean, counts: string][] = [
  ['an index that is not moved', '', '', '|', true, '-'],
  ['one that is moved', 'begin', '', '|', true, 'yes'],
  ['one that is moved from now on', '', 'begin', '|', true, 'yes'],
  ['a move that came after the append', '', '', 'begin|', true, 'yes'],
  ['a hold that this root had not read of', 'begin', '', '|hold', true, 'no'],
  ['a hold and the swap', 'begin', '', '|hold swap', true, 'no'],
  ['a hold and the swap, to another name', 'begin', '', '|hold retire', true, 'no'],
  ['a hold that was released', 'begin', '', '|hold release', true, 'yes'],
  ['a move that ended', 'begin', '', '|end', true, 'yes'],
  ['an index that is held', 'begin hold', '', '|', false, ''],
  ['a hold before the append', 'begin', 'hold', '|', false, ''],
  ['a swap before the append', 'begin', 'hold swap', '|', false, ''],
  ['a swap to another name before the append', 'begin', 'hold retire', '|', false, ''],
  ['all of it before the append', '', 'begin hold swap', '|', false, ''],
  ['all of it before the append, and another name', '', 'begin hold retire', '|', false, ''],
  ['a release before the append', 'begin hold', 'release', '|', true, 'yes'],
  ['a swap of before', 'begin hold swap', '', '|', true, '-'],
  ['a swap of before, and another move', 'begin hold swap begin', '', '|hold', true, 'no'],
];
for (const [situation, resolved, until, after, isLet, counts] of rows) {
  test(`WritePassage: ${situation}`, async () => {
    let state = changed(created, resolved);
    const [seen, unseen] = after.split('|');
    let looks = 0;
    const catalog = {
      get state() {
        return state;
      },
      append: () => assert.fail('appends'),
      catchUp: async () => {
        looks++;
        state = changed(state, unseen!);
      },
    };
    const passage = new WritePassage(catalog, findIndex(state, 'old')!);
    state = changed(state, until);
    assert.equal(passage.obstacle()?.code ?? null, isLet ? null : 'INDEX_HELD');
    if (!isLet) return;
    state = changed(state, seen!);
    const told = await passage.through(result);
    assert.equal(looks, counts === '-' ? 0 : 1);
    if (counts !== 'no') return assert.equal(told, result);
    const { accepted, uncertain, fault, appended } = told;
    assert.deepEqual([accepted, uncertain, fault?.code, appended], [0, 4, 'INDEX_HELD', []]);
  });
}

test('WritePassage: where the log does not say whether the index was held, the write is uncertain', async () => {
  const state = changed(created, 'begin');
  const catchUp = async (): Promise<void> => {
    throw new SheafError('LOG_UNAVAILABLE');
  };
  const passage = new WritePassage({ state, append: () => assert.fail('appends'), catchUp }, findIndex(state, 'old')!);
  const { accepted, uncertain, fault } = await passage.through(result);
  assert.deepEqual([accepted, uncertain, fault?.code], [0, 4, 'LOG_UNAVAILABLE']);
});
