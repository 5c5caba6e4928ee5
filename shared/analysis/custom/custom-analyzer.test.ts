import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SheafError } from '../../errors.ts';
import { RequestNode } from '../../json/request-node.ts';
import { limits } from '../../limits.ts';
import { createRandom } from '../../random/random.ts';
import { analyzerOf, readAnalyzer } from '../analyzers.ts';
import { charFilters } from './char-filters/table.ts';
import type { Part } from './custom-analyzer.ts';
import { tokenFilters } from './filters/table.ts';
import { tokenizers } from './tokenizers/table.ts';

function tokensOf(definition: unknown, text: string): string {
  const tokens: string[] = [];
  const analyzer = analyzerOf(readAnalyzer(RequestNode.body(definition)));
  analyzer.analyze(text, (term, position, start, end) => tokens.push(`${term}@${position}[${start},${end})`));
  return tokens.join(' ');
}

// Each row: a tokenizer, a text, its tokens as term@position[start,end).
const tokenizerRows: [tokenizer: Part, text: string, tokens: string][] = [
  ['standard', "It's 3.5 well-known", "It's@0[0,4) 3.5@1[5,8) well@2[9,13) known@3[14,19)"],
  ['whitespace', ' a-b\tC ', 'a-b@0[1,4) C@1[5,6)'],
  ['letter', 'a1b é', 'a@0[0,1) b@1[2,3) é@2[4,5)'],
  ['keyword', 'New York', 'New York@0[0,8)'],
  ['keyword', '', ''],
  ['pattern', 'a, b__c', 'a@0[0,1) b__c@1[3,7)'],
  [{ type: 'pattern', pattern: ',' }, ',a,,b', 'a@0[1,2) b@1[4,5)'],
  [{ type: 'pattern', pattern: '[0-9]+', group: 0 }, 'a12b3', '12@0[1,3) 3@1[4,5)'],
  ['ngram', 'a𝒜c', 'a@0[0,1) a𝒜@1[0,3) 𝒜@2[1,3) 𝒜c@3[1,4) c@4[3,4)'],
  [{ type: 'edge_ngram', min_gram: 2, max_gram: 3 }, 'abcd', 'ab@0[0,2) abc@1[0,3)'],
  ['path_hierarchy', '/a/b', '/a@0[0,2) /a/b@0[0,4)'],
  [{ type: 'path_hierarchy', delimiter: '-', replacement: '/', skip: 1 }, 'a-b-c', '/b@0[1,3) /b/c@0[1,5)'],
  [{ type: 'path_hierarchy', delimiter: '.', reverse: true }, 'a.b.c', 'a.b.c@0[0,5) b.c@0[2,5) c@0[4,5)'],
  [
    'uax_url_email',
    'Mail a.b@x.org or see https://x.org/a?b=1.',
    'Mail@0[0,4) a.b@x.org@1[5,14) or@2[15,17) see@3[18,21) https://x.org/a?b=1@4[22,41)',
  ],
  ['cjk', '登录模块 ab', '登录@0[0,2) 录模@1[1,3) 模块@2[2,4) ab@3[5,7)'],
];

