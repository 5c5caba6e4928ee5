import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkKey, readKey } from './key.ts';

// Each row: a document, the field of its key, the key or the fault.
const rows: [json: string, field: string, expected: string][] = [
  ['{"id":"a"}', 'id', 'a'],
  ['{"id":7}', 'id', '7'],
  ['{"id":-0}', 'id', '0'],
  ['{"id":1e3}', 'id', '1000'],
  ['{"a":{"b":"x"}}', 'a.b', 'x'],
  ['{"a.b":"x"}', 'a.b', 'x'],
  ['{"a.b":"x","a":{"b":"y"}}', 'a.b', 'x'],
  ['{"a":{"b.c":"x"}}', 'a.b.c', 'x'],
  ['{"a.b":{"c":"x"}}', 'a.b.c', 'x'],
  ['{"a.b":{},"a":{"b":{"c":"x"}}}', 'a.b.c', 'x'],
  ['{"__proto__":"x"}', '__proto__', 'x'],
  ['{}', 'id', 'KEY_MISSING '],
  ['{}', 'constructor', 'KEY_MISSING '],
  ['{}', '__proto__.constructor.name', 'KEY_MISSING '],
  ['{"id":null}', 'id', 'KEY_MISSING /id'],
  ['{"a":[{"b":"x"}]}', 'a.b', 'KEY_MISSING '],
  ['{"id":""}', 'id', 'KEY_INVALID /id'],
  ['{"id":1.5}', 'id', 'KEY_INVALID /id'],
  ['{"id":9007199254740992}', 'id', 'KEY_INVALID /id'],
  ['{"id":true}', 'id', 'KEY_INVALID /id'],
  ['{"a":{"b/c":["x"]}}', 'a.b/c', 'KEY_INVALID /a/b~1c'],
  ['{"id":"\\udc00"}', 'id', 'KEY_INVALID /id'],
  [`{"id":"${'é'.repeat(256)}"}`, 'id', 'é'.repeat(256)],
  [`{"id":"${'é'.repeat(257)}"}`, 'id', 'KEY_TOO_LONG /id'],
];

for (const [json, field, expected] of rows) {
  test(`readKey: ${field} of ${json.slice(0, 60)}`, () => {
    const key = readKey(JSON.parse(json), field);
    assert.equal(typeof key === 'string' ? key : `${key.code} ${key.at}`, expected);
  });
}

test('checkKey: gives the limit and the actual bytes', () => {
  assert.equal(checkKey('x'.repeat(512)), null);
  assert.deepEqual(checkKey('x'.repeat(513)), { code: 'KEY_TOO_LONG', at: 'key', detail: { limit: 512, actual: 513 } });
  assert.equal(checkKey('')?.code, 'KEY_INVALID');
});
