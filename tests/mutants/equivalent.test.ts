import assert from 'node:assert/strict';
import { test } from 'node:test';
import { equivalents } from './equivalent.ts';
import { findTests, groundFiles, readSource } from './ground.ts';
import { linesOf, mutationsOf } from './rules.ts';

test('equivalents: each is a mutation of the code as it is, listed once, with a reason', () => {
  const made = new Set(
    groundFiles().flatMap((file) => {
      const source = readSource(file);
      return mutationsOf(file, source).map((mutation) => [file, ...linesOf(source, mutation)].join('\n'));
    }),
  );
  const listed = equivalents.map(({ file, before, after }) => [file, before, after].join('\n'));
  assert.deepEqual(
    listed.filter((each) => !made.has(each)),
    [],
  );
  assert.equal(new Set(listed).size, listed.length);
  for (const { reason, before } of equivalents) assert.ok(reason.length > 20, `${before}: ${reason}`);
});

test('findTests: the tests beside a file come first, and the simulation is known to run what it runs', () => {
  const tests = findTests();
  assert.equal(tests.of('root/scatter/scatter.ts')[0], 'root/scatter/scatter.test.ts');
  assert.ok(tests.isSimulated('root/scatter/scatter.ts'));
  assert.ok(!tests.isSimulated('shared/log/sqlite/store.ts'));
});
