import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commentMarkers, replaceBetween } from './replace-between.ts';

const markers = commentMarkers('shards');
const { begin, end } = markers;

// Each row: the document, what goes in, the document after.
const rows: [name: string, document: string, inner: string, expected: string][] = [
  ['between nothing', `${begin}${end}`, 'new', `${begin}\n\nnew\n\n${end}`],
  ['what was there goes', `# A\n${begin}\nold\n${end}\nB\n`, 'new\n', `# A\n${begin}\n\nnew\n\n${end}\nB\n`],
  ['a dollar sign is no pattern', `${begin}\n${end}`, "$& $' $1", `${begin}\n\n$& $' $1\n\n${end}`],
];

for (const [name, document, inner, expected] of rows) {
  test(`replaceBetween: ${name}`, () => {
    const once = replaceBetween(document, markers, inner);
    assert.equal(once, expected);
    assert.equal(replaceBetween(once, markers, inner), expected, 'done twice');
  });
}

// Each row: a document that cannot be changed, and why.
const wrong: [name: string, document: string, reason: RegExp][] = [
  ['no markers', 'text', /has no <!-- shards:begin/],
  ['no end', begin, /has no <!-- shards:end/],
  ['the wrong way round', `${end}${begin}`, /comes before/],
  ['twice', `${begin}${begin}${end}`, /more than one/],
];

for (const [name, document, reason] of wrong) {
  test(`replaceBetween: refuses ${name}`, () => assert.throws(() => replaceBetween(document, markers, ''), reason));
}
