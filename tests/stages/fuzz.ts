/**
 * Runs every test of which the suite runs a part of its rounds with all of them: `npm run test:fuzz`. Ends with 1 where one fails. Touches
 * the world: processes.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stagesOf } from './stages.ts';

const repository = join(import.meta.dirname, '../..');
const { unit, process: others } = stagesOf(repository);
const files = [...unit, ...others].filter((file) => {
  return readFileSync(join(repository, file), 'utf8').includes("/rounds.ts'");
});
const { status } = spawnSync(process.execPath, [join(import.meta.dirname, 'run.ts'), ...files], {
  stdio: 'inherit',
  env: { ...process.env, FUZZ: 'all' },
});
process.exitCode = status ?? 1;
