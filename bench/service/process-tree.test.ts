import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseProcessTimes, treeCpuMs, type ProcessTimes } from './process-tree.ts';

// Each row: the name in the line, which may hold what parts fields; ticks follow: 150 user, 25 system, 1 and 2 of children.
for (const name of ['node', 'a b', 'a) S 1 (b']) {
  test(`parseProcessTimes: reads what stands behind the name (${name})`, () => {
    const line = `42 (${name}) S 7 42 42 0 -1 4194560 5 6 7 8 150 25 1 2 20 0 11 0 999`;
    assert.deepEqual(parseProcessTimes(line), { pid: 42, parent: 7, cpuMs: 1780 });
  });
}

// Each row: processes as pid<parent:ms, the root, milliseconds of its tree.
const rows: [name: string, processes: string, root: number, cpuMs: number][] = [
  ['none', '', 5, 0],
  ['alone', '5<1:10 6<1:100', 5, 10],
  ['children and theirs', '5<1:10 6<5:100 7<6:1000 8<1:5', 5, 1110],
  ['a child that is listed before its parent', '3<4:100 4<9:1000 9<1:10', 9, 1110],
  ['a parent that has ended', '6<5:100', 5, 100],
];
for (const [name, processes, root, cpuMs] of rows) {
  test(`treeCpuMs: ${name}`, () => assert.equal(treeCpuMs(read(processes), root), cpuMs));
}

function read(text: string): ProcessTimes[] {
  return [...text.matchAll(/(\d+)<(\d+):(\d+)/g)].map(([, pid, parent, cpuMs]) => {
    return { pid: Number(pid), parent: Number(parent), cpuMs: Number(cpuMs) };
  });
}
