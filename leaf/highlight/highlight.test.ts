import assert from 'node:assert/strict';
import { test } from 'node:test';
import { analyzerOf } from '../../shared/analysis/analyzers.ts';
import { limits } from '../../shared/limits.ts';
import type { Highlight, HighlightedField, HighlightRequest } from '../../shared/query/highlight.ts';
import type { Query } from '../../shared/query/query.ts';
import { createRandom } from '../../shared/random/random.ts';
import { Highlighter } from './highlight.ts';
import { wantedIn } from './wanted.ts';

const body: HighlightedField = { name: 'body', path: 'body', kind: 'text', fragmentSize: 1000, fragments: 5 };
const plain: HighlightRequest = { fields: [body], preTag: '[', postTag: ']', encoder: 'default' };
const none = { must: [], should: [], filter: [], mustNot: [] };
const term = (word: string, field = 'body'): Query => ({ kind: 'term', field, term: word });
const phrase = (terms: string[], slop = 0): Query => ({ kind: 'phrase', field: 'body', terms, slop });

function run(document: object, query: Query, request = plain): Highlight {
  const steps = new Highlighter(request, query).highlight(Buffer.from(JSON.stringify(document)));
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    assert.ok(step.value > 0);
  }
}

function fragments(text: unknown, query: Query, changes: Partial<HighlightedField> = {}): readonly string[] {
  const highlight = run({ body: text }, query, { ...plain, fields: [{ ...body, ...changes }] });
  assert.ok('fragments' in highlight);
  return highlight.fragments['body'] ?? [];
}

// Each row: the query, the text, what is shown.
const rows: [name: string, query: Query, text: unknown, shown: string[]][] = [
  ['a word', term('cat'), 'A Cat and a cät.', ['A [Cat] and a [cät].']],
  ['no match', term('cat'), 'a dog', []],
  ['a word of another field', term('cat', 'title'), 'a cat', []],
  ['an excluded word', { kind: 'bool', ...none, must: [term('a')], mustNot: [term('cat')] }, 'a cat', ['[a] cat']],
  [
    'words of all parts of a bool',
    { kind: 'bool', ...none, must: [term('a')], should: [term('b')], filter: [term('c')] },
    'a b c d',
    ['[a] [b] [c] d'],
  ],
  ['boosted', { kind: 'boosted', query: term('cat'), boost: 2 }, 'cat', ['[cat]']],
  [
    'boosting',
    { kind: 'boosting', positive: term('cat'), negative: term('dog'), negativeBoost: 0 },
    'cat dog',
    ['[cat] dog'],
  ],
  ['a constant score', { kind: 'constantScore', query: term('cat'), score: 2 }, 'cat', ['[cat]']],
  [
    'script_score',
    { kind: 'scriptScore', query: term('cat'), script: { source: '_score', params: {} } },
    'cat dog',
    ['[cat] dog'],
  ],
  ['dis_max', { kind: 'disMax', queries: [term('cat'), term('dog')], tieBreaker: 0 }, 'cat dog', ['[cat] [dog]']],
  ['several words', { kind: 'keywords', field: 'body', terms: ['cat', 'dog'] }, 'cat cow dog', ['[cat] cow [dog]']],
  ['a prefix', { kind: 'prefix', field: 'body', prefix: 'ca' }, 'cat cow cab', ['[cat] cow [cab]']],
  [
    'a regular expression',
    {
      kind: 'regexp',
      field: 'body',
      pattern: 'C[aU]ts?',
      operators: [],
      isCaseInsensitive: true,
      statesMax: 10_000,
    },
    'cat cow Cuts cats',
    ['[cat] cow [Cuts] [cats]'],
  ],
  ['a wildcard', { kind: 'wildcard', field: 'body', pattern: 'c?t*' }, 'cat cow cuts', ['[cat] cow [cuts]']],
  [
    'misspelt',
    { kind: 'fuzzy', field: 'body', term: 'kitten', edits: 2, prefixLength: 1 },
    'kitten sitten kittne kit ktten',
    ['[kitten] sitten [kittne] kit [ktten]'],
  ],
  ['a phrase', phrase(['a', 'cat']), 'cat a cat a dog', ['cat [a] [cat] a dog']],
  ['a phrase that is not there', phrase(['a', 'cat']), 'a big cat', []],
  ['a phrase with slop', phrase(['a', 'cat'], 1), 'a big cat and a very big cat', ['[a] big [cat] and a very big cat']],
  ['a swapped phrase', phrase(['a', 'cat'], 2), 'the cat a b', ['the [cat] [a] b']],
  ['a phrase of one word', phrase(['cat']), 'a cat', ['a [cat]']],
  [
    'words that overlap phrases',
    { kind: 'bool', ...none, should: [phrase(['a', 'b']), term('b')] },
    'a b b',
    ['[a] [b] [b]'],
  ],
  ['no phrase from value to value', phrase(['a', 'cat']), ['x a', 'cat y'], []],
  ['several values', term('cat'), ['cat one', 'dog', 'two cat'], ['[cat] one', 'two [cat]']],
  ['what is no text', term('5'), 5, []],
  ['ranges and the like mark nothing', { kind: 'all' }, 'cat', []],
];
for (const [name, query, text, shown] of rows) {
  test(`highlight: ${name}`, () => assert.deepEqual(fragments(text, query), shown));
}

test('highlight: a phrase with gaps where stop words are left out', () => {
  const query: Query = { kind: 'phrase', field: 'body', terms: ['cat', 'hat'], positions: [0, 3], slop: 0 };
  const shown = fragments('the cat in the hat, cats hats', query, { analyzer: 'english' });
  assert.deepEqual(shown, ['the [cat] in the [hat], cats hats']);
});

