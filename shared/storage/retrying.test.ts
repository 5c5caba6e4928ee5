import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../random/random.ts';
import { retrying } from './retrying.ts';

// Each row: what the attempts come to (P a fault that passes, F one that does not, A an answer), how many are made, the end.
const rows: [attempts: string, made: number, end: string][] = [
  ['A', 1, 'A'],
  ['PPA', 3, 'A'],
  ['F', 1, 'F'],
  ['PF', 2, 'F'],
  ['PPPPPA', 6, 'A'],
  ['PPPPPPA', 6, 'P'],
];

for (const [attempts, made, end] of rows) {
  test(`retrying: ${attempts} ends with ${end}`, async () => {
    let next = 0;
    const pauses: number[] = [];
    const world = { sleep: async (ms: number) => void pauses.push(ms), random: createRandom(1) };
    const attempt = async (): Promise<string> => {
      const outcome = attempts[next++]!;
      if (outcome === 'A') return outcome;
      throw new Error(outcome);
    };
    const isPassing = (error: unknown): boolean => (error as Error).message === 'P';
    assert.equal(await retrying(attempt, isPassing, world).catch((error: Error) => error.message), end);
    assert.deepEqual([next, pauses.length], [made, made - 1]);
    for (const [i, pause] of pauses.entries()) assert.ok(pause >= 100 * 2 ** i && pause < 200 * 2 ** i);
  });
}
