import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startCluster, type Cluster } from '../cluster/start.ts';
import { must, send } from '../service/client.ts';
import { startBareTimer } from '../deadline/deadline.ts';

const timeoutMs = 200;
const schema = { fields: { id: { kind: 'keyword' }, title: { kind: 'text' } } };
const lines = Array.from({ length: 400 }, (_, i) => JSON.stringify({ id: `k${i}`, title: `word${i % 7} all` })).join(
  '\n',
);

interface Told {
  readonly complete: boolean;
  readonly coverage: {
    readonly shards: object;
    readonly failures: { readonly code: string; readonly leaf?: string; readonly shards: number[] }[];
  };
}

let cluster: Cluster;
before(async () => {
  cluster = await startCluster({ leaves: 2 });
  for (const replicas of [1, 2]) {
    await must('PUT', `${cluster.url}/v1/indexes/r${replicas}`, { shards: 8, replicas, schema });
    await must('POST', `${cluster.url}/v1/indexes/r${replicas}/documents?key=id&refresh=wait`, lines);
  }
});
after(() => cluster?.stop());

async function shardsOf(index: string, leaf: string): Promise<number[]> {
  interface Reported {
    readonly name: string;
    readonly replicasReported: { readonly shard: number; readonly leaf: string }[];
  }
  const { indexes } = await must<{ indexes: Reported[] }>('GET', `${cluster.url}/v1/cluster`);
  const { replicasReported } = indexes.find(({ name }) => name === index)!;
  return replicasReported.filter((replica) => replica.leaf === leaf).map(({ shard }) => shard);
}

/** Resolves when a leaf that was frozen has read what had come meanwhile, and is heard again. */
async function allHealthy(): Promise<void> {
  for (let isUp = false; !isUp;) {
    await sleep(300);
    const { leaves } = await must<{ leaves: { readonly state: string }[] }>('GET', `${cluster.url}/v1/cluster`);
    isUp = leaves.every(({ state }) => state === 'up');
  }
}

/** Milliseconds by which a bare timer of this process is late. */
async function bareTimerLateness(): Promise<number> {
  const startedAt = performance.now();
  await sleep(timeoutMs);
  return performance.now() - startedAt - timeoutMs;
}

const percentile = (values: number[], share: number): number =>
  values.sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))]!;

test('frozen leaf: every query answers by its deadline and says what is missing', async (t) => {
  const frozenShards = await shardsOf('r1', 'leaf-1');
  assert.ok(frozenShards.length > 0 && frozenShards.length < 8, `leaf-1 has ${frozenShards.length} of 8 shards`);
  const machine = await startBareTimer(t);
  cluster.signal('leaf-1', 'SIGSTOP');
  try {
    const lateness: number[] = [];
    const bare: number[] = [];
    let machineStalls = 0;
    const codes: string[] = [];
    for (let i = 0; i < 100; i++) {
      // Half of the queries are scored, so that the statistics round meets the frozen leaf; half are not.
      const query = i % 2 === 0 ? { match: { title: 'word3' } } : { match_all: {} };
      const body = { query, timeout: timeoutMs, coverage: { min: i % 4 < 2 ? 0 : 1 } };
      const timer = bareTimerLateness();
      const startedAt = performance.now();
      const answer = await send<Told>('POST', `${cluster.url}/v1/indexes/r1/search`, body);
      lateness.push(performance.now() - startedAt - timeoutMs);
      bare.push(await timer);
      assert.equal(answer.status, i % 4 < 2 ? 200 : 503);
      const { complete, coverage } = answer.body;
      assert.equal(complete, false);
      const failed = coverage.failures.flatMap(({ shards }) => shards);
      assert.deepEqual(coverage.shards, { asked: 8, answered: 8 - failed.length, failed: failed.length });
      const ofFrozen = coverage.failures.filter(({ shards }) => shards.some((shard) => frozenShards.includes(shard)));
      assert.equal(ofFrozen.length, 1, JSON.stringify(ofFrozen));
      const [{ code, leaf, shards }] = ofFrozen as [Told['coverage']['failures'][number]];
      assert.ok(
        frozenShards.every((shard) => shards.includes(shard)),
        JSON.stringify(ofFrozen),
      );
      assert.equal(leaf, code === 'SHARD_UNASSIGNED' ? undefined : 'leaf-1');
      codes.push(code);
      if (failed.length > frozenShards.length) machineStalls++;
    }
    // Late, until the silence has ended the connection, under a query perhaps; then nobody is known to have the shards.
    assert.match(codes.join(' '), /^(LEAF_TIMEOUT ){5,}(LEAF_UNREACHABLE ){0,2}SHARD_UNASSIGNED( SHARD_UNASSIGNED)*$/);
    // A busy machine can hold up the other leaf beyond the deadline too. That is told as truly, and is the exception.
    assert.ok(machineStalls <= 5, `${machineStalls} of 100 answers lacked more than the frozen leaf`);
    const show = (values: number[]): string =>
      [0.5, 0.99, 1].map((share) => percentile(values, share).toFixed(1)).join(' / ');
    t.diagnostic(`ms after the deadline, p50 / p99 / max: queries ${show(lateness)}, bare timer ${show(bare)}`);
    // The deadline is the promise; what a busy machine adds to every timer is not Sheaf's.
    const allowanceMs = Math.max(...bare) + 50;
    machine.hold('the latest query beyond its deadline', Math.max(...lateness), allowanceMs);
  } finally {
    cluster.signal('leaf-1', 'SIGCONT');
  }
});

test('frozen leaf: with two replicas even the first query is complete', async (t) => {
  await allHealthy();
  cluster.signal('leaf-0', 'SIGSTOP');
  try {
    const url = `${cluster.url}/v1/indexes/r2/search`;
    const body = { query: { match: { title: 'word3' } }, timeout: timeoutMs };
    const tookMs: number[] = [];
    for (let i = 0; i < 21; i++) {
      const startedAt = performance.now();
      const answer = await send<Told>('POST', url, body);
      assert.equal(answer.status, 200, JSON.stringify(answer.body));
      assert.equal(answer.body.complete, true);
      tookMs.push(performance.now() - startedAt);
    }
    const metrics = await (await fetch(`${cluster.url}/metrics`)).text();
    assert.match(metrics, /^sheaf_root_hedges_total\{outcome="won"\} [1-9]/m);
    t.diagnostic(
      `ms, first and slowest of the others: ${tookMs[0]!.toFixed(1)}, ${Math.max(...tookMs.slice(1)).toFixed(1)}`,
    );
  } finally {
    cluster.signal('leaf-0', 'SIGCONT');
  }
});

test('frozen leaf: thawed, it answers again', async () => {
  let last = 0;
  for (let i = 0; i < 100 && last !== 200; i++) {
    await sleep(50);
    last = (await send('POST', `${cluster.url}/v1/indexes/r1/search`, { timeout: timeoutMs })).status;
  }
  assert.equal(last, 200);
});
