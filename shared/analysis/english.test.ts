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

/** Words whose stems Snowball changed in version 3, by their stems in version 2, which is that of the stemmer. */
const stemsOfVersion2: Readonly<Record<string, string>> = {
  ad: 'added adding',
  apologist: 'apologists',
  archaeologist: 'archaeologists',
  eb: 'ebbed ebbing',
  emerg: 'emergencies emergency',
  entomologist: 'entomologist',
  er: 'erred erring',
  even: 'evening evenings',
  genealogist: 'genealogist',
  geologist: 'geologist geologists',
  hy: 'hying',
  interf: 'interfered interfering',
  intern:
    'internal internality internalization internalize internalized internalizes internally internalness international internationally internationals internment internments',
  interv: 'interval intervals',
  later: 'lateral laterally',
  of: 'offing',
  oncologist: 'oncologist oncologists',
  organ: 'organic organically organism organization organizations organize organized',
  ornithologist: 'ornithologist ornithologists',
  past: 'paste pasted pasting',
  psychologist: 'psychologist',
  univers: 'universal universally universities university',
  vy: 'vying',
};

test("englishTerm: stems Snowball's vocabulary as Snowball does", { skip: missing }, () => {
  const read = (name: string): string[] => {
    const path = `snowball-data/english/${name}`;
    return execFileSync('tar', ['-xzOf', archive, path], { maxBuffer: 1e8 }).toString().trimEnd().split('\n');
  };
  const [words, stems] = [read('voc.txt'), read('output.txt')];
  assert.ok(words.length > 40_000 && words.length === stems.length);
  const differing = words.flatMap((word, at) => {
    const term = englishTerm(word) ?? stems[at];
    return term === stems[at] ? [] : [`${word} ${term}`];
  });
  const expected = Object.entries(stemsOfVersion2).flatMap(([stem, of]) =>
    of.split(' ').map((word) => `${word} ${stem}`),
  );
  assert.deepEqual(differing.sort(), expected.sort());
});
