import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { analyzerNames } from '../../shared/analysis/analyzers.ts';
import { parseIndexBody } from '../../shared/schema/parse.ts';
import { aggregationKinds } from './aggregations/table.ts';
import { parseSearchBody, searchBodyProperties } from './parse-search-body.ts';
import { parseSearchParameters, searchParameters } from './parse-search-parameters.ts';
import { clauseNames } from './read-query.ts';

const page = readFileSync(new URL('../../docs/query-language.md', import.meta.url), 'utf8');
const blocks = [...page.matchAll(/^```([a-z ]+)\n([\s\S]*?)^```$/gm)].map(([, language, text]) => ({
  language: language!,
  text: text!.trim(),
}));
const textOf = (language: string): string[] =>
  blocks.filter((block) => block.language === language).map(({ text }) => text);

const schemas = textOf('json schema').map((text) => parseIndexBody(JSON.parse(text)).schema);
const [schema] = schemas;
const defaults = { timeoutMsMax: 60_000, now: 0 };

test('docs/query-language.md: has the schema of its examples, one with analyzers, and examples of both languages', () => {
  assert.equal(schemas.length, 2);
  assert.ok(textOf('json').length >= clauseNames.length);
  assert.ok(textOf('q').length >= 10);
  assert.deepEqual([...new Set(blocks.map((block) => block.language))].sort(), ['ebnf', 'json', 'json schema', 'q']);
});

for (const text of textOf('json')) {
  test(`docs/query-language.md: the body ${text.replaceAll(/\s+/g, ' ').slice(0, 60)} is understood`, () => {
    assert.ok(schema !== undefined);
    parseSearchBody(JSON.parse(text), schema, defaults);
  });
}

for (const text of textOf('q')) {
  test(`docs/query-language.md: the query string ${text} is understood`, () => {
    assert.ok(schema !== undefined);
    parseSearchParameters({ q: text }, schema, defaults);
  });
}

test('docs/query-language.md: names every clause, aggregation, property and parameter there is', () => {
  for (const name of clauseNames) assert.ok(page.includes(`### ${name}\n`), name);
  for (const name of [...aggregationKinds, ...searchBodyProperties, ...searchParameters]) {
    assert.ok(page.includes(`\`${name}\``), name);
  }
});

test('docs/query-language.md: has every analyzer in its table', () => {
  for (const name of analyzerNames) assert.match(page, new RegExp(`^\\| \`${name}\``, 'm'));
});

test('docs/query-language.md: has the grammar that stands in the parser', () => {
  const squeeze = (text: string): string => text.replaceAll(/[;*]?\s+\*?\s*/g, ' ');
  const parser = squeeze(readFileSync(new URL('string/parser.ts', import.meta.url), 'utf8'));
  const rules = textOf('ebnf').join('\n').split('\n');
  for (const rule of rules.slice(0, 8)) {
    assert.ok(parser.includes(squeeze(rule.replace(/ ;$/, ''))), rule);
  }
});
