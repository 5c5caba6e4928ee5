import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RequestNode } from '../../../shared/json/request-node.ts';
import type { Query } from '../../../shared/query/query.ts';
import { parseIndexBody } from '../../../shared/schema/parse.ts';
import { anyOf, boolOf, exactOrNear } from '../build.ts';
import { ClauseBudget } from '../clause-budget.ts';
import { assertFault, testSchema } from '../test-schema.ts';
import { queryFromString } from './query-from-string.ts';

function parse(text: string, schema = testSchema): Query {
  return queryFromString(RequestNode.parameter('q', text), {
    schema,
    budget: new ClauseBudget(),
    now: Date.UTC(2024, 4, 31, 12),
    depth: 0,
  });
}

const term = (field: string, value: string): Query => ({ kind: 'term', field, term: value });
const phrase = (field: string): Query => ({ kind: 'phrase', field, terms: ['a', 'b'], slop: 0 });
const prefix = (field: string, text: string): Query => ({ kind: 'prefix', field, prefix: text });
const fuzzy = (field: string, word: string, edits: 1 | 2): Query => {
  return { kind: 'fuzzy', field, term: word, edits, prefixLength: 0 };
};
/** A word without a field: in either text field. */
const word = (value: string): Query => anyOf([term('body', value), term('title', value)]);
const year = (value: number): Query => ({ kind: 'numbers', field: 'year', values: [value] });
const [a, b, c, d] = [word('a'), word('b'), word('c'), word('d')];
const must = (...queries: Query[]): Query => boolOf({ must: queries });
const should = (...queries: Query[]): Query => boolOf({ should: queries });
const not = (query: Query): Query => boolOf({ mustNot: [query] });

