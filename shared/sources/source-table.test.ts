import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limits } from '../limits.ts';
import { createRandom } from '../random/random.ts';
import { readSourceEntry, replayLane, writeSourceEntry, type SourceEntry, type SourceStep } from './source-entry.ts';
import { SourceTable } from './source-table.ts';

const error = { code: 'INDEX_NOT_FOUND', message: '', fix: '' } as const;
const begin: SourceEntry = { entry: 'begin', source: 7, lane: 1, topicId: 't', next: 5, partitions: 2 };
const step: SourceStep = {
  entry: 'step',
  source: 7,
  lane: 1,
  topicId: 't',
  from: 5,
  next: 9,
  counts: { documents: 3, deadLetters: 1 },
};
const stand: SourceEntry = { entry: 'stand', source: 7, lane: 1, error };
const replay: SourceEntry = { entry: 'replay', source: 7, topicId: 'd', until: 4 };
const replayed: SourceStep = { ...step, lane: replayLane, topicId: 'd', from: 0, next: 4, highest: { 't/1/0': 8 } };
const control = (wanted: 'run' | 'pause'): SourceEntry => ({ entry: 'control', source: 7, wanted });

// Each row: the situation, the entries before, the entry, whether it counts.
const rows: [situation: string, before: SourceEntry[], entry: SourceEntry, counts: boolean][] = [
  ['a partition is begun', [], begin, true],
  ['it is begun twice', [begin], { ...begin, next: 0 }, false],
  ['another partition is begun', [begin], { ...begin, lane: 0 }, true],
  ['the first step', [begin], step, true],
  ['a step that comes twice', [begin, step], step, false],
  ['a step that follows on it', [begin, step], { ...step, from: 9, next: 10 }, true],
  ['a step that leaves some out', [begin], { ...step, from: 6 }, false],
  ['a step that goes nowhere', [begin], { ...step, next: 5 }, false],
  ['a step of a partition that was not begun', [begin], { ...step, lane: 0 }, false],
  ['a step of another topic of the name', [begin], { ...step, topicId: 'u' }, false],
  ['a step while it is to pause: it was under way', [begin, control('pause')], step, true],
  ['a reason to stand', [begin], stand, true],
  ['a reason of a partition that was not begun', [], stand, false],
  ['a reason of the whole source', [], { ...stand, lane: null }, true],
  ['a replay', [], replay, true],
  ['a replay of more', [replay], { ...replay, until: 5 }, true],
  ['a replay of no more', [replay], replay, false],
  ['a replay of a topic that was made again', [replay], { ...replay, topicId: 'e', until: 1 }, true],
  ['a step of a replay', [replay], replayed, true],
  ['a step of a replay that nobody asked for', [], replayed, false],
  ['a step of a replay that comes twice', [replay, replayed], replayed, false],
  ['a pause', [], control('pause'), true],
  ['a second pause', [control('pause')], control('pause'), false],
  ['going on', [control('pause')], control('run'), true],
  ['forgetting', [begin], { entry: 'forget', sources: [7] }, true],
  ['forgetting what there is not', [begin], { entry: 'forget', sources: [8] }, false],
];
for (const [situation, before, entry, counts] of rows) {
  test(`SourceTable: ${situation}: ${counts ? 'counts' : 'changes nothing'}`, () => {
    const table = new SourceTable(true);
    for (const [offset, each] of before.entries()) assert.ok(table.apply(offset, each), each.entry);
    const known = structuredClone(table.all());
    assert.equal(table.apply(before.length, entry), counts);
    if (!counts) assert.deepEqual(table.all(), known);
    assert.equal(table.offset, before.length);
  });
}

const truncated = (end: number): SourceEntry => {
  return { ...stand, error: { code: 'SOURCE_TOPIC_TRUNCATED', message: '', fix: '', detail: { end } } };
};
const goOn: SourceEntry = { ...stand, error: null };
const next: SourceStep = { ...step, from: 9, next: 12 };

