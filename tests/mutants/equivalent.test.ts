import assert from 'node:assert/strict';
import { test } from 'node:test';
import { equivalents } from './equivalent.ts';
import { groundFiles, readSource } from './ground.ts';
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
