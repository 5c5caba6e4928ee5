import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseResident } from './resident-memory.ts';

// Each row: what /proc says, the bytes.
const rows: [status: string, bytes: number][] = [
  ['Name:\tnode\nVmHWM:\t  900 kB\nVmRSS:\t  120 kB\nThreads:\t11\n', 122_880],
  ['Name:\tkthreadd\n', 0],
];
for (const [status, bytes] of rows) {
  test(`parseResident: ${bytes}`, () => assert.equal(parseResident(status), bytes));
}
