import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseLeafList } from './leaf-list.ts';
import { parseLeafSource } from './source.ts';

// Each row: the text, and the source as words; 'wrong' where it is none.
const rows: [text: string, expected: string][] = [
  ['a=h:1', 'static a@h:1'],
  ['a=h:1, b=h:2', 'static a@h:1 b@h:2'],
  ['a=[::1]:7', 'static a@[::1]:7'],
  ['', 'wrong'],
  ['h:1', 'wrong'],
  ['a=h:1,', 'wrong'],
  ['a=h:1,a=h:2', 'wrong'],
  ['a=h:1,b=H:1', 'wrong'],
  ['file:/etc/sheaf/leaves', 'file /etc/sheaf/leaves'],
  ['file:leaves with blanks', 'file leaves with blanks'],
  ['file:', 'wrong'],
  ['srv:_http._tcp.leaf.search.svc.cluster.local', 'srv _http._tcp.leaf.search.svc.cluster.local'],
  ['srv:leaf:7710', 'wrong'],
  ['srv:', 'wrong'],
  ['dns:leaf:7710', 'dns leaf:7710'],
  ['dns:leaf', 'wrong'],
  ['dns:leaf:0', 'wrong'],
  ['dns:[::1]:7710', 'wrong'],
  ['kubernetes:leaf', 'kubernetes -/leaf'],
  ['kubernetes:search/leaf', 'kubernetes search/leaf'],
  ['kubernetes:a/b/c', 'wrong'],
  ['kubernetes:', 'wrong'],
  ['kubernetes:Leaf', 'wrong'],
  ['consul:leaf', 'wrong'],
];

for (const [text, expected] of rows) {
  test(`parseLeafSource: ${text || 'nothing'} is ${expected}`, () => assert.equal(inWords(text), expected));
}

function inWords(text: string): string {
  const source = parseLeafSource(text);
  switch (source?.kind) {
    case undefined:
      return 'wrong';
    case 'static':
      return ['static', ...source.leaves.map(({ name, address }) => `${name}@${address.host}:${address.port}`)].join(
        ' ',
      );
    case 'file':
      return `file ${source.path}`;
    case 'srv':
      return `srv ${source.name}`;
    case 'dns':
      return `dns ${source.address.host}:${source.address.port}`;
    case 'kubernetes':
      return `kubernetes ${source.namespace ?? '-'}/${source.service}`;
  }
}

test('parseLeafList: a file has one on each line, and an empty one has none', () => {
  const names = (text: string) => parseLeafList(text)?.map(({ name }) => name);
  assert.deepEqual(names('a=h:1\nb=h:2\n'), ['a', 'b']);
  assert.deepEqual(names('a=h:1\r\nb=h:2'), ['a', 'b']);
  assert.deepEqual(names('\n'), []);
  assert.equal(names('a=h:1\n\nb=h:2\n'), undefined);
});
