import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatTraceparent, parseTraceparent } from './traceparent.ts';

const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
const span = '00f067aa0ba902b7';
const good = { traceId: trace, spanId: span, flags: 1 };

// Each row: the header, and what is read.
const rows: [name: string, text: string, expected: unknown][] = [
  ['the example of the standard', `00-${trace}-${span}-01`, good],
  ['not recorded', `00-${trace}-${span}-00`, { ...good, flags: 0 }],
  ['a version to come, with more', `01-${trace}-${span}-01-what`, good],
  ['more than this version has', `00-${trace}-${span}-01-what`, undefined],
  ['the version that is never one', `ff-${trace}-${span}-01`, undefined],
  ['no trace', `00-${'0'.repeat(32)}-${span}-01`, undefined],
  ['no span', `00-${trace}-${'0'.repeat(16)}-01`, undefined],
  ['upper case', `00-${trace.toUpperCase()}-${span}-01`, undefined],
  ['too short', `00-${trace}-${span}`, undefined],
  ['nothing', '', undefined],
];
for (const [name, text, expected] of rows) {
  test(`parseTraceparent: ${name}`, () => assert.deepEqual(parseTraceparent(text), expected));
}

test('formatTraceparent: what is written is read', () => {
  assert.equal(formatTraceparent(good), `00-${trace}-${span}-01`);
  assert.deepEqual(parseTraceparent(formatTraceparent({ ...good, flags: 0 })), { ...good, flags: 0 });
});
