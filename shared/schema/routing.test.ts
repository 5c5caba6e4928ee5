import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mergePatch } from '../judge/merge-patch.ts';
import { createRandom } from '../random/random.ts';
import { reservedMember, splitRouting, withRouting } from './routing.ts';

// Each row: a document as it was sent, its routing, how it is stored.
const rows: [sent: string, routing: string, stored: string][] = [
  ['{}', 'a', '{"_routing":"a"}'],
  ['{ }', 'a', '{"_routing":"a"}'],
  ['{"n":1}', 'a', '{"_routing":"a","n":1}'],
  ['{\n "n": 1 }', 'a b', '{"_routing":"a b","n": 1 }'],
  ['{"n":9007199254740993}', 'q"\\,}', '{"_routing":"q\\"\\\\,}","n":9007199254740993}'],
  ['{"n":{"_routing":"inner"}}', 'ключ', '{"_routing":"ключ","n":{"_routing":"inner"}}'],
];
for (const [sent, routing, stored] of rows) {
  test(`withRouting: ${JSON.stringify(sent)} by ${routing}`, () => {
    const bytes = withRouting(Buffer.from(sent), routing);
    assert.equal(bytes.toString(), stored);
    const split = splitRouting(bytes);
    assert.equal(split.routing, routing);
    assert.deepEqual(JSON.parse(Buffer.from(split.source).toString()), JSON.parse(sent));
  });
}

// Each row: what is stored, its routing, the document.
const others: [stored: string, routing: string | null, source: string][] = [
  ['{}', null, '{}'],
  ['{"n":1}', null, '{"n":1}'],
  ['{"n":{"_routing":"a"}}', null, '{"n":{"_routing":"a"}}'],
  ['{"n":"\\"_routing\\":"}', null, '{"n":"\\"_routing\\":"}'],
  ['{"1":2,"_routing":"a","n":9007199254740993}', 'a', '{"1":2,"n":9007199254740993}'],
  ['{"n":1,"_routing":"a"}', 'a', '{"n":1}'],
];
for (const [stored, routing, source] of others) {
  test(`splitRouting: ${stored}`, () => {
    const split = splitRouting(Buffer.from(stored));
    assert.deepEqual([split.routing, Buffer.from(split.source).toString()], [routing, source]);
  });
}

test('splitRouting: what was patched is the document and its routing still', () => {
  const random = createRandom(72);
  for (let i = 0; i < 300; i++) {
    const draw = () =>
      Object.fromEntries(
        Array.from({ length: random.integer(0, 4) }, () => {
          return [random.pick(['a', 'b', '1', '07', '__proto__', 'é']), random.integer(0, 9)];
        }),
      );
    const [document, patch] = [JSON.stringify(draw()), JSON.stringify(draw())];
    const routing = random.pick(['a', '"', 'ü', '\\', '{']);
    const stored = mergePatch(withRouting(Buffer.from(document), routing), Buffer.from(patch), { nulls: 'kept' })!;
    const plain = mergePatch(Buffer.from(document), Buffer.from(patch), { nulls: 'kept' })!;
    const split = splitRouting(stored.source);
    assert.equal(split.routing, routing);
    assert.equal(Buffer.from(split.source).toString(), Buffer.from(plain.source).toString(), `${document} ${patch}`);
  }
});

test('reservedMember: is the member of the document itself', () => {
  assert.equal(reservedMember({ _routing: null })?.at, '/_routing');
  for (const value of [{}, { n: { _routing: 'a' } }, null, ['_routing']]) assert.equal(reservedMember(value), null);
});
