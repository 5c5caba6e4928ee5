import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseRelease } from './java.ts';

// Each row: the file `release` of a JDK, its version.
const rows: [text: string, version: number][] = [
  ['IMPLEMENTOR="Eclipse Adoptium"\nJAVA_VERSION="25.0.3"\n', 25],
  ['JAVA_VERSION="17.0.15"\n', 17],
  ['JAVA_RUNTIME_VERSION="21.0.1+9"\n', 0],
  ['', 0],
];
for (const [text, version] of rows) {
  test(`parseRelease: ${version} of ${JSON.stringify(text)}`, () => assert.equal(parseRelease(text), version));
}