// Each row: a query string, the query it makes.
const rows: [text: string, expected: Query][] = [
  // Precedence: signs and NOT, then AND, then side by side, then OR.
  ['a', a],
  ['  a  ', a],
  ['a b', should(a, b)],
  ['a AND b', must(a, b)],
  ['a OR b', should(a, b)],
  ['a b OR c d', should(should(a, b), should(c, d))],
  ['a AND b c', should(must(a, b), c)],
  ['a b AND c', should(a, must(b, c))],
  ['a OR b AND c', should(a, must(b, c))],
  ['a AND b OR c', should(must(a, b), c)],
  ['a AND (b OR c)', must(a, should(b, c))],
  ['(a b) AND c', must(should(a, b), c)],
  ['((a))', a],
  ['a AND b AND c', must(a, b, c)],
  ['a OR b OR c', should(a, b, c)],

  // Lists: + requires, - and NOT exclude, the rest is optional.
  ['+a', a],
  ['-a', not(a)],
  ['NOT a', not(a)],
  ['NOT NOT a', not(not(a))],
  ['+a b', boolOf({ must: [a], should: [b] })],
  ['a -b', boolOf({ should: [a], mustNot: [b] })],
  ['a NOT b', boolOf({ should: [a], mustNot: [b] })],
  ['-a -b', boolOf({ mustNot: [a, b] })],
  ['+a b -c', boolOf({ must: [a], should: [b], mustNot: [c] })],
  ['a (NOT b)', should(a, not(b))],
  ['a (-b)', should(a, not(b))],
  ['-(a b)', not(should(a, b))],
  ['NOT a AND b', boolOf({ must: [b], mustNot: [a] })],
  ['+a AND -b', boolOf({ must: [a], mustNot: [b] })],
  ['+a AND b c', should(must(a, b), c)],
  ['NOT a AND NOT b', boolOf({ mustNot: [a, b] })],
  ['a OR NOT b', should(a, not(b))],
  ['a OR -b', should(a, not(b))],

  // Words: text is analysed, and all terms of one word must be in the same field.
  [
    'spider-man',
    should(must(term('body', 'spider'), term('body', 'man')), must(term('title', 'spider'), term('title', 'man'))),
  ],
  ['title:Spider-Man', must(term('title', 'spider'), term('title', 'man'))],
  // A word that is repeated counts twice.
  ['title:a,A', { kind: 'boosted', query: term('title', 'a'), boost: 2 }],
  ['title:&', { kind: 'none' }],
  ['and Or', should(word('and'), word('or'))],
  ['TO', word('to')],
  ['\\AND', word('and')],
  ['\\-a', a],
  ['tag:a\\ b\\:\\"\\*\\\\', term('tag', 'a b:"*\\')],

  // Fields.
  ['tag:Ab', term('tag', 'Ab')],
  ['tag:a:b', term('tag', 'a:b')],
  ['tag:-a', term('tag', '-a')],
  ['tag:+a', term('tag', '+a')],
  ['tag:!a', term('tag', '!a')],
  ['author.name:x', term('author.name', 'x')],
  ['title.raw:Cat', term('title.raw', 'Cat')],
  ['year:-5', year(-5)],
  ['-year:5', not(year(5))],
  ['price:1e2', { kind: 'numbers', field: 'price', values: [100] }],
  ['draft:false', { kind: 'numbers', field: 'draft', values: [0] }],
  ['seen:1970-01-01T00:00:01.000Z', { kind: 'numbers', field: 'seen', values: [1000] }],
  [
    'seen:1970-01-01T00:00:01Z',
    { kind: 'numberRange', field: 'seen', low: 1000, lowInclusive: true, high: 1999, highInclusive: true },
  ],
  [
    'seen:{1970-01-01 TO 1970-01-02]',
    {
      kind: 'numberRange',
      field: 'seen',
      low: 86_399_999,
      lowInclusive: false,
      high: 172_799_999,
      highInclusive: true,
    },
  ],
  // A year, and its first day, as in Elasticsearch; what answers show; and what `now` is said to be.
  [
    'seen:[1970 TO 100000]',
    { kind: 'numberRange', field: 'seen', low: 0, lowInclusive: true, high: 100_000, highInclusive: true },
  ],
  [
    'seen:[now-1d/d TO now]',
    {
      kind: 'numberRange',
      field: 'seen',
      low: Date.UTC(2024, 4, 30),
      lowInclusive: true,
      high: Date.UTC(2024, 4, 31, 12),
      highInclusive: true,
    },
  ],
  ['tag:*', { kind: 'exists', field: 'tag' }],
  ['(tag:*)', { kind: 'exists', field: 'tag' }],
  ['tag:(x OR y)', should(term('tag', 'x'), term('tag', 'y'))],
  ['tag:(x -y)', boolOf({ should: [term('tag', 'x')], mustNot: [term('tag', 'y')] })],
  ['tag:(x year:5) a', should(should(term('tag', 'x'), year(5)), a)],
  ['year:(1 OR \\-2)', should(year(1), year(-2))],

  // Patterns, misspelling, boosts.
  ['tag:a*', { kind: 'prefix', field: 'tag', prefix: 'a' }],
  ['tag:A*b?', { kind: 'wildcard', field: 'tag', pattern: 'A*b\\?' }],
  ['tag:\\**', { kind: 'wildcard', field: 'tag', pattern: '\\**' }],
  ['tag:**', { kind: 'wildcard', field: 'tag', pattern: '**' }],
  ['title:Ca*T', { kind: 'wildcard', field: 'title', pattern: 'ca*t' }],
  ['ca*', anyOf([prefix('body', 'ca'), prefix('title', 'ca')])],
  ['title:cats~', exactOrNear(term('title', 'cats'), fuzzy('title', 'cats', 1))],
  ['title:Cats~2', exactOrNear(term('title', 'cats'), fuzzy('title', 'cats', 2))],
  ['title:cats~0', term('title', 'cats')],
  ['title:a~', term('title', 'a')],
  ['tag:Cats~1', exactOrNear(term('tag', 'Cats'), fuzzy('tag', 'Cats', 1))],
  ['title:cat^2', { kind: 'boosted', query: term('title', 'cat'), boost: 2 }],
  ['title:cat^1', term('title', 'cat')],
  ['(a b)^0.5 c', should({ kind: 'boosted', query: should(a, b), boost: 0.5 }, c)],
  [
    'title:cats~1^2',
    { kind: 'boosted', query: exactOrNear(term('title', 'cats'), fuzzy('title', 'cats', 1)), boost: 2 },
  ],
  [
    'year:[1 TO *]^3',
    {
      kind: 'boosted',
      query: { kind: 'numberRange', field: 'year', low: 1, lowInclusive: true, highInclusive: true },
      boost: 3,
    },
  ],
  ['tag:*^2', { kind: 'boosted', query: { kind: 'exists', field: 'tag' }, boost: 2 }],
  ['title:what?', term('title', 'what')],

  // Phrases.
  ['title:"Red Fox"', { kind: 'phrase', field: 'title', terms: ['red', 'fox'], slop: 0 }],
  [
    'title:"Red Fox"~2^2',
    { kind: 'boosted', query: { kind: 'phrase', field: 'title', terms: ['red', 'fox'], slop: 2 }, boost: 2 },
  ],
  ['"a"', a],
  ['"a b" c', should(anyOf([phrase('body'), phrase('title')]), c)],
  ['title:"a\\"b"', phrase('title')],
  ['tag:"Red Fox"', term('tag', 'Red Fox')],
  ['title:"..."', { kind: 'none' }],

  // Ranges.
  ['year:[1 TO 5]', { kind: 'numberRange', field: 'year', low: 1, lowInclusive: true, high: 5, highInclusive: true }],
  [
    'year:{-5 TO -1}',
    { kind: 'numberRange', field: 'year', low: -5, lowInclusive: false, high: -1, highInclusive: false },
  ],
  [
    'year:[ 1 TO 5 }',
    { kind: 'numberRange', field: 'year', low: 1, lowInclusive: true, high: 5, highInclusive: false },
  ],
  ['year:{1 TO *]', { kind: 'numberRange', field: 'year', low: 1, lowInclusive: false, highInclusive: true }],
  ['tag:[* TO b]', { kind: 'keywordRange', field: 'tag', lowInclusive: true, high: 'b', highInclusive: true }],
  [
    'tag:[AND TO \\TO]',
    { kind: 'keywordRange', field: 'tag', low: 'AND', lowInclusive: true, high: 'TO', highInclusive: true },
  ],
  [
    'seen:[1970-01-01T00:00 TO *]',
    { kind: 'numberRange', field: 'seen', low: 0, lowInclusive: true, highInclusive: true },
  ],
  [
    'year:[1 TO 2]a',
    should({ kind: 'numberRange', field: 'year', low: 1, lowInclusive: true, high: 2, highInclusive: true }, a),
  ],
];

