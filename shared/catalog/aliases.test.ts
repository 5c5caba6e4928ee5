import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseIndexBody } from '../schema/parse.ts';
import { applyCatalogEntry, createFor, emptyCatalog, type CatalogChange, type CatalogState } from './catalog.ts';
import { readStoredCatalog, storedCatalog } from './stored-catalog.ts';

type Action = Extract<CatalogChange, { change: 'setAliases' }>['actions'][number];

function apply(state: CatalogState, name: string, change: CatalogChange): CatalogState {
  return applyCatalogEntry(state, state.offset + 1, name, Buffer.from(JSON.stringify(change)));
}

const create = (state: CatalogState, name: string): CatalogState =>
  apply(state, name, createFor(parseIndexBody({ schema: { fields: {} } })));

/** `+a:old` adds the index old to the alias a, `+a:old!` as its write index, `-a:old` removes it; x0 is old, x1 is new. */
function actionsOf(text: string): Action[] {
  return text.split(' ').map((word) => {
    const [, sign, alias, index, write] = /^([+-])([\w-]+):(\w+)(!?)$/.exec(word)!;
    const id = ids[index!] ?? index!;
    if (sign === '-') return { action: 'remove', alias: alias!, id };
    return { action: 'add', alias: alias!, target: { index: index!, id, ...(write === '!' ? { write: true } : {}) } };
  });
}
const ids: Readonly<Record<string, string>> = { old: 'x0', new: 'x1' };

const show = ({ aliases }: CatalogState): string =>
  Array.from(aliases.values(), ({ name, indexes }) => {
    return `${name}=${indexes.map(({ index, write }) => (write === true ? `${index}!` : index)).join()}`;
  })
    .sort()
    .join(' ');

const begin = create(create(emptyCatalog, 'old'), 'new');

// Each row: entries, one after the other, of a catalog with the indexes old and new; the aliases then; which of them counted.
const rows: [name: string, entries: string[], expected: string, counted: number[]][] = [
  ['an index is added', ['+a:old'], 'a=old', [2]],
  ['two, one of them written to', ['+a:old', '+a:new!'], 'a=new!,old', [2, 3]],
  ['a swap', ['+a:old', '-a:old +a:new'], 'a=new', [2, 3]],
  ['the second of two swaps is too late', ['+a:old', '-a:old +a:new', '-a:old +b:new'], 'a=new', [2, 3]],
  ['the last index goes, and the alias with it', ['+a:old', '-a:old'], '', [2, 3]],
  ['two write indexes', ['+a:old!', '+a:new!'], 'a=old!', [2]],
  ['the write index moves', ['+a:old!', '+a:old +a:new!'], 'a=new!,old', [2, 3]],
  ['an index that is not there, after one that is', ['+a:old +a:none'], '', []],
  ['the name of an index', ['+new:old'], '', []],
  ['an index that is not in the alias', ['+a:old', '-a:new'], 'a=old', [2]],
  ['what is there already', ['+a:old', '+a:old'], 'a=old', [2]],
  ['added and removed', ['+a:old -a:old'], '', []],
];
for (const [name, entries, expected, counted] of rows) {
  test(`setAliases: ${name}`, () => {
    let state = begin;
    for (const actions of entries) {
      state = apply(state, '_aliases', { change: 'setAliases', actions: actionsOf(actions) });
      assert.deepEqual(readStoredCatalog(storedCatalog(state)), state);
    }
    const offset = begin.offset + entries.length;
    assert.deepEqual([show(state), state.applied, state.offset], [expected, counted, offset]);
  });
}

test('setAliases: an index that is deleted leaves its aliases, and one that takes its name is not in them', () => {
  let state = apply(begin, '_aliases', { change: 'setAliases', actions: actionsOf('+a:old +a:new +b:old!') });
  state = apply(state, 'old', { change: 'delete', id: 'x0' });
  assert.equal(show(state), 'a=new');
  state = create(state, 'old');
  assert.equal(show(state), 'a=new');
  state = apply(state, '_aliases', { change: 'setAliases', actions: actionsOf('+a:old') });
  assert.equal(show(state), 'a=new', 'the id is that of the one before');
});

test('setAliases: no index is created under the name of an alias', () => {
  const aliased = apply(begin, '_aliases', { change: 'setAliases', actions: actionsOf('+a:old') });
  const state = create(aliased, 'a');
  assert.deepEqual(state, { ...aliased, offset: aliased.offset + 1 });
});

