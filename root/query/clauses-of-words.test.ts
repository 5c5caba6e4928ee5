import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Query } from '../../shared/query/query.ts';
import type { IndexSchema } from '../../shared/schema/schema.ts';
import { parseSearchBody } from './parse-search-body.ts';
import { assertFault } from './test-schema.ts';

const schema: IndexSchema = {
  dynamic: 'strict',
  fields: {
    title: { kind: 'text' },
    'name.first': { kind: 'text' },
    'name.last': { kind: 'text' },
    text: { kind: 'text', analyzer: 'english' },
    tag: { kind: 'keyword' },
    year: { kind: 'integer' },
  },
};
const parse = (query: unknown): Query => parseSearchBody({ query }, schema, { timeoutMsMax: 1 }).query;

/** A query in few words: all of `must` as (a & b), of `should` as (a | b), with how many have to match, the best of several as max(a, b). */
function short(query: Query): string {
  if (query.kind === 'term') return `${query.field}:${query.term}`;
  if (query.kind === 'prefix') return `${query.field}:${query.prefix}*`;
  if (query.kind === 'fuzzy') return `${query.field}:${query.term}~${query.edits}`;
  if (query.kind === 'phrase') return `${query.field}:"${query.terms.flat().join(' ')}"~${query.slop}`;
  if (query.kind === 'boosting') return `${short(query.positive)} but ${short(query.negative)}^${query.negativeBoost}`;
  if (query.kind === 'boosted') return `${short(query.query)}^${query.boost}`;
  if (query.kind === 'regexp')
    return `${query.field}:/${query.pattern}/${query.isCaseInsensitive ? 'i' : ''}${query.operators.length}`;
  if (query.kind === 'disMax')
    return `max(${query.queries.map(short).join(', ')})${query.tieBreaker === 0 ? '' : `+${query.tieBreaker}`}`;
  if (query.kind !== 'bool') return query.kind;
  const parts = [query.must.map(short).join(' & '), query.should.map(short).join(' | ')];
  return `(${parts.filter((part) => part !== '').join('; ')})${query.minimumShouldMatch ?? ''}`;
}

const both = ['name.first', 'name.last'];

