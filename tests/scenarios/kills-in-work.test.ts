import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KillsInWork } from './kills-in-work.ts';

// Each row: kills before the work is done, kills after it, how many had to fall into it, what is wrong.
const rows: [name: string, before: number, after: number, least: number, faults: string[]][] = [
  ['enough', 2, 0, 2, []],
  ['none where none was asked for', 0, 0, 0, []],
  ['all came too late', 0, 3, 1, ['0 kills fell into the job, of at least 1']],
  ['one came too late', 9, 1, 10, ['9 kills fell into the job, of at least 10']],
];
for (const [name, before, after, least, faults] of rows) {
  test(`KillsInWork: ${name}`, () => {
    const kills = new KillsInWork('the job');
    for (let i = 0; i < before; i++) kills.onKill();
    kills.end();
    for (let i = 0; i < after; i++) kills.onKill();
    assert.deepEqual([kills.count, kills.faults(least)], [before, faults]);
  });
}
