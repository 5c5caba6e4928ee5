import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eachFetched } from '../../shared/protocol/fetched-documents.ts';
import { mergeSegments } from '../merge/merge.ts';
import { buildSegment } from '../segment/build.ts';
import { openSegment } from '../segment/open.ts';
import { Draw, fields, randomDocuments } from '../segment/random-documents.fixture.ts';
import { liveSegment, makeSnapshot, withDeleted, type Snapshot } from '../snapshot/snapshot.ts';
import { FetchRun } from './fetch-run.ts';

const draw = new Draw(5);
const older = randomDocuments(draw, 40);
const newer = randomDocuments(draw, 40, { number: 40, offset: older.at(-1)!.offset });
const all = [...older, ...newer];
const open = (documents: typeof all) => liveSegment(openSegment(buildSegment(fields, documents)));
const offsets = all.map(({ offset }) => offset);
const deleted = withDeleted(open(older), [0, 7, 39]);

const before = makeSnapshot([deleted, open(newer)], 1000);
const merged = openSegment(mergeSegments(fields, [deleted, open(newer)]).buffer);
const after = makeSnapshot([liveSegment(merged)], 1000);

function fetchAll(shards: Record<number, Snapshot>, hits: Record<string, number[]>, documentsMax = 1e9): string[] {
  const chosen = Object.entries(shards).map(([shard, snapshot]) => ({ shard: Number(shard), snapshot }));
  const run = new FetchRun({ hits, source: true }, chosen);
  while (!run.step(documentsMax));
  assert.equal(run.wholeBelow(), Infinity);
  const { own, body } = run.result();
  const documents: string[] = [];
  eachFetched(own.found, Buffer.concat(body), (shard, offset, { key, source: bytes }) => {
    documents.push(`${shard}/${offset} ${key} ${Buffer.from(bytes).toString()}`);
  });
  return documents;
}

const told = (shard: number, documents: typeof all): string[] =>
  documents.map(({ key, offset, source }) => `${shard}/${offset} ${key} ${Buffer.from(source).toString()}`);

test('FetchRun: finds every version that is there, deleted ones too, in the order asked', () => {
  assert.deepEqual(fetchAll({ 2: before }, { 2: offsets }), told(2, all));
  assert.deepEqual(fetchAll({ 2: before }, { 2: offsets.toReversed() }), told(2, all.toReversed()));
});

test('FetchRun: what a merge has dropped is left out, and what never was', () => {
  const left = all.filter((_, i) => i !== 0 && i !== 7 && i !== 39);
  const gaps = Array.from({ length: offsets.at(-1)! + 3 }, (_, i) => i - 1).filter((each) => !offsets.includes(each));
  assert.deepEqual(fetchAll({ 2: after }, { 2: [...offsets, ...gaps] }), told(2, left));
  assert.deepEqual(fetchAll({ 2: makeSnapshot([], -1) }, { 2: offsets }), []);
});

test('FetchRun: steps of any size give the same, and tell where a shard is whole', () => {
  const hits = { 1: offsets.slice(0, 9), 4: offsets.slice(30, 50) };
  const whole = fetchAll({ 1: before, 4: after }, hits);
  assert.deepEqual(fetchAll({ 1: before, 4: after }, hits, 1), whole);
  const run = new FetchRun({ hits, source: true }, [
    { shard: 1, snapshot: before },
    { shard: 4, snapshot: after },
  ]);
  const places: (number | undefined)[] = [run.wholeBelow()];
  while (!run.step(1)) {
    const below = run.wholeBelow();
    if (below !== places.at(-1)) places.push(below);
    if (below === 4)
      assert.deepEqual(
        run.result().own.found.shards,
        Array.from({ length: 9 }, () => 1),
      );
  }
  assert.deepEqual([...places, run.wholeBelow()], [1, undefined, 4, undefined, Infinity]);
});

test('FetchRun: filters, and leaves out shards without hits', () => {
  const chosen = [
    { shard: 1, snapshot: before },
    { shard: 2, snapshot: before },
  ];
  const source = { includes: ['nothing.of.this'], excludes: [] };
  const run = new FetchRun({ hits: { 2: [offsets[3]!] }, source }, chosen);
  while (!run.step(1));
  const { key } = all[3]!;
  const found = { shards: [2], offsets: [offsets[3]], keyBytes: [key.length], sourceBytes: [2] };
  assert.deepEqual(run.result().own.found, found);
  assert.equal(Buffer.concat(run.result().body).toString(), `${key}{}`);
});

test('FetchRun: keys alone, where no sources are asked for', () => {
  const run = new FetchRun({ hits: { 2: [offsets[3]!] }, source: false }, [{ shard: 2, snapshot: before }]);
  while (!run.step(1));
  assert.deepEqual(run.result().own.found.sourceBytes, [0]);
  assert.equal(Buffer.concat(run.result().body).toString(), all[3]!.key);
});
