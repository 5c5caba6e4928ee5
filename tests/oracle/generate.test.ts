import assert from 'node:assert/strict';
import { test } from 'node:test';
import { aggregationKinds } from '../../root/query/aggregations/table.ts';
import { clauseNames } from '../../root/query/read-query.ts';
import { createRandom } from '../../shared/random/random.ts';
import { fieldKinds } from '../../shared/schema/kinds/field-kinds.ts';
import { randomChanges } from './generate-documents.ts';
import { randomSearch } from './generate-searches.ts';
import { fieldsOfKind, schema } from './generate-values.ts';
import { isObject, type Json } from './json.ts';
import { Oracle } from './oracle.ts';

const seed = 20_240_531;

/** Every property name and every scalar of a value. */
function wordsOf(json: Json): string[] {
  if (Array.isArray(json)) return json.flatMap(wordsOf);
  if (isObject(json)) return Object.entries(json).flatMap(([name, value]) => [name, ...wordsOf(value)]);
  return [String(json)];
}

function depthOf(json: Json): number {
  if (Array.isArray(json)) return Math.max(0, ...json.map(depthOf));
  if (!isObject(json)) return 0;
  return Math.max(0, ...Object.entries(json).map(([name, value]) => depthOf(value) + (name === 'bool' ? 1 : 0)));
}

test('generators: one seed gives one sequence', () => {
  const sequence = (): string => {
    const random = createRandom(seed);
    const changes = randomChanges(random, { count: 20, keys: 10, deletes: 0.5 });
    return JSON.stringify([changes, Array.from({ length: 20 }, () => randomSearch(random))]);
  };
  assert.equal(sequence(), sequence());
});

test('randomSearch: uses everything a search may use, and bools to depth 3', () => {
  const random = createRandom(seed);
  const searches = Array.from({ length: 1000 }, () => randomSearch(random));
  const used = new Set(searches.flatMap((body) => wordsOf(body)));
  const wanted =
    'query from size sort _source track_total_hits aggs aggregations match match_all term terms range prefix exists ids ' +
    'bool must should filter must_not gt gte lt lte operator and value values includes excludes _score _doc asc desc ' +
    'histogram min max sum avg stats value_count cardinality interval offset min_doc_count order _count _key title.raw tags.words ' +
    'sigma weight percents keyed metrics missing mode ' +
    'rank.exact price active created author.name author.born parts.size parts.label parts.codes';
  assert.deepEqual(
    wanted.split(' ').filter((word) => !used.has(word)),
    [],
    `seed ${seed}`,
  );
  assert.equal(Math.max(...searches.map(depthOf)), 3, `seed ${seed}`);
});

// Each row: what there is by its table, and what of it the searches do not ask for, with the reason.
const tables: [
  name: string,
  all: readonly string[],
  asked: (words: ReadonlySet<string>) => string[],
  left: string[],
][] = [
  // The oracle reads no query strings: the tests in root/query/string hold them to the clauses that they stand for.
  ['clause', clauseNames, (words) => clauseNames.filter((name) => words.has(name)), ['query_string']],
  ['aggregation', aggregationKinds, (words) => aggregationKinds.filter((name) => words.has(name)), []],
  [
    'kind of field',
    fieldKinds,
    (words) => fieldKinds.filter((kind) => fieldsOfKind[kind].some((field) => words.has(field))),
    [],
  ],
];
for (const [name, all, asked, left] of tables) {
  test(`randomSearch: asks for every ${name} there is`, () => {
    const random = createRandom(seed);
    const words = new Set(Array.from({ length: 1000 }, () => randomSearch(random)).flatMap((body) => wordsOf(body)));
    const there = new Set(asked(words));
    assert.deepEqual(
      all.filter((each) => !there.has(each)),
      left,
      `seed ${seed}`,
    );
  });
}

test('generators: documents fit the schema, and searches of them match, tie and page', () => {
  const random = createRandom(seed);
  const oracle = new Oracle({ index: 'test', schema, shards: 3 });
  for (const change of randomChanges(random, { count: 150, keys: 120, deletes: 0.1 })) {
    if (change.kind === 'put') oracle.put(change.key, change.source);
    else oracle.delete(change.key);
  }
  const counts = { all: 300, matched: 0, selective: 0, tied: 0, scores: 0 };
  for (let i = 0; i < counts.all; i++) {
    const { ranking } = oracle.search(randomSearch(random));
    const distinct = new Set(ranking.map((hit) => hit.score)).size;
    if (ranking.length > 0) counts.matched++;
    if (ranking.length > 0 && ranking.length < 60) counts.selective++;
    if (distinct < ranking.length) counts.tied++;
    if (distinct > 3) counts.scores++;
  }
  const shares = Object.values(counts).map((count) => count / counts.all);
  assert.ok(
    shares.every((share) => share > 0.2),
    `seed ${seed}: ${JSON.stringify(counts)}`,
  );
});