// Each row: filters behind the tokenizer `whitespace`, a text, its tokens.
const filterRows: [filters: Part[], text: string, tokens: string][] = [
  [['lowercase'], 'A É', 'a@0[0,1) é@1[2,3)'],
  [['uppercase'], 'a', 'A@0[0,1)'],
  [['asciifolding'], 'Éa ØÆ ﬁ', 'Ea@0[0,2) OAE@1[3,5) fi@2[6,7)'],
  [[{ type: 'asciifolding', preserve_original: true }], 'é', 'e@0[0,1) é@0[0,1)'],
  [['stop'], 'the sea', 'sea@1[4,7)'],
  [[{ type: 'stop', stopwords: ['Sea'], ignore_case: true }], 'the sea a', 'the@0[0,3) a@2[8,9)'],
  [[{ type: 'stop', stopwords: '_french_' }], 'le chat', 'chat@1[3,7)'],
  [['stemmer'], 'cats running', 'cat@0[0,4) run@1[5,12)'],
  [
    [
      { type: 'keyword_marker', keywords: ['cats'] },
      { type: 'stemmer', language: 'english' },
    ],
    'cats dogs',
    'cats@0[0,4) dog@1[5,9)',
  ],
  [[{ type: 'stemmer', language: 'german' }], 'häuser', 'haus@0[0,6)'],
  [['elision'], "l’avion d'or x'y", "avion@0[0,7) or@1[8,12) x'y@2[13,16)"],
  [[{ type: 'ngram', min_gram: 2, max_gram: 2 }], 'abc d', 'ab@0[0,3) bc@0[0,3)'],
  [[{ type: 'edge_ngram', min_gram: 1, max_gram: 2, preserve_original: true }], 'abc', 'a@0[0,3) ab@0[0,3) abc@0[0,3)'],
  [['shingle'], 'a b c', 'a@0[0,1) a b@0[0,3) b@1[2,3) b c@1[2,5) c@2[4,5)'],
  [
    [
      { type: 'stop', stopwords: ['of'] },
      { type: 'shingle', output_unigrams: false, max_shingle_size: 3 },
    ],
    'king of sea',
    'king _ sea@0[0,11)',
  ],
  [[{ type: 'truncate', length: 2 }], 'abc 𝒜𝒜𝒜', 'ab@0[0,3) 𝒜𝒜@1[4,10)'],
  [['unique'], 'a b a', 'a@0[0,1) b@1[2,3)'],
  [['lowercase', { type: 'unique', only_on_same_position: true }], 'a A', 'a@0[0,1) a@1[2,3)'],
  [[{ type: 'length', min: 2, max: 3 }], 'a ab abc abcd', 'ab@1[2,4) abc@2[5,8)'],
  [['decimal_digit'], '٣४2𝟗', '3429@0[0,5)'],
  [['reverse'], 'ab𝒜', '𝒜ba@0[0,4)'],
  [['trim'], 'a', 'a@0[0,1)'],
  [
    [{ type: 'synonym', synonyms: ['tv, television'] }],
    'my tv set',
    'my@0[0,2) tv@1[3,5) television@1[3,5) set@2[6,9)',
  ],
  [[{ type: 'synonym', synonyms: ['a => b', 'b => a'] }], 'a b', 'b@0[0,1) a@1[2,3)'],
  [
    [{ type: 'synonym', synonyms: ['new york, ny', 'new => old'] }],
    'new york new',
    'new@0[0,8) ny@0[0,8) york@1[0,8) old@2[9,12)',
  ],
  [
    [{ type: 'synonym', synonyms: ['usa => united states'] }, 'uppercase'],
    'usa x',
    'UNITED@0[0,3) STATES@1[0,3) X@1[4,5)',
  ],
];

// Each row: a filter of characters before the tokenizer `standard`, a text, its tokens, whose places are those in the text.
const charRows: [filter: Part, text: string, tokens: string][] = [
  [
    'html_strip',
    '<p>Fish &amp; <b>ch</b>ips</p>caf&eacute; <!-- no --> x&#65;&unknown;',
    'Fish@0[3,7) chips@1[17,26) café@2[30,41) xA@3[54,60) unknown@4[61,68)',
  ],
  ['html_strip', 'a<script>b < c</script>d<br>e<style>f', 'a@0[0,1) d@1[23,24) e@2[28,29)'],
  [{ type: 'html_strip', escaped_tags: ['b'] }, '<b>a', 'b@0[1,2) a@1[3,4)'],
  [
    { type: 'mapping', mappings: [':) => happy', 'ph => f', 'p => b'] },
    'phone :) up',
    'fone@0[0,5) happy@1[6,8) ub@2[9,11)',
  ],
  [{ type: 'mapping', mappings: ['a => b', 'b => a'] }, 'ab', 'ba@0[0,2)'],
  [
    { type: 'pattern_replace', pattern: '([0-9]{3})-([0-9]{4})', replacement: '$1$2' },
    'call 555-1234 now',
    'call@0[0,4) 5551234@1[5,13) now@2[14,17)',
  ],
  [{ type: 'pattern_replace', pattern: '-' }, 'a-b', 'ab@0[0,3)'],
];

