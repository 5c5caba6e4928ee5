import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { foldWord } from '../../shared/analysis/fold.ts';
import { wordBoundaries } from '../../shared/analysis/word-break.fixture.ts';
import { buildSegment } from './build.ts';
import type { TextField } from './layouts/text-layout.ts';
import { openSegment } from './open.ts';

/** Real titles and abstracts, where the data that is handed over beside the repository is there. */
const archive = fileURLToPath(new URL('../../../shared/data/arxiv-sample.jsonl.gz', import.meta.url));
const missing = existsSync(archive) ? false : `${archive} is missing: documents of words are not counted in real texts`;

/** One paper of so many is looked at: `EVERY=1` takes all, which is minutes. */
const every = Number(process.env.EVERY ?? 40);

/** In how many texts each word stands, by the rules of UAX #29 tried in order at every position. */
function countSlowly(texts: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) {
    const ends = wordBoundaries(text);
    const pieces = ends.slice(1).map((end, at) => text.slice(ends[at], end));
    const words = pieces.filter((piece) => /[\p{Alphabetic}\p{Nd}]/u.test(piece)).map(foldWord);
    for (const word of new Set(words)) counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return counts;
}

test('buildSegment: each word is in as many documents as a slow count finds', { skip: missing }, () => {
  const lines = gunzipSync(readFileSync(archive)).toString().trimEnd().split('\n');
  const papers = lines
    .filter((_, at) => at % every === 0)
    .map((line) => JSON.parse(line) as { readonly title: string; readonly abstract: string })
    .map(({ title, abstract }) => `${title}\n${abstract}`)
    // What dictionaries cut further is another test's.
    .filter(
      (text) => !/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}]/u.test(text),
    );
  assert.ok(papers.length > 1000);
  const documents = papers.map((text, offset) => ({
    key: `${offset}`,
    offset,
    source: Buffer.from(JSON.stringify({ text })),
  }));
  const segment = openSegment(buildSegment([{ name: 'text', path: 'text', kind: 'text' }], documents));
  const { dictionary } = segment.fieldsByName.get('text') as TextField;
  const found = new Map<string, number>();
  for (let ordinal = 0; ordinal < dictionary.size; ordinal++) {
    found.set(dictionary.termAt(ordinal), dictionary.cursorAt(ordinal).documents);
  }
  const expected = countSlowly(papers);
  const differing = [...new Set([...found.keys(), ...expected.keys()])]
    .filter((word) => found.get(word) !== expected.get(word))
    .map((word) => `${word}: ${found.get(word)}, slowly ${expected.get(word)}`);
  assert.deepEqual(differing, []);
});