const rename = (id: string, from: string, to: string): Action => ({ action: 'rename', id, from, to });

// Each row: actions, of a catalog with the indexes old and new and the alias a=new,old!; the indexes and aliases then.
const renames: [name: string, actions: Action[], expected: string][] = [
  ['an index', [rename('x0', 'old', 'older')], 'new older a=new,older!'],
  [
    'its name becomes an alias',
    [rename('x0', 'old', 'older'), ...actionsOf('+old:new')],
    'new older a=new,older! old=new',
  ],
  ['after it came into another alias', [...actionsOf('+b:old'), rename('x0', 'old', 'z')], 'new z a=new,z! b=z'],
  ['after it left its alias', [...actionsOf('-a:old'), rename('x0', 'old', 'z')], 'new z a=new'],
  ['to the name of an index', [rename('x0', 'old', 'new')], 'new old a=new,old!'],
  ['to the name of an alias', [rename('x0', 'old', 'a')], 'new old a=new,old!'],
  [
    'to the name of an alias of the same entry',
    [...actionsOf('+b:new'), rename('x0', 'old', 'b')],
    'new old a=new,old!',
  ],
  ['another of the name', [rename('x9', 'old', 'z')], 'new old a=new,old!'],
  ['one that is not there', [rename('x0', 'none', 'z')], 'new old a=new,old!'],
  ['half of two that fails', [rename('x0', 'old', 'z'), rename('x1', 'none', 'y')], 'new old a=new,old!'],
];
for (const [name, actions, expected] of renames) {
  test(`setAliases, rename: ${name}`, () => {
    const before = apply(begin, '_aliases', { change: 'setAliases', actions: actionsOf('+a:new +a:old!') });
    const state = apply(before, '_aliases', { change: 'setAliases', actions });
    const names = Array.from(state.indexes.values(), (index) => index.name).sort();
    assert.equal(`${names.join(' ')} ${show(state)}`, expected);
    assert.deepEqual([...state.indexes.keys()].sort(), names);
    assert.deepEqual(readStoredCatalog(storedCatalog(state)), state);
  });
}

test('setAliases: an alias that takes the name of an index has its keys, from then on', () => {
  const keysOf = (state: CatalogState): (string | undefined)[] =>
    ['old', 'a'].map((name) => state.aliases.get(name)?.keys);
  const change = (state: CatalogState, ...actions: Action[]): CatalogState =>
    apply(state, '_aliases', { change: 'setAliases', actions });
  const before = change(begin, ...actionsOf('+a:old'));
  const taken = change(before, rename('x0', 'old', 'older'), ...actionsOf('+old:new'));
  assert.deepEqual(keysOf(taken), ['x0', undefined]);
  const grown = change(taken, { action: 'add', alias: 'old', target: { index: 'older', id: 'x0' } });
  assert.deepEqual(keysOf(grown), ['x0', undefined]);
  // What the name was before that, it is no more.
  const swapped = change(
    grown,
    { action: 'remove', alias: 'old', id: 'x0' },
    { action: 'remove', alias: 'old', id: 'x1' },
  );
  assert.deepEqual(keysOf(change(swapped, ...actionsOf('+old:new'))), [undefined, undefined]);
});

/**
 * `begin`, `hold` and so on of a job; `measure@N=U` and `swap@N=U` name the hold at offset N, and how far the copy goes. The index is x0, the first
 * entry has offset 2.
 */
function moved(entries: string): string {
  let state = begin;
  for (const entry of entries.split(' ')) {
    const [step, number, last] = entry.split(/[@:=]/);
    const [heldAt, until] = [Number(number), [Number(last)]];
    if (step === 'swap' || step === 'swapForAnother') {
      const base = { lacks: [], replicas: 1 };
      const ends = {
        index: 'old',
        id: 'x0',
        heldAt,
        until,
        from: [1],
        into: 'new',
        intoId: step === 'swap' ? 'x1' : 'x9',
        base,
      };
      state = apply(state, '_aliases', { change: 'setAliases', actions: actionsOf('+a:new'), ends });
    } else if (step === 'measure') {
      state = apply(state, 'old', { change: 'move', id: 'x0', job: 7, step, heldAt, until });
    } else {
      state = apply(state, 'old', { change: 'move', id: 'x0', job: Number(number), step: step as 'begin' });
    }
    assert.deepEqual(readStoredCatalog(storedCatalog(state)), state);
  }
  const { move, replacedAt } = state.indexes.get('old')!;
  const isMoved =
    move === undefined ? 'free' : `${move.job}${move.heldAt === null ? '' : ` held since ${move.heldAt}`}`;
  const until = move?.until === undefined ? '' : `up to ${move.until.join()}`;
  const took = state.indexes.get('new')!.took?.map((each) => `new took ${each.id} up to ${each.until.join()}`) ?? '';
  const told = [isMoved, until, show(state), replacedAt ?? '', took];
  return told.filter((each) => each !== '').join(' ');
}

