import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { mutants } from './mutants.ts';

const run = promisify(execFile);
const script = fileURLToPath(new URL('run-mutant.ts', import.meta.url));
/** Within so many clusters a bug must be found. */
const seedsMax = 200;

for (const { name } of mutants) {
  test(`simulation finds that ${name}`, async (t) => {
    const { stdout } = await run(process.execPath, [script, name, String(seedsMax)]);
    assert.notEqual(stdout, '', `not found in ${seedsMax} clusters`);
    t.diagnostic(stdout.trim());
  });
}
