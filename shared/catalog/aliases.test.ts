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

// Each row: what stands in an entry and is no change of aliases.
const broken: [name: string, actions: unknown][] = [
  ['no list', {}],
  ['another action', [{ action: 'move', alias: 'a', id: 'x0' }]],
  ['no id', [{ action: 'remove', alias: 'a' }]],
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
