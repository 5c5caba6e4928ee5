import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createRandom } from '../../shared/random/random.ts';
import { mutants } from './mutants.ts';

const run = promisify(execFile);
const script = fileURLToPath(new URL('run-mutant.ts', import.meta.url));
/** Within so many clusters a bug must be found. */
const seedsMax = 100;

/** Of all bugs so many, unless `npm run sim:bugs` asks for all. */
const sampleSize = 8;
const seed = 1;

test('simulation: finds every bug that is put in', { concurrency: 2 }, async (t) => {
  const all = process.env['BUGS'] === 'all';
  const sample = all ? mutants : createRandom(seed).shuffle(mutants).slice(0, sampleSize);
  t.diagnostic(`${sample.length} of ${mutants.length} bugs, seed ${seed}`);
  const found = sample.map(({ name }) => {
    return t.test(name, async (each) => {
      const { stdout } = await run(process.execPath, [script, name, String(seedsMax)]);
      assert.notEqual(stdout, '', `not found in ${seedsMax} clusters`);
      each.diagnostic(stdout.trim());
    });
  });
  await Promise.all(found);
});
