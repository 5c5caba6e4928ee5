import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { IndexSchema } from '../../shared/schema/schema.ts';
import { shardOfKey } from '../../shared/hashing/hash.ts';
import type { FoundOutcome, OutcomesTask } from '../../shared/protocol/tasks/outcomes.ts';
import type { PartialOf, Task } from '../../shared/protocol/tasks/tasks.ts';
import { DocumentCluster } from '../../tests/sources/document-cluster.ts';
import type { LeafPort, TaskOutcome } from '../scatter/drive.ts';
import { askOutcomes } from './ask-outcomes.ts';
import type { RoundDependencies } from './round.ts';

const schema: IndexSchema = { dynamic: 'strict', fields: { n: { kind: 'integer' } } };
const shards = 3;
const index = { id: 'x0', name: 'books', kind: 'document', schema, shards, replicas: 1 } as const;

/** Keys of the shards 0, 1, 1 and 2. */
const [a, b, c, d] = [0, 1, 1, 2].map((shard, i) => {
  for (let n = 0; ; n++) if (shardOfKey(`${i}-${n}`, shards) === shard) return `${i}-${n}`;
}) as [string, string, string, string];

const judged = [
  { line: 4, key: c, offset: 12 },
  { line: 1, key: b, offset: 10 },
  { line: 3, key: a, offset: 20 },
  { line: 2, key: d, offset: 5 },
].map((entry) => ({ ...entry, partition: `x0/${shardOfKey(entry.key, shards)}` }));

/** Leaves that remember every entry but some: the outcome has the version of its offset. Shards of a silent leaf are not told. */
function makeRoot(forgotten: readonly number[], silentShard: number | null) {
  const tasks: OutcomesTask[] = [];
  const send: LeafPort['send'] = <T extends Task>(
    _leaf: string,
    task: T,
    onOutcome: (outcome: TaskOutcome<T>) => void,
  ) => {
    assert.ok(task.kind === 'outcomes');
    tasks.push(task);
    const found = Object.entries(task.wanted).map(([shard, offsets]) => {
      const known = offsets.filter((offset) => !forgotten.includes(offset));
      return [shard, known.map((offset): FoundOutcome => [offset, 'updated', offset * 10, offset])] as const;
    });
    const partial = {
      kind: 'outcomes',
      shards: task.shards,
      failures: [],
      documents: 0,
      offsets: task.at ?? {},
      found: Object.fromEntries(found),
    };
    const isSilent = silentShard !== null && task.shards.includes(silentShard);
    if (!isSilent) {
      const answer = { partial: partial as unknown as PartialOf<T>, body: Buffer.alloc(0), sizeBytes: 0 };
      setImmediate(() => onOutcome({ ok: true, ...answer }));
    }
    return { cancel: () => undefined };
  };
  const { root } = new DocumentCluster({ schema, shards, leaves: shards, replicas: 1 });
  return { root: { ...root, leaves: { send } } satisfies RoundDependencies, tasks };
}

// Each row: the offsets that leaves do not remember, the shard of which nobody answers, what is told of each line.
const rows: [name: string, forgotten: number[], silentShard: number | null, told: string[]][] = [
  ['one for each, in the order of the lines', [], null, ['1: 100', '2: 50', '3: 200', '4: 120']],
  ['what nobody remembers is uncertain', [12, 20], null, ['1: 100', '2: 50', '3: ?', '4: ?']],
  ['what nobody tells in time is too', [], 1, ['1: ?', '2: 50', '3: 200', '4: ?']],
];
for (const [name, forgotten, silentShard, told] of rows) {
  test(`askOutcomes: ${name}`, async () => {
    const { root } = makeRoot(forgotten, silentShard);
    const outcomes = await askOutcomes(root, { index, judged, timeoutMs: silentShard === null ? 20_000 : 200 });
    assert.deepEqual(
      outcomes.map(({ line, outcome }) => `${line}: ${outcome?.version ?? '?'}`),
      told,
    );
    for (const { outcome, offset } of outcomes) {
      if (outcome !== null) assert.deepEqual(outcome, { result: 'updated', version: offset! * 10, sequence: offset });
    }
  });
}

test('askOutcomes: a shard is asked for its own entries, of a replica that has passed the last of them', async () => {
  const { root, tasks } = makeRoot([], null);
  await askOutcomes(root, { index, judged, timeoutMs: 20_000 });
  assert.deepEqual(Object.assign({}, ...tasks.map(({ wanted }) => wanted)), { 0: [20], 1: [12, 10], 2: [5] });
  assert.deepEqual(Object.assign({}, ...tasks.map(({ at }) => at)), { 0: 20, 1: 12, 2: 5 });
});

test('askOutcomes: what is of another index is asked of nobody, and is uncertain', async () => {
  const { root, tasks } = makeRoot([], null);
  const others = judged.map((entry) => ({ ...entry, partition: entry.partition.replace('x0', 'x1') }));
  const outcomes = await askOutcomes(root, { index, judged: [...others, judged[0]!], timeoutMs: 20_000 });
  assert.deepEqual(
    outcomes.map(({ line, outcome }) => `${line}: ${outcome?.version ?? '?'}`),
    ['1: ?', '2: ?', '3: ?', '4: ?', '4: 120'],
  );
  assert.deepEqual(
    tasks.map(({ wanted }) => wanted),
    [{ 1: [12] }],
  );
});

test('askOutcomes: nothing judged is nothing asked', async () => {
  const { root, tasks } = makeRoot([], null);
  assert.deepEqual(await askOutcomes(root, { index, judged: [], timeoutMs: 100 }), []);
  assert.deepEqual(tasks, []);
});
