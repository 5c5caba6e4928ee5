import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatOf } from './formats/formats.ts';
import { inferSchema } from './infer-schema.ts';
import { requireFields, readSet } from './plan-load.ts';
import { survey } from './survey.ts';
import { tellInferred } from './tell-inferred.ts';

/** What is said of a file of that text. */
async function told(text: string): Promise<string> {
  const bytes = Buffer.from(text);
  const beginning = { text, isWhole: true, extension: '' };
  const format = formatOf(undefined, beginning, bytes, 'f');
  async function* chunks(): AsyncGenerator<Uint8Array> {
    yield bytes;
  }
  const options = { kindOf: () => undefined, say: () => undefined };
  const { statistics } = await survey(format.lines(chunks(), beginning, options), new AbortController().signal);
  return tellInferred('films', { statistics, unit: format.unit }, inferSchema(statistics)).join('\n');
}

// Each row: a file of which nothing can be made, what is said.
const rows: [what: string, text: string, says: RegExp][] = [
  ['an empty array', '[]', /^there is nothing to load into films: the array is empty$/],
  [
    'an object around an empty array',
    '{"total":0,"results":[]}',
    /^there is nothing to load into films: the array is empty$/,
  ],
  ['a header alone', 'a,b\n\n', /^there is nothing to load into films: the table has no rows below the names/],
  [
    'quotes of another language',
    "{'a':1}",
    /no schema can be inferred for films: \w+ 1 is no JSON: Expected property name/,
  ],
  ['an array of numbers', '[1]', /: element 1 is 1 and no object; say it with --schema FILE/],
  ['objects that are none', '{"a":1,}\n{"b":2,}\n', /: object 1 is no JSON: /],
  ['deletions', '{"delete":{"_id":"1"}}\n', /: action 1 is a deletion;/],
  ['documents of nothing', '{}\n{}\n', /: the documents have no fields;/],
  ['fields that none can be', '{"a b":1}\n', /: a b \(the name is not allowed/],
];
for (const [what, text, says] of rows) {
  test(`load: of ${what} it is said what it is`, async () => {
    await assert.rejects(told(text), ({ message }: Error) => {
      assert.match(message, says);
      return true;
    });
  });
}

test('load: what is no document is passed over where others are', async () => {
  assert.match(await told('{"a":1}\nnonsense\n{"a":2}\n'), /Inferred from 2 documents:/);
});

// Each row: what --set says, of films that have `year` and `title`; whether these are all; what is refused.
const sets: [set: string, areAll: boolean, refused: RegExp | null][] = [
  ['year=keyword,title=text', true, null],
  ['yaer=integer', true, /^--set yaer: there is no field yaer; is it year\? --schema FILE/],
  ['Year=integer', false, /is it year\?/],
  ['years=integer', false, /is it year\?/],
  ['runtime=integer', true, /there is no field runtime: there are year, title/],
  ['runtime=integer', false, null],
];
for (const [set, areAll, refused] of sets) {
  test(`--set ${set}, ${areAll ? 'all' : 'some'} fields known: ${refused === null ? 'taken' : 'refused'}`, () => {
    const require = (): void => requireFields(readSet(set), { names: ['year', 'title'], areAll });
    if (refused === null) require();
    else assert.throws(require, ({ message }: Error) => refused.test(message));
  });
}
