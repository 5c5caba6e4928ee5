/** The pages of docs/contributing name what there is, and the tables they name have a file for each row. */
import assert from 'node:assert/strict';
import { globSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { aggregationTable } from '../../shared/aggregation/table.ts';
import { indexKinds } from '../../shared/index-kinds/index-kinds.ts';
import { queryKinds } from '../../shared/query/query.ts';
import { fieldKinds } from '../../shared/schema/kinds/field-kinds.ts';
import { aggregationKinds } from '../../root/query/aggregations/table.ts';
import { clauseNames } from '../../root/query/read-query.ts';
import { faultsOf, filesEdited, pathsNamed } from './contributing-pages.ts';
import { importedFiles } from './import-circles.ts';

const repository = join(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(join(repository, file), 'utf8');
const has = (glob: string): boolean => globSync(glob, { cwd: repository }).length > 0;
const folders = readdirSync(repository, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

const pages = readdirSync(join(repository, 'docs/contributing')).sort();

test('docs/contributing: there is a page for each thing that is added often', () => {
  const names = 'aggregation analyzer clause field-kind index-kind log route setting';
  assert.deepEqual(
    pages,
    names.split(' ').map((name) => `${name}.md`),
  );
});

for (const page of pages) {
  test(`docs/contributing/${page}: names files that there are, few to edit, and is short`, () => {
    const text = read(`docs/contributing/${page}`);
    assert.ok(pathsNamed(text, folders).length >= 8, 'hardly a path was found');
    assert.deepEqual(faultsOf(text, { folders, has }), []);
  });

  test(`docs/contributing/${page}: is linked from CONTRIBUTING.md`, () => {
    assert.ok(read('CONTRIBUTING.md').includes(`](docs/contributing/${page})`));
  });
}

for (const page of ['CONTRIBUTING.md', 'docs/architecture.md']) {
  test(`${page}: names files and folders that there are`, () => {
    const named = pathsNamed(read(page), folders);
    assert.ok(named.length >= 8, `only ${named.length} paths found`);
    assert.deepEqual(
      named.filter((path) => !has(path)),
      [],
    );
  });
}

const kebab = (name: string): string =>
  name.replaceAll('_', '-').replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** Names of the files of a folder, tests and what is no kind aside. */
function filesOf(folder: string, ...others: readonly string[]): string[] {
  const files = globSync('*.ts', { cwd: join(repository, folder) }).map((file) => basename(file, '.ts'));
  return files.filter((file) => !file.endsWith('.test') && !others.includes(file)).sort();
}

/** Names of the files beside a table that it imports as kinds. */
function kindsImported(table: string, ...others: readonly string[]): string[] {
  const files = importedFiles(table, read(table)).filter((file) => join(file, '..') === join(table, '..'));
  return files
    .map((file) => basename(file, '.ts'))
    .filter((file) => !others.includes(file))
    .sort();
}

// Each row: where files stand, one a kind, and the kinds that the table lists.
const tables: [folder: string, files: readonly string[], rows: readonly string[]][] = [
  ['shared/query/clauses', filesOf('shared/query/clauses'), queryKinds],
  ['leaf/evaluate/clauses', filesOf('leaf/evaluate/clauses'), queryKinds],
  ['root/query/clauses', filesOf('root/query/clauses', 'field-operand', 'match-text'), clauseNames],
  ['shared/schema/kinds', kindsImported('shared/schema/kinds/field-kinds.ts', 'definition'), fieldKinds],
  [
    'shared/index-kinds',
    filesOf('shared/index-kinds', 'index-kinds', 'shared-kind', 'partitions'),
    Object.keys(indexKinds),
  ],
  ['root/kinds', filesOf('root/kinds', 'root-kinds', 'root-kind', 'refusals'), Object.keys(indexKinds)],
  ['leaf/kinds', filesOf('leaf/kinds', 'leaf-kinds', 'leaf-kind', 'start-run'), Object.keys(indexKinds)],
];
for (const [folder, files, rows] of tables) {
  test(`${folder}: a file for each kind of its table, named for it`, () => {
    assert.deepEqual(files, rows.map(kebab).sort());
  });
}

test('aggregations: a file for each kind on each side, but one for all metrics of numbers, and one for all ranges', () => {
  const kinds = kindsImported('shared/aggregation/table.ts', 'definition');
  assert.deepEqual(kindsImported('leaf/aggregate/table.ts', 'collecting-task'), kinds);
  assert.deepEqual(kindsImported('root/query/aggregations/table.ts', 'definition'), kinds);
  const metrics = ['min', 'max', 'sum', 'avg', 'stats', 'value_count'];
  const ranges = ['range', 'date_range', 'ip_range'];
  const others = aggregationKinds.filter((kind) => ![...metrics, ...ranges].includes(kind));
  assert.deepEqual([...others.map(kebab), 'metric', 'range'].sort(), kinds);
  assert.deepEqual([...aggregationKinds].sort(), Object.keys(aggregationTable).sort());
});

const made = {
  folders: ['a', 'b'],
  has: (glob: string) =>
    ['a/table.ts', 'b/table.ts', 'a/c', 'a/clauses/*.ts', 'a/x.ts', 'a/y.ts', 'NEWS.md'].includes(glob),
};

// Each row: a page, and what is wrong with it.
const rows: [name: string, page: string, faults: string[]][] = [
  ['a page that is right', '# A\n\nIn `a/c`.\n\n## Edit\n\n- `a/table.ts`\n\n## Prove\n', []],
  ['a place for a name', '`a/clauses/<kind>.ts`\n\n## Edit\n\n`a/table.ts`', []],
  ['a file at the top', '`NEWS.md` `OLD.md`\n\n## Edit\n\n`a/table.ts`', ['there is no OLD.md']],
  ['a file that is gone', '## Edit\n\n`a/gone.ts`', ['there is no a/gone.ts']],
  ['a folder that is gone', '`b/d`\n\n## Edit\n\n`a/table.ts`', ['there is no b/d']],
  ['a file in a folder that never was', '`c/table.ts`\n\n## Edit\n\n`a/table.ts`', ['there is no c/table.ts']],
  ['what is no path', '`/v1/x` `and/or` `limits.max` `x.ts` `a b/c`\n\n## Edit\n\n`a/table.ts`', []],
  ['nothing edited', '`a/table.ts`\n\n## Prove\n\n`a/table.ts`', ['nothing is edited']],
  [
    'too many edited',
    '## Edit\n\n`a/table.ts` `b/table.ts` `a/x.ts` `a/y.ts`\n',
    ['4 files are edited: a/table.ts, b/table.ts, a/x.ts, a/y.ts'],
  ],
  ['too long', `## Edit\n\n\`a/table.ts\`${'\nline'.repeat(60)}`, ['63 lines']],
];
for (const [name, page, faults] of rows) {
  test(`faultsOf: ${name}`, () => assert.deepEqual(faultsOf(page, made), faults));
}

test('filesEdited: those of its section, each once, without tests', () => {
  const page = '## Edit\n\n`a/x.ts`, `a/x.ts`, `a/x.test.ts`, `a/c`\n\n## Prove\n\n`a/y.ts`';
  assert.deepEqual(filesEdited(page, made.folders), ['a/x.ts']);
});
