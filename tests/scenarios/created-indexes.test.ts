/** Indexes that are created because many write to them at once, through two roots, while one of these is killed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom } from '../../shared/random/random.ts';
import { startCluster } from '../cluster/start.ts';
import { must } from '../service/client.ts';

const indexes = 20;
const clients = 32;

interface Hit {
  readonly _source: { readonly to: number; readonly client: number };
}

/** Says what came of it: the index that took the document, or null where nobody knows. */
async function write(root: string, name: string, key: string, body: object): Promise<string | null> {
  try {
    const response = await fetch(`${root}/v1/indexes/${name}/documents/${key}?create=template`, {
      method: 'PUT',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
      signal: AbortSignal.timeout(10_000),
    });
    const answer = (await response.json()) as { readonly _index?: string; readonly error?: { readonly code: string } };
    if (response.ok) return answer._index!;
    // What a client repeats; anything else is a fault.
    assert.ok(response.status >= 500 || response.status === 429, JSON.stringify(answer));
    return null;
  } catch (error) {
    if (error instanceof assert.AssertionError) throw error;
    return null;
  }
}

test('created indexes: 20 that 32 clients write to at once through two roots, one killed, are made once, and no write is lost', async (t) => {
  const seed = 20261129;
  t.diagnostic(`seed ${seed}`);
  const random = createRandom(seed);
  const cluster = await startCluster({ leaves: 2, args: ['--roots', '2'] });
  t.after(() => cluster.stop());
  const roots = [cluster.url, `http://127.0.0.1:${cluster.port + 2}`];
  await must('PUT', `${roots[0]}/v1/templates/made`, {
    patterns: ['made-*'],
    shards: 2,
    schema: { fields: { to: { kind: 'integer' }, client: { kind: 'integer' } } },
    aliases: { all: {} },
  });
  let repeated = 0;
  const client = async (number: number): Promise<void> => {
    const order = random.shuffle(Array.from({ length: indexes }, (_, i) => i));
    for (const to of order) {
      const name = `made-${to}`;
      for (;;) {
        const taken = await write(random.pick(roots), name, `c${number}`, { to, client: number });
        if (taken !== null) {
          assert.equal(taken, name);
          break;
        }
        repeated++;
        await sleep(random.integer(10, 50));
      }
    }
  };
  const writing = Promise.all(Array.from({ length: clients }, (_, number) => client(number)));
  await sleep(30);
  const other = Object.keys(cluster.pids()).find((name) => name.startsWith('root') && name !== 'root')!;
  cluster.signal(other, 'SIGKILL');
  await writing;
  t.diagnostic(`${repeated} of ${indexes * clients} writes were repeated`);
  assert.ok(repeated > 0, 'the root that was killed was not missed');
  const { aliases } = await must<{ aliases: { alias: string; indexes: { index: string }[] }[] }>(
    'GET',
    `${roots[0]}/v1/aliases`,
  );
  const names = Array.from({ length: indexes }, (_, i) => `made-${i}`).sort();
  assert.deepEqual(
    aliases.map(({ alias, indexes: of }) => [alias, of.map(({ index }) => index)]),
    [['all', names]],
  );
  for (const name of names) {
    // A document that went to an index that was lost to another of its name would be missing.
    const documents = `${roots[0]}/v1/indexes/${name}`;
    // Under so many keys that each shard has one, and shows what it was given before.
    const last = Array.from({ length: 16 }, (_, i) => `{"_put":{"to":-1,"client":-1},"_key":"last-${i}"}\n`).join('');
    const { refreshed } = await must<{ refreshed: boolean }>('POST', `${documents}/documents?refresh=wait`, last);
    assert.ok(refreshed);
    const { hits } = await must<{ hits: { hits: Hit[] } }>('POST', `${documents}/search`, {
      query: { range: { to: { gte: 0 } } },
      size: 100,
      timeout: '10s',
    });
    const sources = hits.hits.map(({ _source }) => _source).sort((a, b) => a.client - b.client);
    const expected = Array.from({ length: clients }, (_, number) => ({ to: Number(name.slice(5)), client: number }));
    assert.deepEqual(sources, expected);
  }
});