for (const [text, expected] of rows) {
  test(`queryFromString: ${text}`, () => assert.deepEqual(parse(text), expected));
}

// Each row: a query string, the code, the column, what was found there.
const faults: [text: string, code: string, column: number, found?: string][] = [
  ['', 'QUERY_STRING_INVALID', 1, 'the end'],
  ['   ', 'QUERY_STRING_INVALID', 4, 'the end'],
  ['()', 'QUERY_STRING_INVALID', 2, ')'],
  ['(a', 'QUERY_STRING_INVALID', 3, 'the end'],
  ['a)', 'QUERY_STRING_INVALID', 2, ')'],
  ['a AND', 'QUERY_STRING_INVALID', 6, 'the end'],
  ['AND a', 'QUERY_STRING_INVALID', 1, 'AND'],
  ['a AND AND b', 'QUERY_STRING_INVALID', 7, 'AND'],
  ['a OR', 'QUERY_STRING_INVALID', 5, 'the end'],
  ['a NOT', 'QUERY_STRING_INVALID', 6, 'the end'],
  ['a - b', 'QUERY_STRING_INVALID', 3, '-'],
  ['--a', 'QUERY_STRING_INVALID', 1, '-'],
  ['a +', 'QUERY_STRING_INVALID', 3, '+'],
  ['a "b c', 'QUERY_STRING_QUOTES', 3],
  ['a"b"', 'QUERY_STRING_INVALID', 2, '"'],
  ['"a b"~', 'QUERY_STRING_INVALID', 6, '~'],
  ['"a b"~100', 'QUERY_STRING_INVALID', 6, '~100'],
  ['"a b"~1.5', 'QUERY_STRING_INVALID', 6, '~1.5'],
  ['year:"a b"', 'QUERY_STRING_INVALID', 6, 'a b'],
  ['title:"a', 'QUERY_STRING_QUOTES', 7],
  ['tag:["a" TO b]', 'QUERY_STRING_INVALID', 6, '"'],
  ['*', 'QUERY_STRING_INVALID', 1, '*'],
  ['a~3', 'QUERY_STRING_INVALID', 2, '~3'],
  ['a~~', 'QUERY_STRING_INVALID', 3, '~'],
  ['a*~', 'QUERY_STRING_INVALID', 3, '~'],
  ['(a)~', 'QUERY_STRING_INVALID', 4, '~'],
  ['~a', 'QUERY_STRING_INVALID', 1, '~'],
  ['a ~', 'QUERY_STRING_INVALID', 3, '~'],
  ['title:~', 'QUERY_STRING_INVALID', 7, '~'],
  ['a^', 'QUERY_STRING_INVALID', 2, '^'],
  ['a^x', 'QUERY_STRING_INVALID', 2, '^'],
  ['a^2^3', 'QUERY_STRING_INVALID', 4, '^'],
  ['a^1000001', 'QUERY_STRING_INVALID', 2, '^1000001'],
  ['a ^2', 'QUERY_STRING_INVALID', 3, '^'],
  ['year:[1* TO 2]', 'QUERY_STRING_INVALID', 8, '*'],
  ['year:[1~ TO 2]', 'QUERY_STRING_INVALID', 8, '~'],
  ['ti*le:a', 'QUERY_STRING_INVALID', 6, ':'],
  ['a * b', 'QUERY_STRING_INVALID', 3, '*'],
  ['😀😀 a^', 'QUERY_STRING_INVALID', 5, '^'],
  ['year:1*', 'FIELD_KIND_WRONG', 6],
  ['year:1~', 'FIELD_KIND_WRONG', 6],
  ['a\\', 'QUERY_STRING_INVALID', 2, '\\'],
  ['a && b', 'QUERY_STRING_INVALID', 3, '&&'],
  ['a || b', 'QUERY_STRING_INVALID', 3, '||'],
  ['!a', 'QUERY_STRING_INVALID', 1, '!'],
  ['title: a', 'QUERY_STRING_INVALID', 7, ' '],
  ['title:', 'QUERY_STRING_INVALID', 7, 'the end'],
  ['title :a', 'QUERY_STRING_INVALID', 7, ':'],
  [':a', 'QUERY_STRING_INVALID', 1, ':'],
  ['title:)', 'QUERY_STRING_INVALID', 7, ')'],
  ['title:AND', 'QUERY_STRING_INVALID', 7, 'AND'],
  ['[1 TO 2]', 'QUERY_STRING_INVALID', 1, '['],
  ['a]', 'QUERY_STRING_INVALID', 2, ']'],
  ['(a]', 'QUERY_STRING_INVALID', 3, ']'],
  ['year:[1 2]', 'QUERY_STRING_INVALID', 9, '2'],
  ['year:[1 TO', 'QUERY_STRING_INVALID', 11, 'the end'],
  ['year:[1 TO 2', 'QUERY_STRING_INVALID', 13, 'the end'],
  ['year:[TO 2]', 'QUERY_STRING_INVALID', 7, 'TO'],
  ['year:[1 to 2]', 'QUERY_STRING_INVALID', 9, 'to'],
  ['year:[1 TO 2)', 'QUERY_STRING_INVALID', 13, ')'],
  ['year:x', 'QUERY_STRING_INVALID', 6, 'x'],
  ['year:(1 x)', 'QUERY_STRING_INVALID', 9, 'x'],
  ['year:1.5', 'QUERY_STRING_INVALID', 6, '1.5'],
  ['year:007', 'QUERY_STRING_INVALID', 6, '007'],
  ['price:0x1', 'QUERY_STRING_INVALID', 7, '0x1'],
  ['price:Infinity', 'QUERY_STRING_INVALID', 7, 'Infinity'],
  ['draft:True', 'QUERY_STRING_INVALID', 7, 'True'],
  ['seen:2024-5', 'QUERY_STRING_INVALID', 6, '2024-5'],
  ['seen:now-1', 'QUERY_STRING_INVALID', 6, 'now-1'],
  ['seen:[2024-01-01 TO 2024-02-30]', 'QUERY_STRING_INVALID', 21, '2024-02-30'],
  ['a nope:x', 'FIELD_UNKNOWN', 3],
  ['http://x', 'FIELD_UNKNOWN', 1],
  ['a title:[a TO b]', 'FIELD_KIND_WRONG', 9],
];

