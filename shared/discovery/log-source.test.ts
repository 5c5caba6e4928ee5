import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatLogSource, parseLogSource, type LogSource } from './log-source.ts';

// Each row: the text, and the source; undefined where it is none.
const rows: [text: string, expected: LogSource | undefined][] = [
  ['log:7701', { host: 'log', port: 7701 }],
  ['[::1]:9', { host: '[::1]', port: 9 }],
  ['kubernetes:sheaf-log', { namespace: null, service: 'sheaf-log' }],
  ['kubernetes:search/log', { namespace: 'search', service: 'log' }],
  ['kubernetes:7701', { host: 'kubernetes', port: 7701 }],
  ['kubernetes:a/b/c', undefined],
  ['kubernetes:Log', undefined],
  ['kubernetes:', undefined],
  ['kafka:a:1', { kafka: [{ host: 'a', port: 1 }], name: 'sheaf' }],
  [
    'kafka:a:1,[::1]:2/blue',
    {
      kafka: [
        { host: 'a', port: 1 },
        { host: '[::1]', port: 2 },
      ],
      name: 'blue',
    },
  ],
  ['kafka:9092', { host: 'kafka', port: 9092 }],
  ['kafka:a', undefined],
  ['kafka:a:1,', undefined],
  ['kafka:a:0', undefined],
  ['kafka:a:1/', undefined],
  ['kafka:a:1/b.c', undefined],
  ['kafka:a:1/b/c', undefined],
  ['log', undefined],
  ['srv:log', undefined],
  ['', undefined],
];

for (const [text, expected] of rows) {
  test(`parseLogSource: ${text || 'nothing'}, and as it is shown`, () => {
    const source = parseLogSource(text);
    assert.deepEqual(source, expected);
    if (source !== undefined) assert.equal(formatLogSource(source), text);
  });
}
