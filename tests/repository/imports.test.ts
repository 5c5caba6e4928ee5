import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { test } from 'node:test';

const repository = join(import.meta.dirname, '../..');

/** For each folder the folders its files may import from. Tests may import anything. */
const allowed: Record<string, readonly string[]> = {
  shared: ['shared'],
  root: ['root', 'shared'],
  leaf: ['leaf', 'shared'],
};

/** Folders of the repository that a source imports, statically or not. */
function importedFolders(file: string, source: string): string[] {
  const specifiers = source.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g);
  return [...specifiers].map(([, path]) => normalize(join(dirname(file), path!)).split('/')[0]!);
}

for (const [folder, targets] of Object.entries(allowed)) {
  test(`imports: ${folder} imports only from ${targets.join(' and ')}`, () => {
    const files = globSync(`${folder}/**/*.ts`, { cwd: repository }).filter((file) => !file.endsWith('.test.ts'));
    assert.ok(files.length > 10, `only ${files.length} files found in ${folder}`);
    const wrong = files.flatMap((file) =>
      importedFolders(file, readFileSync(join(repository, file), 'utf8'))
        .filter((target) => !targets.includes(target))
        .map((target) => `${file} imports from ${target}`),
    );
    assert.deepEqual(wrong, []);
  });
}

test('imports: the check sees an import against the direction', () => {
  const source = "import type { A } from '../../leaf/a.ts';\nconst b = await import('../leaf/b.ts');";
  assert.deepEqual(importedFolders('root/x/y.ts', source), ['leaf', 'root']);
  assert.deepEqual(importedFolders('shared/y.ts', source), ['..', 'leaf']);
});
