/**
 * What a kind of index is stands in one file on each side, and a table is all that lists the kinds. So nothing else
 * compares the kind of an index, asks whether an index has a roll-up's schema, or imports a kind by name.
 */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { servedKinds } from '../../shared/index-kinds/index-kinds.ts';

const repository = join(import.meta.dirname, '../..');

/** Where kinds are told apart. */
const kindFolders = ['root/kinds/', 'leaf/kinds/', 'shared/index-kinds/'];

const anyName = `(?:${servedKinds.join('|')})`;
const anyKind = `'${anyName}'`;

/** Wrong wherever they stand. Tasks, clauses and fields have kinds too, so a name has to say that it is an index's. */
const always: readonly RegExp[] = [
  // No other union has a member of this name.
  /(?:[!=]==?\s*|\bcase\s+)'rollup'/,
  /'rollup'\s*[!=]==?/,
  // Whether there is a roll-up's schema; `rollup?:` declares it and `rollup?.` is of something else.
  /\brollup\s*(?:[!=]==?|\?\?|\?(?![.:])|&&|\|\|)/,
  /!\s*(?:\w+\.)*rollup\b/,
  /\b(?:index|snapshot)\.kind\s*[!=]==?/,
  /\bswitch\s*\(\s*(?:\w+\.)*(?:index|snapshot)\.kind\s*\)/,
  /\bindexKind\b\s*[!=]==?/,
  new RegExp(`\\b(?:definition|existing|replica|place)\\.kind\\s*[!=]==?\\s*${anyKind}`),
];

/** Wrong in a file that speaks of definitions or kinds of indexes, where a bare `kind` is likely theirs. */
const amongIndexes: readonly RegExp[] = [
  new RegExp(`(?<![.\\w])kind\\s*[!=]==?\\s*${anyKind}`),
  new RegExp(`${anyKind}\\s*[!=]==?\\s*kind\\b`),
  new RegExp(`\\bcase\\s+${anyKind}`),
];

/** The lines of a source that tell kinds of index apart. */
function kindTests(source: string): string[] {
  const patterns = /\bIndex(?:Definition|Kind)\b/.test(source) ? [...always, ...amongIndexes] : always;
  const code = source.split('\n').filter((line) => !/^\s*(?:\/?\*|\/\/)/.test(line));
  return code.filter((line) => patterns.some((pattern) => pattern.test(line))).map((line) => line.trim());
}

const files = globSync('{root,leaf,shared,command}/**/*.ts', { cwd: repository })
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => !file.endsWith('.test.ts') && !kindFolders.some((folder) => file.startsWith(folder)));

const sourceOf = (file: string): string => readFileSync(join(repository, file), 'utf8');

test('index kinds: only the files of kinds tell kinds apart', () => {
  assert.ok(files.length > 400, `only ${files.length} files found`);
  assert.deepEqual(
    files.flatMap((file) => kindTests(sourceOf(file)).map((line) => `${file}: ${line}`)),
    [],
  );
});

test('index kinds: stages, routes and replicas are handed the table and import no kind', () => {
  const stages = files.filter((file) =>
    /^root\/(?!main\b|compose\b|http\/test-root\b)|^leaf\/(?!main\b|indexing\/worker\b)/.test(file),
  );
  const importers = stages.filter((file) => {
    return new RegExp(`from '[^']*\\bkinds/(?:${anyName}|root-kinds|leaf-kinds)\\.ts'`).test(
      sourceOf(file).replaceAll(/from '[^']*index-kinds\/[^']*'/g, ''),
    );
  });
  assert.deepEqual(importers, []);
});

// Each row: a source that tells kinds of index apart.
const told: string[] = [
  "if (index.kind === 'term') return;",
  'if (snapshot.kind !== expected) refuse();',
  "const { kind } = definition as IndexDefinition;\nreturn kind === 'document' ? {} : { kind };",
  "function place({ kind }: { kind: IndexKind }) {\n  return 'term' === kind ? 0 : 1;\n}",
  "import type { IndexKind } from 'x';\nswitch (kind) {\n  case 'document':\n    return 1;\n}",
  'switch (message.index.kind) {',
  "if (definition.kind !== 'rollup') throw fault;",
  'if (index.rollup === undefined) return null;',
  'return rollup ?? schema;',
  'const asked = rollup ? rewrite(rollup) : request;',
  'if (!index.rollup) return;',
  "const shard = indexKind === 'term' ? 0 : shardOfKey(key, shards);",
];
for (const source of told) {
  test(`index kinds: the check sees ${JSON.stringify(source)}`, () => assert.equal(kindTests(source).length, 1));
}

// Each row: a source that does not.
const innocent: string[] = [
  "if (task.kind === 'document') return;",
  "case 'term':\n  return terms(query);",
  'const { search } = root.kinds[index.kind];',
  'readonly rollup?: RollupSchema;',
  'const answer = aggregations[kind].rollup?.ofMetric;',
  "// not index.kind === 'term'",
  "import type { IndexDefinition } from 'x';\nif (field.kind === 'text') return;",
];
for (const source of innocent) {
  test(`index kinds: the check passes over ${JSON.stringify(source)}`, () => assert.deepEqual(kindTests(source), []));
}