test('highlight: a keyword as a whole', () => {
  const field: HighlightedField = { ...body, name: 'tag.raw', path: 'tag', kind: 'keyword' };
  const query: Query = { kind: 'prefix', field: 'tag.raw', prefix: 'The ' };
  const shown = run({ tag: ['The Cat', 'A Cat'] }, query, { ...plain, fields: [field] });
  assert.equal(JSON.stringify(shown), '{"fragments":{"tag.raw":["[The Cat]"]}}');
});

// Each row: fragment size, number of fragments, the text, what is shown of the words "cat" and "dog" in it.
const cuts: [name: string, size: number, count: number, text: string, shown: string[]][] = [
  ['whole values', 5, 0, 'one cat and two dogs', ['one [cat] and two dogs']],
  ['a piece in the middle', 14, 5, 'one two three cat four five six', ['[cat] four five']],
  ['at both ends', 8, 5, 'cat b c d e f g h i j k dog', ['[cat] b c', 'k [dog]']],
  ['the best first, in order', 12, 1, 'cat b c d e f g h cat dog i j', ['h [cat] [dog] i']],
  ['fewer than there are', 4, 2, 'cat aaaaaaaaaaaa cat aaaaaaaaaaaa cat', ['[cat]', '[cat]']],
  ['a size below the word', 1, 5, 'a cat b', ['[cat]']],
  ['no word cut in two', 9, 5, 'aaaaaaaa cat bbbbbbbb', ['[cat]']],
  ['no pair cut in two', 8, 5, `${'😀'.repeat(50)}cat${'😀'.repeat(50)}`, ['😀[cat]😀']],
];
for (const [name, size, count, text, shown] of cuts) {
  test(`highlight: ${name}`, () => {
    const query: Query = { kind: 'keywords', field: 'body', terms: ['cat', 'dog'] };
    assert.deepEqual(fragments(text, query, { fragmentSize: size, fragments: count }), shown);
  });
}

test('highlight: html is escaped, the tags are not', () => {
  const request: HighlightRequest = { ...plain, preTag: '<b>', postTag: '</b>', encoder: 'html' };
  const shown = run({ body: `<i>"cat" & 'dog'</i>` }, term('cat'), request);
  const escaped = '&lt;i&gt;&quot;<b>cat</b>&quot; &amp; &#39;dog&#39;&lt;/i&gt;';
  assert.equal(JSON.stringify(shown), JSON.stringify({ fragments: { body: [escaped] } }));
});

test('highlight: of a document over the limit nothing is looked at', () => {
  const limit = limits.highlightedSourceBytesMax;
  const text = 'cat '.repeat(limit / 4);
  assert.deepEqual(run({ body: text }, term('cat')), { skipped: { limit, actual: text.length + 11 } });
});

test('highlight: a field is looked at up to its limit, over all its values', () => {
  const half = 'dog '.repeat(limits.highlightedLengthMax / 8);
  assert.deepEqual(fragments([half, `${half}cat`], term('cat')), []);
  assert.deepEqual(fragments([half, `cat ${half}`, 'cat'], term('cat'), { fragmentSize: 1 }), ['[cat]']);
});

test('highlight: many first words of a phrase cost no more than each a look (a pattern bomb)', () => {
  const text = 'a '.repeat(limits.highlightedLengthMax / 2);
  const query = phrase(Array<string>(128).fill('a'), 99);
  assert.deepEqual(fragments(text, query, { fragments: 1, fragmentSize: 20 }), [
    '[a] [a] [a] [a] [a] [a] [a] [a] [a] [a]',
  ]);
});

test('highlight: pieces are of the text, apart and about as long as asked; every mark is wanted, and every first one shown', () => {
  const seed = 77;
  const random = createRandom(seed);
  const words = ['cat', 'cats', 'dog', 'Über', 'x', 'naïve', '😀', 'aa-bb', 'supercalifragilistic', '\n'];
  const query: Query = {
    kind: 'bool',
    ...none,
    should: [{ kind: 'prefix', field: 'body', prefix: 'cat' }, term('uber'), phrase(['x', 'dog'], 1)],
  };
  const isWanted = wantedIn(query, 'body')!.isWanted;
  let shown = 0;
  for (let i = 0; i < 500; i++) {
    const where = `seed ${seed}, text ${i}`;
    const text = Array.from({ length: random.integer(0, 120) }, () => random.pick(words)).join(' ');
    const size = random.integer(1, 60);
    const pieces = fragments(text, query, { fragmentSize: size, fragments: 100 });
    let from = 0;
    for (const piece of pieces) {
      const bare = piece.replaceAll(/[[\]]/g, '');
      const at = text.indexOf(bare, from);
      assert.ok(at >= from, `${where}: ${piece} is no later piece of ${text}`);
      from = at + bare.length;
      assert.ok(bare.length <= size + 80, `${where}: ${piece}`);
      const marked = [...piece.matchAll(/\[([^\]]*)\]/g)].map((match) => match[1]!);
      assert.ok(marked.length > 0, where);
      for (const mark of marked) {
        const terms: string[] = [];
        analyzerOf().analyze(mark, (one) => terms.push(one));
        assert.ok(terms.length === 1 && (isWanted(terms[0]!) || ['x', 'dog'].includes(terms[0]!)), `${where}: ${mark}`);
      }
      shown += marked.length;
    }
    const whole: string = fragments(text, query, { fragments: 0 })[0] ?? '';
    const count = (each: string): number => each.split('[').length - 1;
    const inPieces = pieces.reduce((sum, piece) => sum + count(piece), 0);
    if (pieces.length < 100) assert.equal(inPieces, count(whole), `${where}: pieces show every mark`);
  }
  assert.ok(shown > 1000, String(shown));
});
