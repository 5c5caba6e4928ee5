import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { renderErrorPage } from '../../shared/error-page.ts';
import { errorTable } from '../../shared/errors.ts';

const repository = join(import.meta.dirname, '../..');

test('docs/errors.md: is what the table says; npm run docs writes it', () => {
  assert.equal(readFileSync(join(repository, 'docs/errors.md'), 'utf8'), renderErrorPage());
});

test('errors: every code of the table is used by the code', () => {
  const files = globSync('{root,leaf,shared,command}/**/*.ts', { cwd: repository }).filter(
    (file) => !file.endsWith('.test.ts') && file !== 'shared/errors.ts',
  );
  const source = files.map((file) => readFileSync(join(repository, file), 'utf8')).join('\n');
  const unused = Object.keys(errorTable).filter((code) => !source.includes(`'${code}'`));
  assert.deepEqual(unused, []);
});
