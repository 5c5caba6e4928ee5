import assert from 'node:assert/strict';
import { test } from 'node:test';
import { linesOf, mutate, mutationsOf } from './rules.ts';

// Each row: a source, and every source that the rules make of it.
const rows: [source: string, mutated: string[]][] = [
  ['f();', [';']],
  ['const a = 0;', ['const a = 1;']],
  ['const a = 1.5, b = true;', ['const a = 2.5, b = true;', 'const a = 1.5, b = false;']],
  ["const a = 'x';", []],
  ['const a = b < c;', ['const a = b <= c;']],
  ['const a = b >= c;', ['const a = b > c;']],
  ['const a = b === c;', ['const a = b !== c;']],
  ['const a = b && c;', ['const a = b || c;']],
  ['const a = b ?? c;', []],
  ['const a = b + c;', ['const a = b - c;']],
  ["const a = b + 'c';", []],
  ['const a = b * c;', ['const a = b / c;']],
  ['const a = b ? c : d;', ['const a = !(b) ? c : d;']],
  ['if (a) {}', ['if (!(a)) {}']],
  ['while (a.b) {}', ['while (!(a.b)) {}']],
  ['function f(): void {}', []],
  [
    'function f(): void { if (a) {} }',
    ['function f(): void { return; if (a) {} }', 'function f(): void { if (!(a)) {} }'],
  ],
  ['function f(): number { return a; }', []],
  ['class C { m(): void { f(); } }', ['class C { m(): void { return; f(); } }', 'class C { m(): void { ; } }']],
  ['type T = 1 | true; let a: 2;', []],
  ['const a = b as 3;', []],
  ['const a = (4 as T);', ['const a = (5 as T);']],
  ["import a from 'a' with { type: 'json' };", []],
];
for (const [source, mutated] of rows) {
  test(`mutationsOf: ${source}`, () => {
    assert.deepEqual(
      mutationsOf('a.ts', source).map((mutation) => mutate(source, mutation)),
      mutated,
    );
  });
}

test('mutationsOf: what cannot be parsed is named', () => {
  assert.throws(() => mutationsOf('a.ts', 'const'), /a\.ts/);
});

test('linesOf: the lines that are changed, without what is around them', () => {
  const source = 'f();\n\n  if (a <\n    b) {}\ng();\n';
  const found = mutationsOf('a.ts', source).map((mutation) => linesOf(source, mutation));
  assert.deepEqual(found, [
    ['f();', ';'],
    ['if (a < b) {}', 'if (!(a < b)) {}'],
    ['if (a < b) {}', 'if (a <= b) {}'],
    ['g();', ';'],
  ]);
});
