import assert from 'node:assert/strict';
import { test } from 'node:test';
import { analyze } from '../../shared/analysis/standard.ts';
import { bm25, inverseDocumentFrequency } from '../../shared/ranking/bm25.ts';
import { createRandom } from '../../shared/random/random.ts';
import { inventTexts } from './corpus.ts';
import type { RankedHit } from './contestant.ts';
import { Prototype } from './prototype.ts';
import { makeEngineQueries } from './queries.ts';
import type { EngineQuery } from './queries.ts';

/** Every document, scored one by one. */
function naive(texts: readonly string[], { kind, terms }: EngineQuery, k: number): RankedHit[] {
  const documents = texts.map((text) => analyze(text));
  const average = documents.reduce((sum, held) => sum + held.length, 0) / documents.length;
  const weights = terms.map((term) => {
    return inverseDocumentFrequency(documents.length, documents.filter((held) => held.includes(term)).length);
  });
  const hits = documents.flatMap((held, document) => {
    const scores = terms.map((term, at) => {
      const frequency = held.filter((other) => other === term).length;
      return frequency === 0 ? 0 : bm25(weights[at]!, frequency, held.length, average);
    });
    const matches = kind === 'and' ? scores.every((score) => score > 0) : scores.some((score) => score > 0);
    return matches ? [{ document, score: scores.reduce((sum, score) => sum + score, 0) }] : [];
  });
  return hits.sort((a, b) => b.score - a.score || a.document - b.document).slice(0, k);
}

test('Prototype: gives the best of every query as reading every document does', () => {
  const seed = 5;
  const random = createRandom(seed);
  const texts = inventTexts(800, random);
  const prototype = new Prototype();
  prototype.build(texts);
  for (const query of makeEngineQueries(texts, random, 60)) {
    const found = prototype.search(query, 10);
    if (query.kind === 'phrase') assert.equal(found, null);
    else {
      const expected = naive(texts, query, 10);
      const rounded = (hits: readonly RankedHit[]): string[] => hits.map(({ score }) => score.toFixed(4));
      assert.deepEqual(rounded(found!), rounded(expected), `seed ${seed}: ${query.kind} ${query.terms.join(' ')}`);
    }
  }
});
