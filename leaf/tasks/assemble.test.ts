import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ShardFailure } from '../../shared/protocol/tasks/task.ts';
import type { Task } from '../../shared/protocol/tasks/tasks.ts';
import type { ChosenShards } from './choose-shards.ts';
import { assemble } from './assemble.ts';

const timing = { queuedUs: 3, executedUs: 4 };
const busy: ShardFailure = { shard: 9, code: 'NOT_READY', detail: { reason: 'loading' } };

/** Shards 1, 2, … by their documents; each has the log up to ten times its number. */
function chosenOf(documents: readonly number[], failures: readonly ShardFailure[]): ChosenShards {
  const shards = documents.map((count, i) => {
    const shard = i + 1;
    return { shard, snapshot: { kind: 'document', segments: [], offset: shard * 10, documents: count } as const };
  });
  return { shards, failures };
}

function taskOf(shards: readonly number[], profile?: boolean): Task {
  return { kind: 'refresh', index: 'x0', shards, remainingMs: 5, ...(profile === undefined ? {} : { profile }) };
}

// Each row: documents by shard from 1 on, failures, below which shard all is in the result, `answered; documents; offsets; failed; cut`.
const rows: [name: string, documents: number[], failures: ShardFailure[], wholeBelow: number, expected: string][] = [
  ['nothing is asked', [], [], Infinity, '; 0; {}; ; false'],
  ['all are whole', [5, 7], [], Infinity, '1,2; 12; {"1":10,"2":20}; ; false'],
  ['one had failed before', [5, 7], [busy], Infinity, '1,2; 12; {"1":10,"2":20}; 9 NOT_READY; false'],
  ['the last was not reached', [5, 7], [], 2, '1; 5; {"1":10}; 2 LEAF_TIMEOUT; true'],
  ['none was', [5, 7], [busy], 1, '; 0; {}; 9 NOT_READY,1 LEAF_TIMEOUT,2 LEAF_TIMEOUT; true'],
];
for (const [name, documents, failures, wholeBelow, expected] of rows) {
  test(`assemble: ${name}`, () => {
    const asked = [...documents.keys()].map((i) => i + 1).concat(failures.map(({ shard }) => shard));
    const evaluated = { result: { own: { kind: 'refresh' }, body: [Buffer.from('b')] }, wholeBelow } as const;
    const { partial, body, isCut } = assemble(taskOf(asked), chosenOf(documents, failures), evaluated, timing);
    const failed = partial.failures.map(({ shard, code }) => `${shard} ${code}`).join();
    const offsets = JSON.stringify(partial.offsets);
    assert.equal([partial.shards.join(), partial.documents, offsets, failed, isCut].join('; '), expected);
    assert.equal(partial.kind, 'refresh');
    assert.deepEqual(body, [Buffer.from('b')]);
    for (const failure of partial.failures) assert.ok(failure.detail?.['reason'], 'each says why');
  });
}

// Each row: what the task says of profiling, whether the partial tells its times.
for (const [profile, told] of [
  [undefined, undefined],
  [false, undefined],
  [true, timing],
] as const) {
  test(`assemble: with profile ${profile} the times are ${told === undefined ? 'left out' : 'told'}`, () => {
    const evaluated = { result: { own: { kind: 'refresh' }, body: [] }, wholeBelow: Infinity } as const;
    const { partial } = assemble(taskOf([1], profile), chosenOf([5], []), evaluated, timing);
    assert.deepEqual(partial.timing, told);
    assert.equal('timing' in partial, told !== undefined);
  });
}

test('assemble: a shard that is neither answered nor failed is a fault of the programme', () => {
  const evaluated = { result: { own: { kind: 'refresh' }, body: [] }, wholeBelow: Infinity } as const;
  assert.throws(
    () => assemble(taskOf([1, 2]), chosenOf([5], []), evaluated, timing),
    /2 shards asked, 1 accounted for/,
  );
  assert.throws(
    () => assemble(taskOf([1]), chosenOf([5], [busy]), evaluated, timing),
    /1 shards asked, 2 accounted for/,
  );
});
