import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Coverage } from './coverage.ts';

const source = `
export function pick(n: number): string {
  if (n > 0) return 'more';
  return 'none';
}
export const never = (): string => 'never';
export const both = (a: boolean, b: boolean): boolean => a && (b || !b);
`;
const main = `
import { Worker, isMainThread } from 'node:worker_threads';
import { pick, both } from './a.ts';
if (isMainThread) { pick(1); both(false, true); }
if (isMainThread && process.argv[2] === 'thread') new Worker(new URL(import.meta.url));
if (!isMainThread) pick(0);
`;

/** What a process of its own ran of the source. */
function coverageOf(t: { after: (end: () => void) => void }, ...args: string[]): (text: string) => boolean {
  const root = mkdtempSync(join(tmpdir(), 'sheaf-test-'));
  t.after(() => rmSync(root, { recursive: true }));
  const counted = join(root, 'counted');
  mkdirSync(counted);
  writeFileSync(join(root, 'a.ts'), source);
  writeFileSync(join(root, 'main.ts'), main);
  const env = { ...process.env, NODE_V8_COVERAGE: counted };
  execFileSync(process.execPath, [join(root, 'main.ts'), ...args], { env });
  const coverage = new Coverage(counted, root, (file) => file === 'a.ts');
  return (text) => coverage.has('a.ts', source.indexOf(text));
}

// Each row: a text of the source, whether the main thread comes to it, and whether it or a thread does.
const rows: [text: string, alone: boolean, withThread: boolean][] = [
  ['n > 0', true, true],
  ["return 'more'", true, true],
  ["return 'none'", false, true],
  ["'never'", false, false],
  ['a &&', true, true],
  ['b ||', false, false],
];
test('Coverage: a place is run where its own block was, on any thread', (t) => {
  const [alone, withThread] = [coverageOf(t), coverageOf(t, 'thread')];
  assert.deepEqual(
    rows.map(([text]) => [text, alone(text), withThread(text)]),
    rows,
  );
});

test('Coverage: of a file that no process loaded nothing is run', (t) => {
  const root = mkdtempSync(join(tmpdir(), 'sheaf-test-'));
  t.after(() => rmSync(root, { recursive: true }));
  assert.equal(new Coverage(root, root, () => true).has('a.ts', 0), false);
});
