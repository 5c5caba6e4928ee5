import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nearName, readNearName } from './near-name.ts';

const rows: [term: string, edits: 1 | 2, prefixLength: number][] = [
  ['cat', 1, 0],
  ['', 2, 12],
  ['a/b/1/c', 2, 1],
  ['new\nline 𝒳', 1, 256],
];
for (const [term, edits, prefixLength] of rows) {
  test(`nearName: ${JSON.stringify(term)} is read as it was, also after JSON`, () => {
    const name = nearName({ term, edits, prefixLength });
    const sent: unknown = JSON.parse(Buffer.from(JSON.stringify(name)).toString());
    assert.equal(sent, name);
    assert.deepEqual(readNearName(name), { term, edits, prefixLength });
  });
}

for (const term of ['', 'cat', '1/0/cat', '\u{10000}1/0/cat', '\ud800', '\ud800cat', '\ud8003/0/cat']) {
  test(`readNearName: ${JSON.stringify(term)} is a term`, () => assert.equal(readNearName(term), null));
}
