import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { circlesOf, describeCircle, importedFiles, readImportGraph } from './import-circles.ts';

test('imports: no files import one another in a circle; npm run circles prints those that do', () => {
  const graph = readImportGraph(join(import.meta.dirname, '../..'));
  // What is read is the repository: its entry, and what it imports, is among the files.
  assert.ok(graph.size > 500 && graph.get('sheaf.ts')!.every((file) => graph.has(file)));
  assert.deepEqual(
    circlesOf(graph).map((circle) => describeCircle(graph, circle)),
    [],
  );
});

// Each row: what imports what, and the circles.
const rows: [name: string, imports: Readonly<Record<string, readonly string[]>>, circles: readonly string[]][] = [
  ['none', { a: ['b', 'c'], b: ['c'], c: [] }, []],
  ['of two', { a: ['b'], b: ['a'] }, ['a b']],
  ['of one', { a: ['a'] }, ['a']],
  ['of four, with a short cut', { a: ['b'], b: ['c', 'd'], c: ['d'], d: ['a'] }, ['a b c d']],
  ['two that touch no file in common', { a: ['b'], b: ['a', 'c'], c: ['d'], d: ['c'] }, ['a b', 'c d']],
  ['two that share a file are one', { a: ['b'], b: ['a', 'c'], c: ['b'] }, ['a b c']],
  ['a file that is not there', { a: ['gone'] }, []],
  ['below what was visited before', { a: ['b'], b: [], c: ['b', 'd'], d: ['c'] }, ['c d']],
];
for (const [name, imports, circles] of rows) {
  test(`circlesOf: ${name}`, () => {
    const graph = new Map(Object.entries(imports));
    assert.deepEqual(
      circlesOf(graph).map((circle) => circle.join(' ')),
      circles,
    );
  });
}

test('importedFiles: sees types, re-exports, side effects and imports at run time', () => {
  const source = [
    "import type { A } from './a.ts';",
    "import {\n  b,\n} from '../b.ts';",
    "export { c } from './c.ts';",
    "import './d.ts';",
    "const e = await import('./e.ts');",
    "import fs from 'node:fs';",
  ].join('\n');
  assert.deepEqual(importedFiles('x/y/z.ts', source), ['x/y/a.ts', 'x/b.ts', 'x/y/c.ts', 'x/y/d.ts', 'x/y/e.ts']);
});

test('describeCircle: says who imports whom within it', () => {
  const graph = new Map([
    ['a', ['b', 'c']],
    ['b', ['a']],
    ['c', []],
  ]);
  assert.equal(describeCircle(graph, ['a', 'b']), '2 files:\n  a → b\n  b → a');
});