for (const [tokenizer, text, tokens] of tokenizerRows) {
  test(`tokenizer ${JSON.stringify(tokenizer)} of ${JSON.stringify(text)}`, () =>
    assert.equal(tokensOf({ tokenizer }, text), tokens));
}
for (const [filter, text, tokens] of filterRows) {
  test(`filters ${JSON.stringify(filter)} of ${JSON.stringify(text)}`, () =>
    assert.equal(tokensOf({ tokenizer: 'whitespace', filter }, text), tokens));
}
for (const [filter, text, tokens] of charRows) {
  test(`character filter ${JSON.stringify(filter)} of ${JSON.stringify(text)}`, () =>
    assert.equal(tokensOf({ char_filter: [filter], tokenizer: 'standard' }, text), tokens));
}

test('readAnalyzer: every kind of part has a row', () => {
  const typeOf = (part: Part): unknown => (typeof part === 'string' ? part : part['type']);
  const missing = (table: object, parts: Part[]): string[] => {
    const seen = new Set(parts.map(typeOf));
    return Object.keys(table).filter((name) => !seen.has(name));
  };
  assert.deepEqual(
    missing(
      tokenizers,
      tokenizerRows.map(([part]) => part),
    ),
    [],
  );
  assert.deepEqual(
    missing(
      tokenFilters,
      filterRows.flatMap(([parts]) => parts),
    ),
    [],
  );
  assert.deepEqual(
    missing(
      charFilters,
      charRows.map(([part]) => part),
    ),
    [],
  );
});

const filters = (...filter: unknown[]): unknown => ({ tokenizer: 'standard', filter });

// Each row: an analyzer that cannot be, the code and the place of its fault.
const faults: [definition: unknown, fault: string][] = [
  ['nothing', 'REQUEST_VALUE_INVALID '],
  [7, 'REQUEST_TYPE_WRONG '],
  [{}, 'REQUEST_FIELD_MISSING '],
  [{ tokenizer: 'x' }, 'REQUEST_VALUE_INVALID /tokenizer'],
  [{ tokenizer: { type: 'pattern', flags: 'i' } }, 'REQUEST_FIELD_UNKNOWN /tokenizer/flags'],
  [{ tokenizer: 'standard', filters: [] }, 'REQUEST_FIELD_UNKNOWN /filters'],
  [filters('x'), 'REQUEST_VALUE_INVALID /filter/0'],
  [filters('lowercase', { type: 'x' }), 'REQUEST_VALUE_INVALID /filter/1/type'],
  [filters({ min: 1 }), 'REQUEST_TYPE_WRONG /filter/0/type'],
  [filters({ type: 'length', min: -1 }), 'REQUEST_VALUE_INVALID /filter/0/min'],
  [filters({ type: 'ngram', min_gram: 1, max_gram: 20 }), 'REQUEST_VALUE_INVALID /filter/0/max_gram'],
  [filters({ type: 'ngram', min_gram: 3, max_gram: 2 }), 'REQUEST_VALUE_INVALID /filter/0/max_gram'],
  [filters({ type: 'stop', stopwords: '_klingon_' }), 'REQUEST_VALUE_INVALID /filter/0/stopwords'],
  [filters({ type: 'synonym', synonyms: ['a => b => c'] }), 'REQUEST_VALUE_INVALID /filter/0/synonyms/0'],
  [filters({ type: 'synonym', synonyms: ['a, , b'] }), 'REQUEST_VALUE_INVALID /filter/0/synonyms/0'],
  [filters({ type: 'stemmer', language: 'klingon' }), 'REQUEST_VALUE_INVALID /filter/0/language'],
  [filters(...Array.from({ length: 21 }, () => 'trim')), 'REQUEST_VALUE_INVALID /filter'],
  [
    filters({ type: 'stop', stopwords: Array.from({ length: 9000 }, (_, at) => `word${at}`) }),
    'REQUEST_VALUE_INVALID ',
  ],
  [{ tokenizer: 'standard', char_filter: ['mapping'] }, 'REQUEST_FIELD_MISSING /char_filter/0/'],
  [
    { tokenizer: 'standard', char_filter: [{ type: 'mapping', mappings: ['a'] }] },
    'REQUEST_VALUE_INVALID /char_filter/0/mappings/0',
  ],
  ...['(a+)+b', 'a*b', '(a)*', 'a{1,99}b{1,99}', '(?=a)', '(a)\\1', '[', '(', 'a**', ''].map(
    (pattern): [unknown, string] => [
      { tokenizer: { type: 'pattern', pattern } },
      'REQUEST_VALUE_INVALID /tokenizer/pattern',
    ],
  ),
];
for (const [definition, fault] of faults) {
  test(`readAnalyzer: refuses ${JSON.stringify(definition).slice(0, 90)}`, () => {
    assert.throws(
      () => readAnalyzer(RequestNode.body(definition)),
      (error) => error instanceof SheafError && `${error.code} ${error.at}` === fault,
    );
  });
}

