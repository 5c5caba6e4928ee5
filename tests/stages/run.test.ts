/** What the runner does with files of tests that end as they should and that do not. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';

const ending = join(import.meta.dirname, 'ending.ts');
const { NODE_TEST_CONTEXT: _, ...environment } = process.env;

function writeFile(t: TestContext, source: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'sheaf-test-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'a.test.ts');
  writeFileSync(
    file,
    `import { after, before, test } from 'node:test';\nimport { createServer } from 'node:net';\n${source}`,
  );
  return file;
}

/** Runs a file of tests as the runner does, with little patience. */
function runFile(t: TestContext, source: string) {
  const file = writeFile(t, source);
  const args = ['--test', '--test-timeout=300', '--import', ending, file];
  const env = { ...environment, TEST_LINGER_MS: '300', TEST_FILE_MS: '5000' };
  return spawnSync(process.execPath, args, { env, encoding: 'utf8', timeout: 60_000 });
}

const listens = "createServer().listen(0, '127.0.0.1');";

// Each row: the file, what is said of its end; null where it ends by itself.
const rows: [name: string, source: string, expected: RegExp | null][] = [
  ['leaves nothing', "test('a', () => {});", null],
  [
    'closes in a hook',
    `let s; before(() => (s = ${listens.slice(0, -1)})); after(() => s.close()); test('a', () => {});`,
    null,
  ],
  [
    'passes and leaves a server',
    `test('a', () => { ${listens} });`,
    /all have, and it goes on.*still open: .*TCPServerWrap/,
  ],
  ['fails and leaves a server', `test('a', () => { ${listens} throw new Error('x'); });`, /all have, and it goes on/],
  [
    'runs out of time and leaves a timer',
    "test('a', async () => { setInterval(() => {}, 9); await new Promise(() => {}); });",
    /all have, and it goes on.*Timeout/,
  ],
  [
    'waits for ever before its tests',
    `${listens} await new Promise(() => {}); test('a', () => {});`,
    /THE FILE DOES NOT END/,
  ],
];

for (const [name, source, expected] of rows) {
  test(`ending: a file that ${name} ${expected === null ? 'passes' : 'is ended, fails and says what is open'}`, (t) => {
    const { status, signal, stdout } = runFile(t, source);
    assert.deepEqual([status, signal], [expected === null ? 0 : 1, null], stdout);
    if (expected === null) assert.doesNotMatch(stdout, /DOES NOT END/);
    else assert.match(stdout, expected);
    assert.match(stdout, /^ℹ tests \d+$/m);
  });
}

/** Says of files of tests whether they end where the first assertion of each test is made to fail. */
function runEnds(files: readonly string[]) {
  const env = { ...environment, TEST_LINGER_MS: '300' };
  const args = [join(import.meta.dirname, 'ends.ts'), '1', ...files];
  return spawnSync(process.execPath, args, { env, encoding: 'utf8', timeout: 120_000 });
}

// Each row: what stands behind an assertion that would hold, what is said.
const endsRows: [name: string, source: string, expected: RegExp, status: number][] = [
  [
    'closes where the test has come to its end',
    `test('a', () => { const s = ${listens} assert.equal(1, 1); s.close(); });`,
    /a\.test\.ts: THE PROCESS OF THESE TESTS DOES NOT END.*still open: .*TCPServerWrap.*\n.* 1 of 1 files/,
    1,
  ],
  [
    'closes whatever becomes of the test',
    `test('a', (t) => { const s = ${listens} t.after(() => s.close()); assert.equal(1, 1); });`,
    /^assertion 1 made to fail: 0 of 1 files do not end by themselves\n$/,
    0,
  ],
];
for (const [name, source, expected, status] of endsRows) {
  test(`ends: a file that ${name} ${status === 0 ? 'ends' : 'is named'}`, (t) => {
    const file = writeFile(t, `import assert from 'node:assert/strict';\n${source}`);
    const ran = runEnds([file]);
    assert.match(ran.stdout, expected);
    assert.equal(ran.status, status);
  });
}

test('ends: tests that put roots together end where they fail', () => {
  const { status, stdout } = runEnds(['root/compose.test.ts']);
  assert.equal(status, 0, stdout);
});

test('run: the named files are run, fast ones first, and what was skipped stands before the last summary', () => {
  const files = ['tests/stages/skips.test.ts', 'shared/clock/timers.test.ts'];
  const { stdout, status } = spawnSync(process.execPath, [join(import.meta.dirname, 'run.ts'), ...files], {
    env: environment,
    encoding: 'utf8',
    timeout: 60_000,
  });
  assert.equal(status, 0, stdout);
  const told = [...stdout.matchAll(/^(?:unit tests|process tests|no test was skipped|ℹ tests|ℹ fail 0)/gm)].map(String);
  const stage = ['no test was skipped', 'ℹ tests', 'ℹ fail 0'];
  assert.deepEqual(told, ['unit tests', ...stage, 'process tests', ...stage]);
});