for (const [text, code, column, found] of faults) {
  test(`queryFromString: refuses ${text}`, () =>
    assertFault(() => parse(text), `${code} q`, { column, ...(found === undefined ? {} : { found }) }));
}

// Each row: what opens and closes one repetition, how many levels it is.
const nestings: [open: string, close: string, levels: number][] = [
  ['(', ')', 1],
  ['NOT ', '', 1],
  ['-(', ')', 2],
  ['tag:(', ')', 1],
];

for (const [open, close, levels] of nestings) {
  test(`queryFromString: takes 32 levels of ${open} and no more`, () => {
    const repeated = (count: number) => `${open.repeat(count)}a${close.repeat(count)}`;
    const countMax = 32 / levels;
    assert.doesNotThrow(() => parse(repeated(countMax)));
    assertFault(() => parse(repeated(countMax + 1)), 'QUERY_TOO_DEEP q', { limit: 32, actual: 33 });
    assertFault(() => parse(repeated(100_000)), 'QUERY_TOO_DEEP q', { limit: 32, actual: 33 });
  });
}

test('queryFromString: depth counts what is open, not what was', () => {
  assert.doesNotThrow(() => parse('(a) '.repeat(100)));
});

test('queryFromString: words without a field need a text field', () => {
  const schema = { dynamic: 'strict', fields: { tag: { kind: 'keyword' } } } as const;
  assertFault(() => parse('tag:x y', schema), 'QUERY_STRING_INVALID q', { column: 7, found: 'y' });
  assert.deepEqual(parse('tag:x', schema), term('tag', 'x'));
});

