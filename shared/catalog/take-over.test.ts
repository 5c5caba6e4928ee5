import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseIndexBody } from '../schema/parse.ts';
import { applyCatalogEntry, createFor, emptyCatalog, findIndex, type IndexDefinition } from './catalog.ts';
import { limits } from '../limits.ts';
import { addedSince, baseOf, takeOver } from './take-over.ts';

/** `n a.b t/raw,x`: an integer, one inside an object, and a text with sub-fields; `a=keyword` says the kind. */
function fieldsOf(text: string): Readonly<Record<string, unknown>> {
  const words = text.split(' ').filter((word) => word !== '');
  return Object.fromEntries(
    words.map((word) => {
      const [path, subs] = word.split('/');
      const [name, kind = subs === undefined ? 'integer' : 'text'] = path!.split('=');
      const fields = subs?.split(',').map((sub) => [sub, { kind: 'keyword' }]);
      return [name!, { kind, ...(fields === undefined ? {} : { fields: Object.fromEntries(fields) as unknown }) }];
    }),
  );
}

function indexOf(fields: string, about: Partial<IndexDefinition> = {}): IndexDefinition {
  const body = parseIndexBody({ schema: { fields: fieldsOf(fields) } });
  const entry = Buffer.from(JSON.stringify(createFor(body)));
  return { ...findIndex(applyCatalogEntry(emptyCatalog, 0, 'i', entry), 'i')!, ...about };
}

function show(fields: IndexDefinition['schema']['fields']): string {
  return Object.entries(fields)
    .map(([path, { kind, fields: subs = {} }]) => {
      const names = Object.keys(subs).join();
      return `${path}${kind === 'integer' || names !== '' ? '' : `=${kind}`}${names === '' ? '' : `/${names}`}`;
    })
    .join(' ');
}

// Each row: the index and the copy before anything is copied; both in the end; what the copy is to get.
const rows: [situation: string, before: [string, string], after: [string, string], added: string][] = [
  ['nothing', ['n', 'n'], ['n', 'n'], ''],
  ['a field', ['n', 'n'], ['n m', 'n'], 'm'],
  ['a field beside one that the copy is not to have', ['n old', 'n'], ['n old m', 'n'], 'm'],
  ['a field that the copy has got, too', ['n', 'n'], ['n m', 'n m'], ''],
  ['a field that the copy has got as something else', ['n', 'n'], ['n m', 'n m=keyword'], ''],
  ['a field inside of one of the copy', ['n', 'n'], ['n a.b', 'n a'], ''],
  ['a field round one of the copy', ['n', 'n'], ['n a', 'n a.b'], ''],
  ['a sub-field', ['t/raw', 't/raw'], ['t/raw,x', 't/raw'], 't/x'],
  ['a sub-field beside one that the copy is not to have', ['t/raw,y', 't/raw'], ['t/raw,y,x', 't/raw'], 't/x'],
  ['a sub-field of what is something else in the copy', ['t/raw', 't=keyword'], ['t/raw,x', 't=keyword'], ''],
  ['a sub-field of what the copy is not to have', ['t/raw', 'n'], ['t/raw,x', 'n'], ''],
  ['a field with sub-fields', ['n', 'n'], ['n t/raw', 'n'], 't/raw'],
  ['a field that the copy alone has', ['n', 'n own'], ['n m', 'n own'], 'm'],
];
for (const [situation, before, after, added] of rows) {
  test(`addedSince: the index has got ${situation}`, () => {
    const [index, copy] = before.map((fields) => indexOf(fields));
    const base = baseOf(index!, copy!);
    const [indexNow, copyNow] = after.map((fields) => indexOf(fields));
    assert.equal(show(addedSince(indexNow!, copyNow!, base)), added);
    // What was taken over once is not lacking any more.
    const taken = takeOver(indexNow!, copyNow!, { base, until: [], from: [] })!;
    assert.deepEqual(addedSince(indexNow!, taken, base), {});
  });
}

// Each row: replicas of the index before and in the end, and of the copy; what the copy has then.
const replicaRows: [before: number, now: number, copy: number, expected: number][] = [
  [1, 1, 1, 1],
  [1, 1, 2, 2],
  [1, 3, 2, 3],
  [2, 1, 2, 1],
];
for (const [before, now, copy, expected] of replicaRows) {
  test(`takeOver: of replicas ${before}, then ${now}, beside ${copy}`, () => {
    const index = indexOf('n', { replicas: now });
    const base = { lacks: [], replicas: before };
    assert.equal(takeOver(index, indexOf('n', { replicas: copy }), { base, until: [], from: [] })?.replicas, expected);
  });
}

test('takeOver: more fields than may be are not taken over', () => {
  const many = (from: number, count: number): string =>
    Array.from({ length: count }, (_, i) => `f${from + i}`).join(' ');
  const base = { lacks: [], replicas: 1 };
  for (const [more, fits] of [
    [1, true],
    [2, false],
  ] as const) {
    const taken = takeOver(indexOf(many(0, more)), indexOf(many(10, limits.fieldsMax - 1)), {
      base,
      until: [],
      from: [],
    });
    assert.equal(taken !== null, fits, String(more));
  }
});

test('takeOver: the indexes that were replaced are remembered, each as it was last, and no more than 16', () => {
  const base = { lacks: [], replicas: 1 };
  const take = (index: IndexDefinition, copy: IndexDefinition, until: number): IndexDefinition =>
    takeOver(index, copy, { base, until: [until], from: [10 * until] })!;
  const [a, b, c] = ['a', 'b', 'c'].map((id) => indexOf('n', { id }));
  const second = take(take(a!, b!, 3), c!, 4);
  assert.deepEqual(second.took, [
    { id: 'a', until: [3], from: [40] },
    { id: 'b', until: [4], from: [40] },
  ]);
  assert.deepEqual(take(a!, second, 9).took, [
    { id: 'b', until: [4], from: [40] },
    { id: 'a', until: [9], from: [90] },
  ]);
  let last = a!;
  for (let i = 0; i < 20; i++) last = take(last, indexOf('n', { id: `x${i}` }), i);
  assert.deepEqual([last.took?.length, last.took?.[0]?.id, last.took?.at(-1)?.id], [16, 'x3', 'x18']);
});
