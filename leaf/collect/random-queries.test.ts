import assert from 'node:assert/strict';
import { test } from 'node:test';
import { queryKinds } from '../../shared/query/query.ts';
import { Draw } from '../segment/random-documents.fixture.ts';
import { randomQuery } from './random-queries.fixture.ts';

const seed = 11;

test(`randomQuery: makes queries of every kind there is, or the slow twin is never compared (seed ${seed})`, () => {
  const draw = new Draw(seed);
  const made = new Set(Array.from({ length: 2000 }, () => randomQuery(draw).kind));
  assert.deepEqual(
    queryKinds.filter((kind) => !made.has(kind)),
    [],
  );
});
