/**
 * Conditional entries in a real log, judged by two real leaves that read them in other pieces, one of them killed, then filled
 * anew from the files of the other: both say what judging entry by entry says.
 */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent } from 'undici';
import { batchOf, randomEntry, SlowTwin } from '../../leaf/indexing/judged-log.fixture.ts';
import { retention } from '../../leaf/keys/key-history.ts';
import { connectLog } from '../../shared/log/client.ts';
import type { Log } from '../../shared/log/log.ts';
import type { DocumentPartial } from '../../shared/protocol/tasks/document.ts';
import type { FoundOutcome, OutcomesPartial } from '../../shared/protocol/tasks/outcomes.ts';
import { createRandom } from '../../shared/random/random.ts';
import { readSecret } from '../../shared/secret/secret-file.ts';
import { peerConnector } from '../../shared/transport/outgoing.ts';
import { startCluster, type Cluster } from '../cluster/start.ts';
import { must } from '../service/client.ts';

const seed = 12_056;
const random = createRandom(seed);
const keys = [...Array(30).keys()].map((i) => `key${i}`);
const waitMsMax = 30_000;
const definition = { shards: 1, replicas: 2, schema: { dynamic: false, fields: { n: { kind: 'integer' } } } };

let cluster: Cluster;
let log: Log;
/** Proves to the leaves that the test is of the cluster. */
let peer: Agent;
after(async () => {
  await log?.close();
  await peer?.destroy();
  await cluster?.stop();
});

/** What has been appended, and what is to come of it. */
const twin = new SlowTwin(retention);
let head = -1;

async function append(partition: string, count: number): Promise<void> {
  while (count > 0) {
    const entries = Array.from({ length: Math.min(count, random.integer(1, 6)) }, (_, i) =>
      randomEntry(random, keys, head + i),
    );
    const { bytes } = batchOf(head + 1, entries);
    const [appended] = await log.append([{ partition, count: entries.length, bytes }], { timeoutMs: waitMsMax });
    assert.deepEqual([appended!.firstOffset, appended!.lastOffset], [head + 1, head + entries.length]);
    entries.forEach((entry, i) => twin.take(head + 1 + i, entry));
    head += entries.length;
    count -= entries.length;
  }
}

/** A task of the one shard to a leaf, once it answers: it may just have been started again. */
async function ask<P>(leaf: number, indexId: string, task: object): Promise<P> {
  const base = { index: indexId, shards: [0], remainingMs: 5000, at: { 0: head } };
  for (let waitedMs = 0; ; waitedMs += 100) {
    const text = await send(leaf, 'POST', '/v1/tasks', { ...base, ...task }).catch(String);
    const answer = text.startsWith('{') ? (JSON.parse(text) as P & { failures?: unknown[] }) : null;
    if (answer?.failures?.length === 0) return answer;
    assert.ok(waitedMs < waitMsMax, `leaf ${leaf} does not answer: ${text}`);
    await sleep(100);
  }
}

/** Resolves to the body of the answer. */
async function send(leaf: number, method: 'GET' | 'POST', path: string, body?: object): Promise<string> {
  const answer = await peer.request({
    origin: `http://127.0.0.1:${cluster.port + 10 + leaf}`,
    method,
    path,
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  return await answer.body.text();
}

async function check(leaf: number, indexId: string, when: string): Promise<void> {
  const { documents, outcomes } = twin.state();
  const offsets = [...Array(head + 1).keys()];
  const { found } = await ask<OutcomesPartial>(leaf, indexId, { kind: 'outcomes', wanted: { 0: offsets } });
  const expected = outcomes.map(([offset, { result, version, sequence }]): FoundOutcome => {
    return [offset, result, version, sequence];
  });
  assert.deepEqual(found, { 0: expected }, `seed ${seed}, leaf ${leaf}, ${when}`);
  for (const key of keys) {
    const partial = await ask<DocumentPartial>(leaf, indexId, { kind: 'document', key });
    const document = documents.get(key);
    const { sequence = -1, version = 0, source = 'null' } = document ?? {};
    const wanted = document && { offset: sequence, version, sequence, source: JSON.parse(source) as unknown };
    assert.deepEqual(partial.found, wanted ?? null, `seed ${seed}, leaf ${leaf}, ${key}, ${when}`);
  }
}

async function checkBoth(indexId: string, when: string): Promise<void> {
  for (const leaf of [0, 1]) await check(leaf, indexId, when);
}

test(
  'replicas say the same of conditional entries, also after a kill and after a copy',
  { timeout: 240_000 },
  async () => {
    cluster = await startCluster({ leaves: 2, env: { SHEAF_COMMIT_MS: '300' } });
    await must('PUT', `${cluster.url}/v1/indexes/a`, definition);
    const { indexes } = await must<{ indexes: { id: string }[] }>('GET', `${cluster.url}/v1/cluster`);
    const indexId = indexes[0]!.id;
    const partition = `${indexId}/0`;
    const secret = readSecret(join(cluster.data, 'secret'));
    peer = new Agent({ connect: peerConnector(secret) });
    const address = { host: '127.0.0.1', port: cluster.port + 1 };
    log = connectLog({ address, secret, random: () => random.next(), producer: randomUUID() });
    for (let round = 0; round < 8; round++) {
      await append(partition, 60);
      // One of them makes searchable what there is, the other goes on in its own time.
      await ask(round % 2, indexId, { kind: 'refresh' });
    }
    await checkBoth(indexId, 'as it was read');

    for (const leaf of [0, 1]) {
      await append(partition, 100);
      cluster.signal(`leaf-${leaf}`, 'SIGKILL');
      await append(partition, 100);
      await checkBoth(indexId, `after leaf ${leaf} was killed`);
    }

    cluster.signal('leaf-1', 'SIGKILL');
    rmSync(join(cluster.data, 'leaf-1', 'indexes'), { recursive: true });
    await checkBoth(indexId, 'after a copy');
    const metrics = await send(1, 'GET', '/metrics');
    assert.match(metrics, /^sheaf_leaf_replicas_copied_total 1$/m);
    await append(partition, 200);
    await checkBoth(indexId, 'after more');
  },
);
