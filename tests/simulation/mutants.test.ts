import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { sampleBugs } from './bug-sample.ts';
import { mutants } from './mutants.ts';

const run = promisify(execFile);
const script = fileURLToPath(new URL('run-mutant.ts', import.meta.url));
/** Within so many clusters a bug must be found. */
const seedsMax = 100;

const sampleSize = 6;

test('simulation: finds every bug that is put in', { concurrency: 2 }, async (t) => {
  const { bugs, told } = sampleBugs(mutants, sampleSize);
  t.diagnostic(told);
  const found = bugs.map(({ name }) => {
    return t.test(name, async (each) => {
      const { stdout } = await run(process.execPath, [script, name, String(seedsMax)]);
      assert.notEqual(stdout, '', `not found in ${seedsMax} clusters`);
      each.diagnostic(stdout.trim());
    });
  });
  await Promise.all(found);
});
