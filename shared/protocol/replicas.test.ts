import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../random/random.ts';
import { hearReport } from './hear-report.ts';
import { MembersReader, MembersWriter } from './members-frames.ts';
import type { ColumnsReport } from './columns-report.ts';
import { hearReplicas, placesOnly, replicasOf, tellReplicas, type Replicas, type ReplicasFrame } from './replicas.ts';
import type { Members, PeerNews, ReplicaReport } from './reports.ts';

const replica = (shard: number, offset = 0): ReplicaReport => ({
  index: 'x0',
  shard,
  state: 'ready',
  offset,
  documents: offset + 1,
});
const told = replicasOf([replica(0), replica(1)]);

// Each row: what was told before by word 4, what there is now, the frame.
const frames: [name: string, before: Replicas | null, now: Replicas, frame: object][] = [
  ['everything at first', null, replicasOf([replica(0)]), { replicas: [replica(0)] }],
  ['nothing where nothing changed', told, told, { base: 4, replicas: [] }],
  ['what has come further', told, told.with('x0/1', replica(1, 9)), { base: 4, replicas: [replica(1, 9)] }],
  ['what is new', told, told.with('x0/2', replica(2)), { base: 4, replicas: [replica(2)] }],
  ['what is not there any more', told, told.without('x0/0'), { base: 4, replicas: [], removed: ['x0/0'] }],
];
for (const [name, before, now, frame] of frames) {
  test(`tellReplicas: ${name}`, () => {
    const last = before === null ? null : { sequence: 4, replicas: before };
    assert.deepEqual(tellReplicas(now, last), frame);
    assert.deepEqual(hearReplicas(tellReplicas(now, last), last), now);
  });
}

const columns: ColumnsReport = { fields: { price: [1, 0.5, 9], tag: [3] } };
const withColumns = (shard: number, offset: number, of: ColumnsReport): ReplicaReport => ({
  ...replica(shard, offset),
  columns: of,
});

test('tellReplicas: columns are told where they have changed, and known everywhere', () => {
  const before = replicasOf([withColumns(0, 1, columns), withColumns(1, 1, columns), replica(2, 1)]);
  const other: ColumnsReport = { fields: { price: [1, 0.5, 99] } };
  const now = before
    .with('x0/0', withColumns(0, 2, columns))
    .with('x0/1', withColumns(1, 2, other))
    .with('x0/2', withColumns(2, 2, columns));
  const last = { sequence: 4, replicas: before };
  const inOrder = ({ replicas }: ReplicasFrame) => replicas.toSorted((a, b) => a.shard - b.shard);
  const frame = tellReplicas(now, last);
  assert.deepEqual(
    inOrder(frame).map((each) => each.columns),
    [undefined, other, columns],
  );
  const heard = hearReplicas(JSON.parse(JSON.stringify(frame)) as ReplicasFrame, last);
  assert.deepEqual(
    [...heard.values()].sort((a, b) => a.shard - b.shard),
    inOrder(tellReplicas(now, null)),
  );
  assert.deepEqual(
    inOrder(placesOnly(tellReplicas(now, null))),
    [0, 1, 2].map((shard) => replica(shard, 2)),
  );
});

const report = { leaf: 'a', incarnation: 1, queued: 0 };

test('hearReport: a report that builds upon another than the last is refused, one that tells everything is not', () => {
  const first = hearReport({ ...report, sequence: 1, replicas: [replica(0)] }, null);
  const second = hearReport({ ...report, sequence: 2, base: 1, replicas: [replica(1)] }, first);
  assert.deepEqual([...second.replicas.keys()].sort(), ['x0/0', 'x0/1']);
  const fourth = { ...report, sequence: 4, base: 3, replicas: [] };
  for (const before of [null, second]) {
    assert.throws(() => hearReport(fourth, before), {
      code: 'FRAME_INVALID',
      detail: { field: 'base', actual: 3, expected: before?.sequence ?? null },
    });
  }
  assert.deepEqual([...hearReport({ ...report, sequence: 5, replicas: [] }, second).replicas.values()], []);
});

test('members: a frame that is missing is noticed at the next', () => {
  const [writer, reader] = [new MembersWriter(), new MembersReader()];
  const news = (sequence: number): Members => ({ leaves: [], peers: [peerReport('b', sequence, told)] });
  reader.read(writer.write(news(1)));
  writer.write(news(2));
  assert.throws(() => reader.read(writer.write(news(3))), { code: 'FRAME_INVALID' });
});

function peerReport(leaf: string, sequence: number, replicas: Replicas): PeerNews {
  return { leaf, incarnation: 1, sequence, host: 'h', port: 1, draining: false, replicas };
}

const seed = 20261130;

test(`members: what is heard is what was told, as JSON carries it (seed ${seed})`, () => {
  const random = createRandom(seed);
  for (let round = 0; round < 20; round++) {
    const [writer, reader] = [new MembersWriter(), new MembersReader()];
    const leaves = new Map<string, { sequence: number; replicas: Replicas }>();
    for (let step = 0; step < 50; step++) {
      const leaf = `leaf-${random.integer(0, 2)}`;
      const { sequence, replicas: before } = leaves.get(leaf) ?? { sequence: 0, replicas: replicasOf([]) };
      let replicas = before;
      for (let i = random.integer(0, 4); i > 0; i--) {
        const shard = random.integer(0, 9);
        replicas = random.chance(0.3)
          ? replicas.without(`x0/${shard}`)
          : replicas.with(`x0/${shard}`, replica(shard, step));
      }
      leaves.set(leaf, { sequence: sequence + 1, replicas });
      const isGone = random.chance(0.2);
      const news: PeerNews = isGone
        ? { leaf, incarnation: 1, sequence: sequence + 1, gone: true }
        : peerReport(leaf, sequence + 1, replicas);
      const members: Members = { leaves: ['a'], peers: [news] };
      const carried = JSON.parse(JSON.stringify(writer.write(members))) as ReturnType<MembersWriter['write']>;
      assert.deepEqual(reader.read(carried), members);
    }
  }
});

test('reports: a heartbeat of a leaf where nothing happens is as long with many replicas as with few', () => {
  const lengths = [10, 10_000].map((count) => {
    const replicas = replicasOf(Array.from({ length: count }, (_, shard) => replica(shard)));
    const whole = JSON.stringify(tellReplicas(replicas, null)).length;
    const idle = JSON.stringify(tellReplicas(replicas, { sequence: 1, replicas })).length;
    const created = JSON.stringify(tellReplicas(replicas.with('x1/0', replica(0)), { sequence: 1, replicas })).length;
    return { whole, idle, created };
  });
  const [few, many] = lengths;
  assert.ok(many!.whole > 500 * few!.whole);
  assert.deepEqual([many!.idle, many!.created], [few!.idle, few!.created]);
});
