import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

interface Package {
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const lock = JSON.parse(readFileSync(join(import.meta.dirname, '../../package-lock.json'), 'utf8')) as {
  readonly packages: Readonly<Record<string, Package>>;
};

test('package-lock.json: has the binaries of every platform, or npm ci refuses it', () => {
  // npm leaves out, without a word, an optional package whose version its registry does not have yet; npm ci then
  // stops for want of it. Pin a version of the tool that is complete.
  const missing = Object.entries(lock.packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter((name) => !Object.keys(lock.packages).some((each) => each.endsWith(`node_modules/${name}`)))
      .map((name) => `${name}, wanted by ${path === '' ? 'this package' : path}`),
  );
  assert.deepEqual(missing, []);
});

test('package-lock.json: names no registry', () => {
  assert.doesNotMatch(JSON.stringify(lock), /"resolved"/);
});
