import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseIndexBody } from '../schema/parse.ts';
import { applyCatalogEntry, createFor, emptyCatalog, type CatalogState } from './catalog.ts';
import type { CatalogChange } from './definition.ts';

const { definition } = createFor(parseIndexBody({ schema: { fields: {} } }));

function apply(state: CatalogState, name: string, change: CatalogChange): CatalogState {
  return applyCatalogEntry(state, state.offset + 1, name, Buffer.from(JSON.stringify(change)));
}

/** logs-1 (x0) was left for logs-2 (x1), both in the alias logs. */
const rolled = [
  ['logs-1', { change: 'createUnder', definition, aliases: [{ alias: 'logs', write: true }], atMs: 5 }],
  ['logs-2', { change: 'createUnder', definition, aliases: [], from: { alias: 'logs', id: 'x0' }, atMs: 9 }],
] as const satisfies readonly (readonly [string, CatalogChange])[];
const begin = rolled.reduce((state, [name, change]) => apply(state, name, change), emptyCatalog);

const add = (alias: string, index: string, id: string, write = false) =>
  ({ action: 'add', alias, target: { index, id, ...(write ? { write } : {}) } }) as const;
const actions = (...all: Extract<CatalogChange, { change: 'setAliases' }>['actions']): CatalogChange => {
  return { change: 'setAliases', actions: all };
};
const expire = (id: string, alias = 'logs'): CatalogChange => ({ change: 'expire', id, alias });

// Each row: what is done to the aliases first; what is to expire, by name and id; the indexes that are left.
const rows: [name: string, before: CatalogChange | null, index: string, change: CatalogChange, left: string][] = [
  ['one that writes have left', null, 'logs-1', expire('x0'), 'logs-2'],
  ['one that is written to', null, 'logs-2', expire('x1'), 'logs-1 logs-2'],
  ['another of its name', null, 'logs-1', expire('x9'), 'logs-1 logs-2'],
  ['the id of another', null, 'logs-2', expire('x0'), 'logs-1 logs-2'],
  ['by an alias that it is not in', null, 'logs-1', expire('x0', 'other'), 'logs-1 logs-2'],
  [
    'one that is written to again',
    actions(add('logs', 'logs-2', 'x1'), add('logs', 'logs-1', 'x0', true)),
    'logs-1',
    expire('x0'),
    'logs-1 logs-2',
  ],
  [
    'one that was taken out of the alias',
    actions({ action: 'remove', alias: 'logs', id: 'x0' }),
    'logs-1',
    expire('x0'),
    'logs-1 logs-2',
  ],
  ['the only one of another alias', actions(add('kept', 'logs-1', 'x0')), 'logs-1', expire('x0'), 'logs-1 logs-2'],
  [
    'one of two of another alias',
    actions(add('more', 'logs-1', 'x0'), add('more', 'logs-2', 'x1')),
    'logs-1',
    expire('x0'),
    'logs-2',
  ],
];
for (const [name, before, index, change, left] of rows) {
  test(`expire: ${name}`, () => {
    const state = before === null ? begin : apply(begin, '_aliases', before);
    const after = apply(state, index, change);
    const isDone = left === 'logs-2';
    assert.equal([...after.indexes.keys()].sort().join(' '), left);
    assert.equal(after.applied.includes(after.offset), isDone);
    const named = [...after.aliases.values()].flatMap(({ indexes }) => indexes.map(({ id }) => id));
    assert.equal(named.includes('x0'), !isDone && name !== 'one that was taken out of the alias');
  });
}