// Each row: entries, `STEP:JOB` or `swap@HOLD`; whether the index is moved by a job and held since when, the aliases, since when it is replaced.
const moves: [name: string, entries: string, expected: string][] = [
  ['begun', 'begin:7', '7'],
  ['held', 'begin:7 hold:7', '7 held since 3'],
  ['held twice', 'begin:7 hold:7 hold:7', '7 held since 3'],
  ['held by nobody who moves it', 'hold:7', 'free'],
  ['held by another job', 'begin:7 hold:8', '7'],
  ['released', 'begin:7 hold:7 release:7', '7'],
  ['ended', 'begin:7 hold:7 end:7', 'free'],
  ['ended by another job', 'begin:7 hold:7 end:8', '7 held since 3'],
  ['begun by another job, after one that left it', 'begin:7 begin:8', '8'],
  ['begun by another job while it is held', 'begin:7 hold:7 begin:8', '7 held since 3'],
  ['measured', 'begin:7 hold:7 measure@3=8', '7 held since 3 up to 8'],
  ['measured by a hold of before', 'begin:7 hold:7 release:7 hold:7 measure@3=8', '7 held since 5'],
  ['measured when it was released', 'begin:7 hold:7 release:7 measure@3=8', '7'],
  ['measured, and released', 'begin:7 hold:7 measure@3=8 release:7', '7'],
  ['measured by one who looked before another', 'begin:7 hold:7 measure@3=8 measure@3=7', '7 held since 3 up to 8'],
  ['measured again', 'begin:7 hold:7 measure@3=8 measure@3=9', '7 held since 3 up to 9'],
  ['swapped', 'begin:7 hold:7 measure@3=8 swap@3=8', 'free a=new 5 new took x0 up to 8'],
  ['swapped without a hold', 'begin:7 swap@3=8', '7'],
  ['swapped before it was measured', 'begin:7 hold:7 swap@3=8', '7 held since 3'],
  ['swapped by a hold of before', 'begin:7 hold:7 measure@3=8 release:7 hold:7 swap@3=8', '7 held since 6'],
  ['swapped after it was released', 'begin:7 hold:7 measure@3=8 release:7 swap@3=8', '7'],
  ['swapped by one who has copied less', 'begin:7 hold:7 measure@3=8 measure@3=9 swap@3=8', '7 held since 3 up to 9'],
  [
    'swapped for a copy whose name another has',
    'begin:7 hold:7 measure@3=8 swapForAnother@3=8',
    '7 held since 3 up to 8',
  ],
  ['swapped twice', 'begin:7 hold:7 measure@3=8 swap@3=8 swap@3=8', 'free a=new 5 new took x0 up to 8'],
];
for (const [name, entries, expected] of moves) test(`a move: ${name}`, () => assert.equal(moved(entries), expected));

// Each row: what stands in an entry and is no change of aliases.
const broken: [name: string, actions: unknown][] = [
  ['no list', {}],
  ['another action', [{ action: 'move', alias: 'a', id: 'x0' }]],
  ['no id', [{ action: 'remove', alias: 'a' }]],
  ['a name too few', [{ action: 'rename', id: 'x0', from: 'a' }]],
  ['no target', [{ action: 'add', alias: 'a' }]],
  ['a filter that is no object', [{ action: 'add', alias: 'a', target: { index: 'old', id: 'x0', filter: 3 } }]],
  ['a write that is not true', [{ action: 'add', alias: 'a', target: { index: 'old', id: 'x0', write: 1 } }]],
  ['more than may be', Array.from({ length: 1001 }, () => ({ action: 'remove', alias: 'a', id: 'x0' }))],
];
for (const [name, actions] of broken) {
  test(`setAliases: ${name} is refused`, () => {
    const body = Buffer.from(JSON.stringify({ change: 'setAliases', actions }));
    assert.throws(() => applyCatalogEntry(begin, 9, '_aliases', body), { code: 'BATCH_INVALID' });
  });
}