// Each row: the situation, what is said of a lane that was read up to 9, and how many messages are counted as left out.
const leftOut: [situation: string, entries: SourceEntry[], count: number][] = [
  ['it goes on by itself', [stand, next], 0],
  ['it was truncated and stands', [truncated(6)], 0],
  ['it was truncated, and a step was under way', [truncated(6), next], 0],
  ['somebody has it go on', [truncated(6), goOn], 0],
  ['and it has gone on', [truncated(6), goOn, next], 3],
  ['once, however often that is said', [truncated(6), goOn, goOn, next, { ...next, from: 12, next: 13 }], 3],
  ['it stands for another reason meanwhile', [truncated(6), goOn, stand, next], 3],
  ['it is too short still', [truncated(6), goOn, truncated(8), goOn, next], 3],
];
for (const [situation, entries, count] of leftOut) {
  test(`SourceTable: messages that are left out: ${situation}: ${count}`, () => {
    const table = new SourceTable(true);
    for (const [offset, entry] of [begin, step, ...entries].entries()) table.apply(offset, entry);
    assert.equal(table.get(7).lanes[1]!.counts.leftOut, count);
  });
}

test('SourceTable: what steps come to', () => {
  const table = new SourceTable(true);
  const more = { ...begin, lane: 2, partitions: 3 };
  const entries = [
    begin,
    stand,
    more,
    step,
    { ...step, from: 9, next: 12, counts: { documents: 3 } },
    replay,
    replayed,
  ];
  for (const [offset, entry] of entries.entries()) table.apply(offset, entry);
  const { lanes, partitions, replay: told } = table.get(7);
  // As many as there were at first.
  assert.equal(partitions, 2);
  const counts = { documents: 6, deletions: 0, deadLetters: 1, missed: 0, leftOut: 0 };
  const added = {
    topicId: 't',
    next: 5,
    counts: { ...counts, documents: 0, deadLetters: 0 },
    stands: null,
    leavesOut: 0,
  };
  assert.deepEqual(lanes, [null, { topicId: 't', next: 12, counts, stands: null, leavesOut: 0 }, added]);
  assert.deepEqual([told?.next, told?.until, told?.highest], [4, 4, { 't/1/0': 8 }]);
});

test('SourceTable: a reader that begins at a checkpoint knows what the others know', () => {
  const random = createRandom(5);
  const whole = new SourceTable(true);
  const entries: SourceEntry[] = [begin, step, replay, replayed, stand, control('pause'), control('run')];
  for (let offset = 0; offset < 200; offset++) whole.apply(offset, random.pick(entries));
  const checkpoint: SourceEntry = { entry: 'checkpoint', upTo: whole.offset, sources: whole.all() };
  const read = readSourceEntry('put', writeSourceEntry(checkpoint));
  assert.deepEqual(read, checkpoint);
  const late = new SourceTable(false);
  assert.throws(() => late.checkFirst(begin), { code: 'BATCH_INVALID' });
  for (const table of [whole, late]) assert.equal(table.apply(200, read), true);
  assert.deepEqual(late.all(), whole.all());
  assert.equal(whole.apply(201, read), false);
});

test('SourceTable: of more sources than are known nothing is written down', () => {
  const table = new SourceTable(true);
  for (let source = 0; source < limits.sourcesKnownMax; source++) table.apply(source, { ...begin, source });
  assert.equal(table.apply(2000, { ...begin, source: 5000 }), false);
  assert.equal(table.apply(2001, { ...step, source: 7 }), true);
});

// What no entry of sources is.
const invalid: [what: string, fields: object][] = [
  ['another kind', { entry: 'steps' }],
  ['a lane that cannot be', { ...begin, lane: -2 }],
  ['a beginning of nobody knows how many', { ...begin, partitions: undefined }],
  ['a lane beyond the limit', { ...begin, lane: limits.sourcePartitionsMax }],
  ['an offset below zero', { ...step, from: -1 }],
  ['a count that is none', { ...step, counts: { eaten: 1 } }],
  ['a reason without a code', { ...stand, error: {} }],
  ['a wish that is none', { ...control('run'), wanted: 'fly' }],
  ['a checkpoint with half a source', { entry: 'checkpoint', upTo: 0, sources: [{ id: 1 }] }],
];
for (const [what, fields] of invalid) {
  test(`readSourceEntry: ${what} is BATCH_INVALID`, () => {
    const body = Buffer.from(JSON.stringify({ version: 1, ...fields }));
    assert.throws(() => readSourceEntry('put', body), { code: 'BATCH_INVALID' });
  });
}

test('readSourceEntry: a newer version is told from damage', () => {
  const body = Buffer.from(JSON.stringify({ version: 3, ...begin }));
  assert.throws(() => readSourceEntry('put', body), { code: 'BATCH_VERSION_UNKNOWN' });
  assert.throws(() => readSourceEntry('delete', Buffer.alloc(0)), { code: 'BATCH_INVALID' });
});
