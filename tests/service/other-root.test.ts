import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startCluster } from '../cluster/start.ts';
import { must, send } from './client.ts';
import { roundsOf } from '../stages/rounds.ts';

/** `up` gives its second root the second port above its first. */
const secondRootAbove = 2;
const rounds = roundsOf(200);

interface Found {
  readonly error?: object;
  readonly hits?: { readonly total: { readonly value: number } };
}

/** Writes a document as soon as the index is there. */
async function written(url: string): Promise<string> {
  for (;;) {
    const { status, body } = await send<{ token: string }>('POST', url, '{"id":"a"}');
    if (status < 300) return body.token;
    assert.equal(status, 404);
  }
}

test('another root finds what was written to an index a moment ago', async (t) => {
  const cluster = await startCluster({ leaves: 2, args: ['--roots', '2'] });
  t.after(() => cluster.stop());
  const other = `http://127.0.0.1:${cluster.port + secondRootAbove}`;
  const outcomes: string[] = [];
  for (let i = 0; i < rounds; i++) {
    const path = `/v1/indexes/n${i}`;
    // The answer comes when the leaves have told this root that they are ready; the index is there before that.
    const schema = { fields: { id: { kind: 'keyword' } } };
    const created = must('PUT', `${cluster.url}${path}`, { shards: 2, schema });
    const token = await written(`${cluster.url}${path}/documents`);
    // Every other search has no token, so that only the age of the index speaks for waiting.
    const asked = i % 2 === 0 ? { token } : {};
    const answer = await send<Found>('POST', `${other}${path}/search`, { query: { match_all: {} }, ...asked });
    await created;
    const { error, hits } = answer.body;
    const total = 'token' in asked ? ` with the token ${hits?.total.value}` : '';
    outcomes.push(error === undefined ? `${answer.status}${total}` : `${answer.status} ${JSON.stringify(error)}`);
  }
  assert.deepEqual([...new Set(outcomes)], ['200 with the token 1', '200']);
});
