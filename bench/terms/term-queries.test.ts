import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../../shared/random/random.ts';
import { createWordSource } from '../corpus/words.ts';
import { makeTermQueries } from './term-queries.ts';

const texts = Array.from({ length: 40 }, (_, i) => `cat dog fox${i % 10} ${i === 7 || i === 8 ? 'owl' : ''}`);

test('makeTermQueries: rare words are rare and common ones common, and so many of each kind', () => {
  const random = createRandom(5);
  const rare = createWordSource(texts, random, [{ name: 'rare', documentsMin: 2, documentsMax: 2, weight: 1 }]);
  const common = createWordSource(texts, random, [{ name: 'common', documentsMin: 40, documentsMax: 40, weight: 1 }]);
  const queries = makeTermQueries({ rare, common, everywhere: common }, 3);
  for (const [kind, list] of queries) assert.equal(list.length, 3, kind);
  for (const { body } of queries.get('rare term')!) assert.match(body, /"owl"/);
  for (const { body } of queries.get('common AND common')!) assert.match(body, /"(cat|dog)".*"(cat|dog)"/);
  for (const { body } of queries.get('common AND common, counted only')!) assert.match(body, /"size":0/);
});
