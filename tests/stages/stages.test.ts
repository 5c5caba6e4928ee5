import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stageOf, type StageName } from './stages.ts';

/** Sources as they are read: without imports of types. */
const sources: Readonly<Record<string, string>> = {
  'root/pure.ts': "import { b } from '../shared/b.ts';",
  'shared/b.ts': "import { readFileSync } from 'node:fs';",
  'shared/threads.ts': "import { Worker } from 'node:worker_threads';",
  'root/above-threads.ts': "import { threads } from '../shared/threads.ts';",
  'root/later.ts': "const { connect } = await import('../shared/connect.ts');",
  'shared/connect.ts': "import { connect } from 'node:net';",
};

// Each row: the file of tests, its source, its stage.
const rows: [name: string, file: string, source: string, expected: StageName][] = [
  ['beside its code', 'root/a.test.ts', "import { pure } from './pure.ts';", 'unit'],
  ['about the repository', 'tests/repository/a.test.ts', "import { globSync } from 'node:fs';", 'unit'],
  ['of several parts', 'tests/oracle/a.test.ts', "import { pure } from '../../root/pure.ts';", 'process'],
  ['of a benchmark', 'bench/a.test.ts', '', 'process'],
  ['starts a process', 'root/a.test.ts', "import { spawn } from 'node:child_process';", 'process'],
  ['starts a thread by another file', 'root/a.test.ts', "import { x } from './above-threads.ts';", 'process'],
  ['connects by what it imports later', 'root/a.test.ts', "import { x } from './later.ts';", 'process'],
  ['asks over HTTP', 'shared/a.test.ts', "import { request } from 'undici';", 'process'],
  ['imports what is no source', 'root/a.test.ts', "import x from './x.json' with { type: 'json' };", 'unit'],
];

for (const [name, file, source, expected] of rows) {
  test(`stageOf: a test ${name} is of the stage ${expected}`, () => {
    assert.equal(
      stageOf(file, (read) => (read === file ? source : (sources[read] ?? ''))),
      expected,
    );
  });
}
