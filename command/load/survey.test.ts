/** What is learned from the lines of a file, as far as values are not what JSON.parse makes of them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DocumentStatistics } from './field-statistics.ts';
import { takeLine } from './survey.ts';

// Each row: a line, the kinds of values of the field a.
const rows: [line: string, kinds: string][] = [
  ['{"a":9007199254740991}', 'integer'],
  ['{"a":9007199254740992}', 'wideInteger'],
  ['{"a":9007199254740993}', 'wideInteger'],
  ['{"a":-9007199254740993}', 'wideInteger'],
  ['{"a":[1,18446744073709551615]}', 'integer wideInteger'],
  ['{"_put":{"a":18446744073709551615},"_key":"k"}', 'wideInteger'],
  ['{"a":9007199254740993.5}', 'float'],
  ['{"a":0.12345678901234567}', 'float'],
  ['{"a":1e300}', 'float'],
  ['{"a":"9007199254740993"}', 'string'],
];
for (const [line, kinds] of rows) {
  test(`takeLine: ${line} has ${kinds}`, () => {
    const statistics = new DocumentStatistics();
    takeLine(statistics, Buffer.from(line));
    assert.equal([...statistics.fields.get('a')!.kinds.keys()].join(' '), kinds);
  });
}
