import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { readWordnet } from '../../command/demo/wordnet.ts';
import { foldWord } from '../../shared/analysis/fold.ts';
import { wordBoundaries } from '../../shared/analysis/word-break.fixture.ts';
import { buildSegment } from './build.ts';
import type { TextField } from './layouts/text-layout.ts';
import { openSegment } from './open.ts';

/** Real titles and abstracts, where the data that is handed over beside the repository is there; else WordNet's definitions and examples. */
const archive = fileURLToPath(new URL('../../../shared/data/arxiv-sample.jsonl.gz', import.meta.url));

async function realTexts(): Promise<string[]> {
  if (existsSync(archive)) {
    return gunzipSync(readFileSync(archive))
      .toString()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { readonly title: string; readonly abstract: string })
      .map(({ title, abstract }) => `${title}\n${abstract}`);
  }
  const texts: string[] = [];
  for await (const { definition, examples } of readWordnet()) texts.push([definition, ...examples].join('\n'));
  return texts;
}

/** One text of so many is looked at: `EVERY=1` takes all, which is minutes. */
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

test('buildSegment: each word is in as many documents as a slow count finds', async (t) => {
  if (!existsSync(archive)) t.diagnostic(`${archive} is missing: the texts are WordNet's`);
  const all = await realTexts();
  const texts = all
    .filter((_, at) => at % every === 0)
    // What dictionaries cut further is another test's.
    .filter(
      (text) => !/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}]/u.test(text),
    );
  assert.ok(texts.length > 1000);
  const documents = texts.map((text, offset) => ({
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
  const expected = countSlowly(texts);
  const differing = [...new Set([...found.keys(), ...expected.keys()])]
    .filter((word) => found.get(word) !== expected.get(word))
    .map((word) => `${word}: ${found.get(word)}, slowly ${expected.get(word)}`);
  assert.deepEqual(differing, []);
});
