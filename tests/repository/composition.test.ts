import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const repository = join(import.meta.dirname, '../..');

/** What a root is made of, and the only file that makes it; tests of one part make that for themselves. */
const makers: Record<string, string> = {
  'new HoldHistory(': 'root/plan/compose-read-path.ts',
  'new MergeReserve(': 'root/plan/compose-read-path.ts',
  'new StatisticsCache(': 'root/plan/compose-read-path.ts',
  'new CatalogCopy(': 'root/compose.ts',
  'new IncrementLane(': 'root/compose.ts',
  'new LoopWatch(': 'root/compose.ts',
  'new OrdinalGuard(': 'root/compose.ts',
  'new WriteJobs(': 'root/compose.ts',
  'createApp(': 'root/compose.ts',
  'createReadiness(': 'root/compose.ts',
};

const sources = globSync('{root,tests,bench,command,examples}/**/*.ts', { cwd: repository })
  .filter((file) => !file.endsWith('.test.ts'))
  .map((file): [string, string] => [file, readFileSync(join(repository, file), 'utf8')]);

for (const [part, maker] of Object.entries(makers)) {
  test(`composition: ${part}…) stands in ${maker} and nowhere else`, () => {
    const found = sources.filter(([, source]) => source.includes(part) && !source.includes(`function ${part}`));
    assert.deepEqual(
      found.map(([file]) => file),
      [maker],
    );
  });
}
