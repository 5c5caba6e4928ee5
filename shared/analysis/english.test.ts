import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { englishTerm } from './english.ts';

const rows: [word: string, term: string | null][] = [
  ['cats', 'cat'],
  ['running', 'run'],
  ['generously', 'generous'],
  ['skies', 'sky'],
  ['relational', 'relat'],
  ['happy', 'happi'],
  ['the', null],
  ['doesn', 'doesn'],
  ['über', 'über'],
  ['x'.repeat(65), 'x'.repeat(65)],
];
for (const [word, term] of rows) {
  test(`englishTerm: ${word.slice(0, 20)}`, () => assert.equal(englishTerm(word), term));
}

/** Snowball's own vocabulary with its stems, where the data that is handed over beside the repository is there. */
const archive = fileURLToPath(new URL('../../../shared/data/reference.tar.gz', import.meta.url));
const missing = existsSync(archive) ? false : `${archive} is missing: the stemmer is not held to Snowball's vocabulary`;

/** Words whose stems Snowball changed in version 3; the stemmer is of version 2. */
const changedMax = 57;

test("englishTerm: stems Snowball's vocabulary as Snowball does", { skip: missing }, () => {
  const read = (name: string): string[] => {
    const path = `snowball-data/english/${name}`;
    return execFileSync('tar', ['-xzOf', archive, path], { maxBuffer: 1e8 }).toString().trimEnd().split('\n');
  };
  const [words, stems] = [read('voc.txt'), read('output.txt')];
  assert.ok(words.length > 40_000 && words.length === stems.length);
  const differing = words.filter((word, at) => (englishTerm(word) ?? stems[at]) !== stems[at]);
  assert.ok(
    differing.length <= changedMax,
    `${differing.length} of ${words.length}: ${differing.slice(0, 20).join(' ')}`,
  );
});