// Each row: a clause, what it means.
const rows: [query: object, expected: string][] = [
  [{ match_none: {} }, 'none'],
  [{ match_none: { boost: 2 } }, 'none'],
  [
    {
      boosting: {
        positive: { match: { title: 'a' } },
        negative: { match: { title: 'b' } },
        negative_boost: 0.2,
        boost: 2,
      },
    },
    'title:a but title:b^0.2^2',
  ],
  // zero_terms_query: of a text without terms.
  [{ match: { text: 'the of' } }, 'none'],
  [{ match: { text: { query: 'the of', zero_terms_query: 'all' } } }, 'all'],
  [{ match: { text: { query: 'the of', operator: 'and', zero_terms_query: 'all', boost: 2 } } }, 'all^2'],
  [{ match: { text: { query: 'the cat', zero_terms_query: 'all' } } }, 'text:cat'],
  [{ match_phrase: { text: { query: 'the of', zero_terms_query: 'all' } } }, 'all'],
  [{ match_bool_prefix: { text: { query: 'the of', zero_terms_query: 'all' } } }, 'all'],
  [{ multi_match: { query: 'the', fields: ['text'], type: 'phrase', zero_terms_query: 'all' } }, 'all'],
  // minimum_should_match with conditions.
  ...minimumRows(),
  // case_insensitive.
  [{ term: { tag: { value: 'A.b c', case_insensitive: true } } }, 'tag:/A\\.b c/i0'],
  [{ term: { tag: { value: '', case_insensitive: true } } }, 'tag:/()/i0'],
  [{ term: { tag: { value: 'A', case_insensitive: false, boost: 2 } } }, 'tag:A^2'],
  [{ prefix: { tag: { value: 'Ä*', case_insensitive: true, boost: 2 } } }, 'tag:/Ä\\*.*/i0^2'],
  [{ wildcard: { tag: { value: 'a*\\*?b\\', case_insensitive: true } } }, 'tag:/a.*\\*.b\\\\/i0'],
  // match_bool_prefix: the last term is begun.
  [{ match_bool_prefix: { title: 'Quick brown F' } }, '(title:quick | title:brown | title:f*)'],
  [{ match_bool_prefix: { title: 'f' } }, 'title:f*'],
  [{ match_bool_prefix: { title: { query: 'a b', operator: 'and' } } }, '(title:a & title:b*)'],
  [
    { match_bool_prefix: { title: { query: 'a b c d', minimum_should_match: '3<-1' } } },
    '(title:a | title:b | title:c | title:d*)3',
  ],
  [
    { match_bool_prefix: { title: { query: 'quick f', fuzziness: 'AUTO', boost: 3 } } },
    '(max(title:quick, title:quick~1) | title:f*)^3',
  ],
  [{ match_bool_prefix: { tag: 'Quick F' } }, 'tag:Quick F*'],
  // multi_match.
  [{ multi_match: { query: 'a b', fields: both, type: 'phrase' } }, 'max(name.first:"a b"~0, name.last:"a b"~0)'],
  [
    { multi_match: { query: 'a b', fields: ['title^2', 'tag'], type: 'phrase', slop: 3, tie_breaker: 0.5 } },
    'max(title:"a b"~3^2, tag:a b)+0.5',
  ],
  [
    { multi_match: { query: 'a b', fields: ['title^2', 'tag'], type: 'bool_prefix' } },
    'max((title:a | title:b*)^2, tag:a b*)+1',
  ],
  [
    { multi_match: { query: 'Will Smith', fields: both, type: 'cross_fields', operator: 'and' } },
    '(max(name.first:will, name.last:will) & max(name.first:smith, name.last:smith))',
  ],
  [
    { multi_match: { query: 'a b a', fields: ['name.first^2', 'name.last'], type: 'cross_fields', tie_breaker: 0.3 } },
    '(max(name.first:a^2, name.last:a)+0.3^2 | max(name.first:b^2, name.last:b)+0.3)',
  ],
  // Those that are analysed alike are one; of several such the best counts.
  [
    { multi_match: { query: 'cats', fields: ['title', 'text', 'tag', 'name.last'], type: 'cross_fields' } },
    'max(max(title:cats, name.last:cats), text:cat, tag:cats)',
  ],
  // Fields by pattern.
  [{ multi_match: { query: 'a', fields: ['name.*^2'] } }, 'max(name.first:a^2, name.last:a^2)'],
  [{ multi_match: { query: 'a', fields: ['*t*e'] } }, 'title:a'],
  [{ multi_match: { query: 'b', fields: ['*'] } }, 'max(name.first:b, name.last:b, tag:b, text:b, title:b)'],
  [{ multi_match: { query: 'a', fields: ['no*', 'title'] } }, 'title:a'],
  [{ multi_match: { query: 'a', fields: ['no*'] } }, 'none'],
];

/** As Elasticsearch explains them: of so many words, how many have to match. */
function minimumRows(): [query: object, expected: string][] {
  const table: [minimum: string, words: number, needed: number][] = [
    ['3<90%', 3, 3],
    ['3<90%', 4, 3],
    ['2<-25% 9<-3', 2, 2],
    ['2<-25% 9<-3', 4, 3],
    ['2<-25% 9<-3', 9, 7],
    ['2<-25% 9<-3', 10, 7],
    ['9<-3 2<-25%', 10, 7],
    [' 2 < 2 ', 5, 2],
  ];
  return table.map(([minimum, words, needed]) => {
    const letters = Array.from('abcdefghij').slice(0, words);
    const terms = letters.map((letter) => `title:${letter}`);
    const expected = needed === words ? `(${terms.join(' & ')})` : `(${terms.join(' | ')})${needed}`;
    return [{ match: { title: { query: letters.join(' '), minimum_should_match: minimum } } }, expected];
  });
}

