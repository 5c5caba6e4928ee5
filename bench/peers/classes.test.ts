import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSearchBody } from '../../root/query/parse-search-body.ts';
import { createRandom } from '../../shared/random/random.ts';
import { peerClasses, textFields } from './classes.ts';
import { schemas, type CorpusName, type PeerCorpus } from './corpora.ts';
import { Draws } from './draws.ts';

const vocabulary = Array.from(
  { length: 100 },
  (_, i) => `word${'abcdefghij'[Math.floor(i / 10)]}${'klmnopqrst'[i % 10]}`,
);

/** A small corpus of the same schema. */
function corpusOf(name: CorpusName, seed: number): PeerCorpus {
  const random = createRandom(seed);
  const text = (): string => {
    const words = Array.from({ length: 30 }, () => vocabulary[Math.floor(100 * random.next() ** 3)]!);
    return ['everywhere', ...words].join(' ');
  };
  const documents = Array.from({ length: 300 }, (_, i) => ({
    id: String(i),
    [textFields[name]]: text(),
    created: `20${10 + (i % 10)}-01-01`,
    departed_at: `2013-01-01T${10 + (i % 10)}:00:00Z`,
    ...Object.fromEntries(['distance', 'air_time', 'dep_delay', 'arr_delay', 'flight'].map((field) => [field, i % 50])),
    tailnum: `N${i % 20}`,
    dest: `D${i % 5}`,
  }));
  return { name, schema: schemas[name], documents };
}

for (const { name, corpus: corpusName, make } of peerClasses) {
  test(`peerClasses: ${name} is a search that the schema of its corpus allows, drawn by its seed`, () => {
    const seed = 59_500_001;
    const corpus = corpusOf(corpusName, seed);
    const draw = (): object[] => {
      const draws = new Draws(corpus, textFields[corpusName], createRandom(seed));
      return Array.from({ length: 20 }, () => make(draws));
    };
    const bodies = draw();
    for (const body of bodies) parseSearchBody(body, corpus.schema, { timeoutMsMax: 60_000 });
    assert.deepEqual(draw(), bodies, `seed ${seed}`);
  });
}
