/** `.ci/run`, with an npm in its place that does nothing, and the table of its budgets. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';

const repository = join(import.meta.dirname, '../..');
const script = readFileSync(join(repository, '.ci/run'), 'utf8');
const stages = [...script.matchAll(/^stage (\w+) (\d+) (.+)$/gm)].map(([, name, budget, command]) => ({
  name: name!,
  budget: budget!,
  command: command!,
}));

/** Runs a script as `.ci/run`, where every tool is there and npm is a few lines of shell. */
function runCi(t: TestContext, text: string, npm: string) {
  const folder = mkdtempSync(join(tmpdir(), 'sheaf-test-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const write = (path: string, lines: string): void => {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), lines);
    chmodSync(join(folder, path), 0o755);
  };
  for (const tool of ['chromium', 'ip', 'openssl', 'java', 'mvn']) write(`bin/${tool}`, '#!/bin/sh\n');
  write('bin/npm', `#!/usr/bin/env bash\necho "npm $*"\n${npm}\n`);
  write('.ci/moto/bin/moto_server', '#!/bin/sh\n');
  write('.ci/run', text);
  const env = { PATH: `${join(folder, 'bin')}:/usr/bin:/bin` };
  const { status, stdout } = spawnSync(join(folder, '.ci/run'), { env, encoding: 'utf8', timeout: 60_000 });
  const [, summary = ''] = stdout.split('== what each stage took\n');
  const commands = [...stdout.matchAll(/^npm (.+)$/gm)].map(([, command]) => command);
  return { status, stdout, commands, summary: summary.trim().split('\n') };
}

test('.ci/run: has the stages and the budgets that CONTRIBUTING.md tells', () => {
  const page = readFileSync(join(repository, 'CONTRIBUTING.md'), 'utf8');
  const rows = [...page.matchAll(/^\| `(\w+)` \| (\d+) \| (.+) \|$/gm)].map(([, name, budget]) => `${name} ${budget}`);
  assert.ok(stages.length >= 5, script);
  assert.deepEqual(
    rows,
    stages.map(({ name, budget }) => `${name} ${budget}`),
  );
});

test('.ci/run: every command is a script of package.json, and the stages of tests and a few mutants are the last', () => {
  const { scripts } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as { scripts: object };
  const run = stages.map(({ command }) => command).filter((command) => command !== 'install');
  for (const command of run) assert.ok(command.replace(/^npm run (\S+).*$/, '$1') in scripts, command);
  const last = run.slice(-4).map((command) => command.split(' -- ')[0]);
  assert.deepEqual(last, ['npm run test:unit', 'npm run test:process', 'npm run test:kafka', 'npm run test:mutants']);
});

const timeless = (line: string): string => line.replace(/\d+\.\d/, 'N').replaceAll(/ +/g, ' ');

test('.ci/run: runs every stage in its order, and tells beside its budget what each took', (t) => {
  const { status, commands, summary, stdout } = runCi(t, script, '');
  assert.equal(status, 0, stdout);
  assert.deepEqual(commands, ['ci', ...stages.slice(1).map(({ command }) => command.replace(/^npm /, ''))]);
  assert.deepEqual(
    summary.map(timeless),
    stages.map(({ name, budget }) => `${name} N of ${budget} CPU seconds`),
  );
});

test('.ci/run: a stage that fails is the last, fails the run and is named', (t) => {
  const { status, commands, summary, stdout } = runCi(t, script, '[ "$2" != test:unit ] || exit 3');
  assert.equal(status, 3, stdout);
  assert.equal(commands.at(-1), 'run test:unit');
  assert.equal(timeless(summary.at(-1)!), 'unit FAILED');
});

// Each row: the budget of one stage, which takes some hundredths of a second, what is said of it, the exit code.
const burn = 'if [ "$2" = lint ]; then for ((i = 0; i < 100000; i++)); do :; done; fi';
const rows: [name: string, budget: number, expected: RegExp, status: number][] = [
  ['more than twice its budget fails the run at its end', 0, /^lint N of 0 CPU seconds MORE THAN TWICE ITS BUDGET$/, 1],
  ['within its budget passes', 60, /^lint N of 60 CPU seconds$/, 0],
];
for (const [name, budget, expected, status] of rows) {
  test(`.ci/run: a stage that takes ${name}`, (t) => {
    const text = script.replace(/^stage lint \d+/m, `stage lint ${budget}`);
    const ran = runCi(t, text, burn);
    assert.match(timeless(ran.summary.find((line) => line.startsWith('lint'))!), expected);
    const last = stages.at(-1)!.command.replace(/^npm /, '');
    assert.deepEqual([ran.status, ran.commands.at(-1)], [status, last], ran.stdout);
  });
}