for (const [query, expected] of rows) {
  test(`readQuery: ${JSON.stringify(query)} is ${expected}`, () => assert.equal(short(parse(query)), expected));
}

const long = 'x'.repeat(300);

// Each row: a clause, its fault below /query.
const faults: [query: object, fault: string][] = [
  [{ boosting: { positive: { match_all: {} }, negative_boost: 0.2 } }, 'REQUEST_FIELD_MISSING /query/boosting'],
  [
    { boosting: { positive: { match_all: {} }, negative: { match_all: {} }, negative_boost: 1.5 } },
    'REQUEST_VALUE_INVALID /query/boosting/negative_boost',
  ],
  [{ match_none: { field: 'a' } }, 'REQUEST_FIELD_UNKNOWN /query/match_none/field'],
  [
    { match: { title: { query: 'a', zero_terms_query: 'some' } } },
    'REQUEST_VALUE_INVALID /query/match/title/zero_terms_query',
  ],
  ...['2<', '<2', '2<3<4', '2<-25% 9', 'a<2', '2<200%', Array.from({ length: 17 }, () => '2<3').join(' ')].map(
    (minimum): [object, string] => [
      { match: { title: { query: 'a', minimum_should_match: minimum } } },
      'REQUEST_VALUE_INVALID /query/match/title/minimum_should_match',
    ],
  ),
  [{ term: { year: { value: 5, case_insensitive: true } } }, 'FIELD_KIND_WRONG /query/term/year'],
  [{ term: { tag: { value: 5, case_insensitive: true } } }, 'REQUEST_TYPE_WRONG /query/term/tag/value'],
  [{ term: { tag: { value: long, case_insensitive: true } } }, 'REQUEST_VALUE_INVALID /query/term/tag/value'],
  [{ prefix: { tag: { value: long, case_insensitive: true } } }, 'REQUEST_VALUE_INVALID /query/prefix/tag/value'],
  [
    { wildcard: { tag: { value: '*a?????????????????'.repeat(8), case_insensitive: true } } },
    'REQUEST_VALUE_INVALID /query/wildcard/tag/value',
  ],
  [{ match_bool_prefix: { year: 5 } }, 'FIELD_KIND_WRONG /query/match_bool_prefix/year'],
  [{ match_bool_prefix: { title: 5 } }, 'REQUEST_TYPE_WRONG /query/match_bool_prefix/title'],
  [
    { match_bool_prefix: { title: Array.from({ length: 1025 }, (_, i) => `w${i}`).join(' ') } },
    'QUERY_TOO_MANY_CLAUSES /query/match_bool_prefix',
  ],
  [{ multi_match: { query: 'a', slop: 2 } }, 'REQUEST_VALUE_INVALID /query/multi_match/slop'],
  [{ multi_match: { query: 'a', type: 'phrase', slop: 100 } }, 'REQUEST_VALUE_INVALID /query/multi_match/slop'],
  [
    { multi_match: { query: 'a', type: 'phrase', operator: 'and' } },
    'REQUEST_VALUE_INVALID /query/multi_match/operator',
  ],
  [
    { multi_match: { query: 'a', type: 'cross_fields', fuzziness: 1 } },
    'REQUEST_VALUE_INVALID /query/multi_match/fuzziness',
  ],
  [{ multi_match: { query: 'a', type: 'some' } }, 'REQUEST_VALUE_INVALID /query/multi_match/type'],
  [{ multi_match: { query: 'a', fields: [] } }, 'REQUEST_VALUE_INVALID /query/multi_match'],
  [
    {
      multi_match: {
        query: Array.from({ length: 300 }, (_, i) => `w${i}`).join(' '),
        fields: ['*'],
        type: 'cross_fields',
      },
    },
    'QUERY_TOO_MANY_CLAUSES /query/multi_match',
  ],
];
for (const [query, fault] of faults) {
  test(`readQuery: refuses ${JSON.stringify(query).slice(0, 100)}`, () => assertFault(() => parse(query), fault));
}