test('makeCustomAnalyzer: a token of a megabyte, markup without an end and lone surrogates are taken in their stride', () => {
  const hostile = [
    'x'.repeat(1 << 20),
    '<!--'.repeat(1 << 16),
    '<script>'.repeat(1 << 15),
    '<a '.repeat(1 << 16),
    'a\ud800\udc00\udc00',
  ];
  const chains = [
    { tokenizer: 'keyword', filter: [{ type: 'ngram', min_gram: 3, max_gram: 5 }] },
    { char_filter: ['html_strip'], tokenizer: 'whitespace', filter: ['shingle', 'reverse'] },
    { tokenizer: { type: 'pattern', pattern: '[^x]+' }, filter: ['asciifolding', 'stemmer'] },
    { tokenizer: 'path_hierarchy' },
  ];
  for (const chain of chains) {
    for (const text of hostile) {
      let position = -1;
      analyzerOf(readAnalyzer(RequestNode.body(chain))).analyze(text, (term, at, start, end) => {
        if (
          term.isWellFormed() &&
          term !== '' &&
          Buffer.byteLength(term) <= limits.termBytesMax &&
          at >= position &&
          start <= end &&
          end <= text.length
        )
          position = at;
        else
          assert.fail(`${JSON.stringify(chain)}: ${term.slice(0, 20)} at ${at} after ${position}, ${start} to ${end}`);
      });
    }
  }
});

test('makeCustomAnalyzer: terms of any parts in any order are well-formed, positions ascend, places are in the text', () => {
  const texts = 'a|B|é|<b>|</b>|&amp;|登录|한국어|😀|\ud800| | |-|/|x@y.org|3.5|the|cats|\u0301'.split('|');
  const withRequired = new Set(['mapping', 'pattern_replace', 'keyword_marker', 'synonym']);
  const parts = (table: object): string[] => Object.keys(table).filter((name) => !withRequired.has(name));
  for (let seed = 56_100_000; seed < 56_102_000; seed++) {
    const random = createRandom(seed);
    const some = (names: readonly string[], max: number): string[] =>
      Array.from({ length: random.integer(0, max) }, () => random.pick(names));
    const definition = {
      char_filter: some(parts(charFilters), 1),
      tokenizer: random.pick(parts(tokenizers)),
      filter: some(parts(tokenFilters), 4),
    };
    const text = some(texts, 12).join('');
    let last = 0;
    analyzerOf(readAnalyzer(RequestNode.body(definition))).analyze(text, (term, position, start, end) => {
      const where = `seed ${seed}: ${JSON.stringify(definition)} ${JSON.stringify(text)} ${term}`;
      assert.ok(term !== '' && term.isWellFormed() && position >= last && start <= end && end <= text.length, where);
      last = position;
    });
  }
});

test('normalizeLetters: filters that change letters have a say in patterns', () => {
  const analyzer = analyzerOf(
    readAnalyzer(RequestNode.body(filters('lowercase', 'asciifolding', 'stemmer', 'shingle'))),
  );
  assert.equal(analyzer.normalizeLetters('ÉC*running'), 'ec*running');
});
