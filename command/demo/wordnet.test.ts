import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readGloss } from './gloss.ts';
import { readSynset, readWordnet, synsetCount, type Synset } from './wordnet.ts';

// Each row: the gloss, its definition, its examples.
const glosses: [name: string, text: string, definition: string, examples: string[]][] = [
  ['no example', 'a cat  ', 'a cat', []],
  ['two examples', 'far; "far away"; "so far"  ', 'far', ['far away', 'so far']],
  ['semicolons in definition and example', 'far; not near; "far; so far"', 'far; not near', ['far; so far']],
  ['an example after a colon', 'attack: "they attacked"', 'attack', ['they attacked']],
  ['an example with its source', 'near; "his return"- W.Scott; "so near"', 'near', ['his return', 'so near']],
  [
    'quotes inside the definition',
    'as in "carrot and stick"; "the carrot"',
    'as in "carrot and stick"',
    ['the carrot'],
  ],
  ['quotes in parentheses', 'a word (e.g., "x; y")', 'a word (e.g., "x; y")', []],
  ['a quote that does not end', 'far; "far away', 'far', ['far away']],
];

for (const [name, text, definition, examples] of glosses) {
  test(`readGloss: ${name}`, () => assert.deepEqual(readGloss(text), { definition, examples }));
}

test('readSynset: reads words, category and counts of a line', () => {
  const line =
    '01301410 00 s 02 abounding 0 galore(ip) 0 001 & 00014358 a 0000 | existing in abundance; "abounding confidence"  ';
  assert.deepEqual(readSynset(line, 'a', 'adjective'), {
    id: 'a01301410',
    words: ['abounding', 'galore'],
    part_of_speech: 'adjective',
    category: 'adj.all',
    definition: 'existing in abundance',
    examples: ['abounding confidence'],
    word_count: 2,
    pointer_count: 1,
  });
});

test('readSynset: refuses a line that is none', () => {
  assert.throws(() => readSynset('  1 This software and database', 'n', 'noun'), /WordNet/);
});

test('readWordnet: gives every synset once, each with words and a definition', async () => {
  const parts = new Map<string, number>();
  const ids = new Set<string>();
  let first: Synset | undefined;
  for await (const synset of readWordnet()) {
    first ??= synset;
    ids.add(synset.id);
    parts.set(synset.part_of_speech, (parts.get(synset.part_of_speech) ?? 0) + 1);
    assert(synset.words.length === synset.word_count && synset.word_count > 0, synset.id);
    assert(synset.definition !== '' && !synset.words.some((word) => /[_]|\((a|p|ip)\)$/.test(word)), synset.id);
    assert(synset.category.startsWith(synset.part_of_speech.slice(0, 3)), `${synset.id} ${synset.category}`);
  }
  assert.equal(ids.size, synsetCount);
  assert.deepEqual(
    [...parts],
    [
      ['noun', 82_192],
      ['verb', 13_789],
      ['adjective', 18_185],
      ['adverb', 3625],
    ],
  );
  assert.deepEqual([first?.id, first?.words, first?.category], ['n00001740', ['entity'], 'noun.Tops']);
});
