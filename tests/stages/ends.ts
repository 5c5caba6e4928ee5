/**
 * Whether tests end that fail: runs files with an assertion of every test made to fail, and names those that do not end by themselves:
 * `node tests/stages/ends.ts [number of the assertion] [file…]`, the first of the process tests where nothing is said. Ends with 1 where
 * there are any. Touches the world: processes.
 */
import { availableParallelism } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { run } from 'node:test';
import { stagesOf } from './stages.ts';

const repository = join(import.meta.dirname, '../..');
/** After the last test of a file: those that end hand over, or wait for a grace. */
const lingerMs = process.env['TEST_LINGER_MS'] ?? '15000';
const testMsMax = 300_000;

const args = process.argv.slice(2);
const assertion = /^\d+$/.test(args[0] ?? '') ? args.shift()! : '1';
const files = args.length > 0 ? args : stagesOf(repository).process;
const imports = ['failing-assertions.ts', 'ending.ts'].flatMap((file) => ['--import', join(import.meta.dirname, file)]);

const left = new Set<string>();
const events = run({
  files: files.map((file) => resolve(file)),
  concurrency: availableParallelism(),
  timeout: testMsMax,
  execArgv: imports,
  env: { ...process.env, TEST_FAILING_ASSERTION: assertion, TEST_LINGER_MS: lingerMs, TEST_FILE_MS: '300000' },
});
for await (const { type, data } of events) {
  if (type !== 'test:stderr' || !data.message.includes('DOES NOT END')) continue;
  const file = relative(repository, data.file);
  left.add(file);
  process.stdout.write(`${file}: ${data.message.trim()}\n`);
}
process.stdout.write(
  `assertion ${assertion} made to fail: ${left.size} of ${files.length} files do not end by themselves\n`,
);
process.exitCode = left.size === 0 ? 0 : 1;
