import assert from 'node:assert/strict';
import { test } from 'node:test';
import { definitionOf, mayExclude, queryKinds, type Query } from '../../shared/query/query.ts';
import { naiveDocument, naiveMatches } from '../collect/naive-search.fixture.ts';
import { randomQuery } from '../collect/random-queries.fixture.ts';
import { buildSegment } from '../segment/build.ts';
import { openSegment } from '../segment/open.ts';
import { Draw, fields, randomDocuments } from '../segment/random-documents.fixture.ts';
import { liveSegment, withDeleted } from '../snapshot/snapshot.ts';
import { kindOf } from './clauses.ts';
import { mayMatch, mayMatchLive } from './may-match.ts';

test('mayMatch: what it rules out has no document that matches, whatever the query', (t) => {
  let [ruledOut, empty] = [0, 0];
  for (let seed = 1; seed <= 150; seed++) {
    const draw = new Draw(seed);
    const documents = randomDocuments(draw, draw.below(5));
    const segment = openSegment(buildSegment(fields, documents));
    const naive = documents.map(({ key, offset, source }) => naiveDocument({ shard: 0, offset, key }, source));
    for (let i = 0; i < 20; i++) {
      const query = randomQuery(draw);
      const matches = naive.filter((document) => naiveMatches(document, query)).length;
      const may = mayMatch(segment, query);
      const message = `seed ${seed}, query ${i}: ${JSON.stringify(query)}`;
      if (!may) assert.equal(matches, 0, message);
      if (!mayExclude(query) && documents.length > 0) assert.equal(may, true, `${message}: nobody would have asked`);
      ruledOut += may ? 0 : 1;
      empty += matches === 0 ? 1 : 0;
    }
  }
  t.diagnostic(`${ruledOut} of ${empty} without matches were ruled out`);
  assert.ok(ruledOut > empty / 4);
});

test('mayMatch: the kinds that say what rules them out are those of which the root knows it', () => {
  const told = queryKinds.filter((kind) => kindOf({ kind } as Query).mayMatch !== undefined);
  const known = queryKinds.filter((kind) => definitionOf(kind).mayExclude !== undefined);
  assert.deepEqual(told, known);
});

const key = 'a';
const segmentOf = (document: object) =>
  openSegment(buildSegment(fields, [{ key, offset: 1, source: Buffer.from(JSON.stringify(document)) }]));

test('mayMatchLive: where all is deleted nothing matches', () => {
  const live = liveSegment(segmentOf({}));
  assert.equal(mayMatchLive(live, { kind: 'all' }), true);
  assert.equal(mayMatchLive(withDeleted(live, [0]), { kind: 'all' }), false);
});
