/** The command on a file of which every mutation is found at once, and where there is nothing to find. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';

const { NODE_TEST_CONTEXT: _, ...env } = process.env;

function mutants(...args: string[]) {
  const command = [join(import.meta.dirname, 'main.ts'), ...args];
  return spawnSync(process.execPath, command, { env, encoding: 'utf8', timeout: 240_000 });
}

test('test:mutants: tells what found each, and ends well', () => {
  const { status, stdout } = mutants('2', '3', '--in', 'root/scatter/token-bucket', '--all', '--seeds', '0');
  assert.match(stdout, /^2 of 2 killed \(100\.0 %\): 2 by their own tests/m, stdout);
  assert.equal(stdout.match(/^found by root\/scatter\/token-bucket\.test\.ts, /gm)?.length, 2, stdout);
  assert.equal(status, 0);
});

// Each row: why nothing is decided.
const rows: [name: string, args: string[]][] = [
  ['no file is meant', ['2', '3', '--in', 'nowhere/']],
  ['the time is too short', ['2', '3', '--in', 'root/scatter/', '--minutes', '0.0001']],
];
for (const [name, args] of rows) {
  test(`test:mutants: fails where nothing was tried, as ${name}`, () => {
    const { status, stdout } = mutants(...args);
    assert.match(stdout, /^0 of 0 killed/m);
    assert.equal(status, 1);
  });
}