const english = parseIndexBody({
  schema: { fields: { t: { kind: 'text', analyzer: 'english' }, u: { kind: 'text', analyzer: 'english' } } },
}).schema;
const sea = term('t', 'sea');
const none: Query = { kind: 'none' };

// Each row: a query string with words that the analyzer leaves out, the query it makes.
const leftOut: [text: string, expected: Query][] = [
  ['t:(the AND sea)', boolOf({ must: [sea] })],
  ['+t:the +t:sea', boolOf({ must: [sea] })],
  ['t:(+the sea)', boolOf({ should: [sea] })],
  ['t:"of the" AND t:sea', boolOf({ must: [sea] })],
  ['t:the^2 AND t:sea', boolOf({ must: [sea] })],
  ['t:(sea AND NOT the)', boolOf({ must: [sea] })],
  ['t:(the AND NOT sea)', boolOf({ mustNot: [sea] })],
  ['t:(the OR sea)', sea],
  ['the AND sea', boolOf({ must: [anyOf([sea, term('u', 'sea')])] })],
  ['t:the~ AND t:sea', boolOf({ must: [sea] })],
  ['t:the', none],
  ['t:(the AND of)', none],
  ['t:(+the +of)', none],
  ['the', none],
  ['NOT t:the', not(none)],
];
for (const [text, expected] of leftOut) {
  test(`queryFromString: words without terms are as good as not written: ${text}`, () =>
    assert.deepEqual(parse(text, english), expected));
}

const synonyms = parseIndexBody({
  schema: {
    fields: {
      t: {
        kind: 'text',
        searchAnalyzer: {
          tokenizer: 'standard',
          filter: ['lowercase', { type: 'synonym', synonyms: ['tv, television'] }],
        },
      },
    },
  },
}).schema;
const eitherTv: Query = { kind: 'disMax', queries: [term('t', 'tv'), term('t', 'television')], tieBreaker: 0 };

// Each row: a query string with words of which several stand at one position, the query it makes.
const several: [text: string, expected: Query][] = [
  ['t:TV', eitherTv],
  ['t:"TV"', eitherTv],
  ['t:TV AND t:set', must(eitherTv, term('t', 'set'))],
  ['t:"tv set"', { kind: 'phrase', field: 't', terms: [['tv', 'television'], 'set'], slop: 0 }],
];
for (const [text, expected] of several) {
  test(`queryFromString: of terms at one position any will do: ${text}`, () =>
    assert.deepEqual(parse(text, synonyms), expected));
}
