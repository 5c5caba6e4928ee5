import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeToken, encodeToken } from '../../root/route/token.ts';
import { JoinedTokens } from './joined-tokens.ts';

test('JoinedTokens: the highest offset of each partition, in whatever order they come', () => {
  const tokens = new JoinedTokens();
  assert.equal(tokens.joined, undefined);
  for (const offsets of [{ 'x1/0': 7 }, { 'x1/0': 3, 'x1/1': 4 }, { 'x1/1': 9 }]) tokens.add(encodeToken(offsets));
  assert.deepEqual(decodeToken(tokens.joined!), { 'x1/0': 7, 'x1/1': 9 });
});
