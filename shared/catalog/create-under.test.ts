import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseIndexBody } from '../schema/parse.ts';
import { applyCatalogEntry, createFor, emptyCatalog, type CatalogState } from './catalog.ts';
import type { CatalogChange, CreateUnder } from './definition.ts';
import { readStoredCatalog, storedCatalog } from './stored-catalog.ts';

const { definition } = createFor(parseIndexBody({ schema: { fields: {} } }));

function apply(state: CatalogState, name: string, change: CatalogChange): CatalogState {
  const next = applyCatalogEntry(state, state.offset + 1, name, Buffer.from(JSON.stringify(change)));
  assert.deepEqual(readStoredCatalog(JSON.parse(JSON.stringify(storedCatalog(next)))), next);
  return next;
}

/** `new` creates it; `new+a+b!` in the aliases a and b, of b as its write index; `new<a:x0` takes the place of x0 in a. */
function read(text: string): [name: string, change: CreateUnder] {
  const [, name, aliases, from, id] = /^(\w+)((?:\+\w+!?)*)(?:<(\w+):(\w+))?$/.exec(text)!;
  const added = aliases!.split('+').slice(1);
  const change: CreateUnder = {
    change: 'createUnder',
    definition,
    aliases: added.map((each) => ({ alias: each.replace('!', ''), ...(each.endsWith('!') ? { write: true } : {}) })),
    ...(from === undefined ? {} : { from: { alias: from, id: id! } }),
    atMs: 1000,
  };
  return [name!, change];
}

/** `!` is the index that is written to, `~` one that writes have moved on from. */
const show = ({ indexes, aliases }: CatalogState): string => {
  const shown = Array.from(aliases.values(), ({ name, indexes: targets }) => {
    const each = targets.map(({ index, write, rolledAtMs }) => `${index}${write ? '!' : ''}${rolledAtMs ? '~' : ''}`);
    return `${name}=${each.join()}`;
  });
  return [[...indexes.keys()].sort().join(), ...shown.sort()].join(' ');
};

// Each row: entries after the index `one` (x0) was created; which of those that change aliases count; what there is then.
const rows: [name: string, entries: string, applied: number[], expected: string][] = [
  ['an index alone', 'two', [1], 'one,two'],
  ['an index that is there', 'one', [], 'one'],
  ['in aliases', 'two+a+b!', [1], 'one,two a=two b=two!'],
  ['twice', 'two+a two+b', [1], 'one,two a=two'],
  ['under the name of an alias', 'two+a a', [1], 'one,two a=two'],
  ['in an alias that is an index: neither is done', 'two+a+one', [], 'one'],
  ['the second that an alias is written to: neither is done', 'two+a! three+a!', [1], 'one,two a=two!'],
  ['the place of the only one', 'two+a three<a:x1', [1, 2], 'one,three,two a=three!,two~'],
  ['the place of the write index', 'two+a! three+a four<a:x1', [1, 2, 3], 'four,one,three,two a=four!,three,two~'],
  ['the second of two that take one place', 'two+a! three<a:x1 four<a:x1', [1, 2], 'one,three,two a=three!,two~'],
  ['the next place', 'two+a! three<a:x1 four<a:x2', [1, 2, 3], 'four,one,three,two a=four!,three~,two~'],
  ['a place in no alias', 'two<a:x0', [], 'one'],
  ['a place, and another alias', 'two+a! three+b<a:x1', [1, 2], 'one,three,two a=three!,two~ b=three'],
];
for (const [name, entries, applied, expected] of rows) {
  test(`createUnder: ${name}`, () => {
    let state = apply(emptyCatalog, 'one', createFor(parseIndexBody({ schema: { fields: {} } })));
    for (const entry of entries.split(' ')) state = apply(state, ...read(entry));
    assert.deepEqual([show(state), state.applied], [expected, applied]);
  });
}

test('createUnder: the filter of the alias goes on to the new index, and is kept of the old one', () => {
  const filter = { match_all: {} };
  let state = apply(emptyCatalog, 'one', { change: 'createUnder', definition, aliases: [], atMs: 5 });
  assert.equal(state.indexes.get('one')?.createdAtMs, 5);
  const target = { index: 'one', id: 'x0', filter };
  state = apply(state, '_aliases', { change: 'setAliases', actions: [{ action: 'add', alias: 'a', target }] });
  state = apply(state, ...read('two<a:x0'));
  assert.deepEqual(state.aliases.get('a')?.indexes, [
    { index: 'one', id: 'x0', filter, rolledAtMs: 1000 },
    { index: 'two', id: 'x2', filter, write: true },
  ]);
});

test('setAliases: that writes have moved on from an index stays said until it is written to again, or leaves the alias', () => {
  let state = apply(emptyCatalog, ...read('one+a!'));
  state = apply(state, ...read('two<a:x0'));
  const add = (index: string, id: string, write: boolean) =>
    ({ action: 'add', alias: 'a', target: { index, id, ...(write ? { write } : {}) } }) as const;
  state = apply(state, '_aliases', { change: 'setAliases', actions: [add('one', 'x0', false)] });
  assert.equal(show(state), 'one,two a=one~,two!');
  const back = [add('two', 'x1', false), add('one', 'x0', true)];
  state = apply(state, '_aliases', { change: 'setAliases', actions: back });
  assert.equal(show(state), 'one,two a=one!,two');
});
