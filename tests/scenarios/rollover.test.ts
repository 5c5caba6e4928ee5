/** An alias that rolls under writers and searches, while roots are killed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom } from '../../shared/random/random.ts';
import { startCluster } from '../cluster/start.ts';
import { must } from '../service/client.ts';
import { reachAll } from './read-all.ts';

const writers = 8;
const documentsOfBody = 5;
/** Documents of an index from which on it is written to no more. */
const rolledFrom = 100;
/** Of each writer, at least: it goes on as long as processes are killed. */
const bodiesMin = 20;

interface Alias {
  readonly indexes: readonly { readonly index: string; readonly write?: boolean; readonly rolledAt?: string }[];
}

interface Found {
  readonly hits: { readonly total: { readonly value: number } };
  readonly aggregations: { readonly each: { readonly buckets: readonly { readonly doc_count: number }[] } };
}

async function until(url: string): Promise<void> {
  for (;;) {
    const answer = await fetch(url).catch(() => null);
    await answer?.arrayBuffer();
    if (answer?.ok === true) return;
    await sleep(50);
  }
}

test('rollover: under 8 writers through 2 roots of which each is killed, every document is there once, and no write fails', async (t) => {
  const seed = 20261129;
  t.diagnostic(`seed ${seed}`);
  const random = createRandom(seed);
  const cluster = await startCluster({ leaves: 2, args: ['--roots', '2', '--rollover-check-ms', '50'] });
  t.after(() => cluster.stop());
  const roots = [cluster.url, `http://127.0.0.1:${cluster.port + 2}`];
  await must('PUT', `${roots[0]}/v1/templates/events`, {
    patterns: ['events-*'],
    shards: 2,
    schema: { fields: { id: { kind: 'keyword' } } },
    aliases: { events: { write: true } },
    rollover: { alias: 'events', documents: rolledFrom },
  });
  await must('POST', `${roots[0]}/v1/indexes/events-000001/documents?create=template`, '{"id":"first"}\n');

  const refusals: string[] = [];
  let repeats = 0;
  let written = 0;
  let searches = 0;
  const killing = new AbortController();
  const writer = async (number: number): Promise<void> => {
    for (let body = 0; body < bodiesMin || !killing.signal.aborted; body++) {
      const lines = Array.from({ length: documentsOfBody }, (_, i) => `{"id":"${number}-${body}-${i}"}\n`).join('');
      for (;;) {
        const answer = await fetch(`${random.pick(roots)}/v1/indexes/events/documents`, {
          method: 'POST',
          body: lines,
          headers: { 'content-type': 'application/x-ndjson', 'idempotency-key': `${number}-${body}` },
        }).catch(() => null);
        if (answer?.ok === true) break;
        // A root that is killed or begins says so by its connection, or that it is not ready.
        if (answer !== null && answer.status !== 503) refusals.push(`${answer.status} ${await answer.text()}`);
        repeats++;
        await sleep(random.integer(5, 30));
      }
      written += documentsOfBody;
      await sleep(random.integer(0, 40));
    }
  };
  const faults: string[] = [];
  const searcher = async (): Promise<void> => {
    while (!killing.signal.aborted) {
      const answer = await fetch(
        `${random.pick(roots)}/v1/indexes/events/search?size=0&track_total_hits=true&timeout=5s`,
      ).catch(() => null);
      const text = await answer?.text().catch(() => undefined);
      if (answer?.status === 200) searches++;
      else if (answer !== null && answer.status !== 503) faults.push(`${answer.status} ${text}`);
      await sleep(20);
    }
  };
  const working = Promise.all([searcher(), ...Array.from({ length: writers }, (_, number) => writer(number))]);
  for (const name of ['root-1', 'root']) {
    await sleep(1500);
    const before = cluster.pids()[name];
    cluster.signal(name, 'SIGKILL');
    while (cluster.pids()[name] === undefined || cluster.pids()[name] === before) await sleep(50);
    await until(`${roots[name === 'root' ? 0 : 1]}/v1/health/ready`);
  }
  killing.abort();
  await working;
  assert.deepEqual([refusals, faults], [[], []]);
  assert.ok(repeats > 0, 'no kill was met');

  // Nobody writes any more: what is written to has to roll for as long as it has that many documents.
  const settled = async (): Promise<Alias> => {
    for (;;) {
      const alias = await must<Alias>('GET', `${roots[0]}/v1/aliases/events`);
      const { index } = alias.indexes.find(({ write }) => write === true)!;
      await reachAll(`${roots[0]}/v1/indexes/${index}`);
      const { hits } = await must<Found>('POST', `${roots[0]}/v1/indexes/${index}/search`, {
        size: 0,
        track_total_hits: true,
        timeout: '20s',
      });
      if (hits.total.value < rolledFrom) return alias;
      await sleep(100);
    }
  };
  const { indexes } = await settled();
  t.diagnostic(`${written} documents in ${indexes.length} indexes, ${repeats} repeats, ${searches} searches`);
  assert.ok(indexes.length >= 5 && searches > 10, `${indexes.length} indexes, ${searches} searches`);
  const names = indexes.map(({ index }) => index);
  const expected = Array.from(names, (_, i) => `events-${String(i + 1).padStart(6, '0')}`);
  assert.deepEqual(names, expected, 'one after the other, none left out');
  assert.deepEqual(
    indexes.map(({ write, rolledAt }) => [write === true, rolledAt !== undefined]),
    indexes.map((_, i) => (i === indexes.length - 1 ? [true, false] : [false, true])),
  );
  // Under so many keys that each shard has one, and shows what it was given before.
  const last = Array.from({ length: 16 }, (_, i) => `{"id":"last-${i}"}\n`).join('');
  for (const name of names) {
    const path = `/v1/indexes/${name}/documents?key=id&refresh=wait`;
    assert.ok((await must<{ refreshed: boolean }>('POST', `${roots[0]}${path}`, last)).refreshed);
  }
  const total = 1 + written;
  const { hits, aggregations } = await must<Found>('POST', `${roots[0]}/v1/indexes/events/search`, {
    query: { bool: { must_not: [{ prefix: { id: 'last-' } }] } },
    size: 0,
    track_total_hits: true,
    aggs: { each: { terms: { field: 'id', size: 50_000 } } },
    timeout: '20s',
  });
  const counts = aggregations.each.buckets.map(({ doc_count: count }) => count);
  assert.deepEqual([hits.total.value, counts.length, Math.max(...counts)], [total, total, 1]);
});
