import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const repository = join(import.meta.dirname, '../..');

/** What reads the time, but for a seed, or what an answer says it took. */
const clock = /\bperformance\.now\(|\bhrtime\b|\bDate\.now\(\)(?! %)|[cC]lock\.now\(|\.took\b/;
/** An assertion that something is less than something else. */
const upperBound = /\bassert(?:\.ok)?\((?:[^;'"`]|'[^']*'|"[^"]*"|`[^`]*`)*?[^=<]<=? (?!\()/;

/** Whether a source holds something to a time and does not look at what the machine makes of a bare timer. */
function isBare(source: string): boolean {
  const bounded = source.split(/(?=^(?: {2})*test\()/m).some((part) => clock.test(part) && upperBound.test(part));
  return bounded && !source.includes("/deadline.ts'");
}

test('deadlines: what is held to a time is held beside a bare timer, by tests/deadline/deadline.ts', () => {
  const files = globSync('{root,leaf,shared,command,tests,bench,examples}/**/*.test.ts', { cwd: repository });
  assert.deepEqual(
    files.filter((file) => isBare(readFileSync(join(repository, file), 'utf8'))),
    [],
  );
});

/** The time after which a test is ended: one that holds under it on a machine of its own does not on a busy one. */
const givenTimeout = /\b(?:test|suite)\((?:(?!=>|;)[^])*?\{ timeout: ([\d_]+) \}/g;
const timeoutMsMin = 120_000;

test('timeouts: no test gives itself less time than a busy machine may take', () => {
  const files = globSync('{root,leaf,shared,command,tests,bench,examples}/**/*.test.ts', { cwd: repository });
  const short = files.flatMap((file) => {
    const given = readFileSync(join(repository, file), 'utf8').matchAll(givenTimeout);
    return Array.from(given, ([, ms]) => Number(ms!.replaceAll('_', '')))
      .filter((ms) => ms < timeoutMsMin)
      .map((ms) => `${file}: ${ms}`);
  });
  assert.deepEqual(short, []);
});

const timed = 'const from = performance.now();\nawait ask();\nconst tookMs = performance.now() - from;\n';
// Each row: the source of a test, whether it is seen.
const rows: [name: string, source: string, expected: boolean][] = [
  ['a limit', `test('a', () => {\n${timed}assert.ok(tookMs < 500, 'late');\n});`, true],
  ['a limit that may be met', `test('a', () => {\n${timed}assert(tookMs <= 500);\n});`, true],
  ['what an answer says it took', "test('a', () => {\nassert.ok(answer.body.took < 95);\n});", true],
  [
    'beside a bare timer',
    `import { x } from '../deadline/deadline.ts';\ntest('a', () => {\n${timed}assert.ok(tookMs < 5);\n});`,
    false,
  ],
  ['not before', `test('a', () => {\n${timed}assert.ok(tookMs >= 500);\n});`, false],
  ['a count in another test', `test('a', () => {\n${timed}});\ntest('b', () => {\nassert.ok(count < 5);\n});`, false],
];
for (const [name, source, expected] of rows) {
  test(`deadlines: ${expected ? 'sees' : 'passes over'} ${name}`, () => assert.equal(isBare(source), expected));
}
