import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildSegment } from '../segment/build.ts';
import { openSegment } from '../segment/open.ts';
import { fields } from '../segment/random-documents.fixture.ts';
import { Pins } from './pins.ts';
import { liveSegment, makeSnapshot, type LiveSegment, type Snapshot } from './snapshot.ts';

const segment = (offset: number): LiveSegment =>
  liveSegment(openSegment(buildSegment(fields, [{ key: `k${offset}`, offset, source: Buffer.from('{}') }])));
const old = segment(1);
const shared = segment(2);
const fresh = segment(3);
const size = old.segment.sizeBytes;
const place = (offset: number, shard = 0) => ({ indexId: 'x0', shard, offset });
const at = (offset: number): Snapshot => makeSnapshot([shared], offset);

function makePins(limits: { countMax?: number; bytesMax?: number } = {}, current: Snapshot[] = []): Pins {
  return new Pins({ keepMs: 100, countMax: 10, bytesMax: 10 * size, ...limits, current: () => current });
}

test('Pins: a state is found at its offset and shard, until its time is over', () => {
  const pins = makePins();
  const kept = at(7);
  assert.equal(pins.keep(place(7), kept, 0), null);
  assert.equal(pins.find(place(7), 99), kept);
  assert.equal(pins.find(place(8), 99), undefined);
  assert.equal(pins.find(place(7, 1), 99), undefined);
  assert.equal(pins.find({ ...place(7), indexId: 'x1' }, 99), undefined);
  assert.equal(pins.find(place(7), 100), undefined);
  assert.equal(pins.count, 0);
});

test('Pins: use keeps a state longer, and keeps the first snapshot', () => {
  const pins = makePins();
  const [first, second] = [at(7), at(7)];
  pins.keep(place(7), first, 0);
  pins.keep(place(8), at(8), 10);
  pins.keep(place(7), second, 50);
  assert.equal(pins.find(place(7), 149), first);
  assert.equal(pins.find(place(8), 149), undefined);
});

test('Pins: no more than the limit, and more once one has gone', () => {
  const pins = makePins({ countMax: 2 });
  assert.equal(pins.keep(place(1), at(1), 0), null);
  assert.equal(pins.keep(place(2), at(2), 10), null);
  assert.deepEqual(pins.keep(place(3), at(3), 50), { reason: 'states', limit: 2, actual: 2 });
  assert.equal(pins.keep(place(2), at(2), 60), null);
  assert.equal(pins.keep(place(3), at(3), 100), null);
});

test('Pins: bytes that only kept states hold are counted once each and bounded', () => {
  const pins = makePins({ bytesMax: size }, [makeSnapshot([fresh], 9)]);
  pins.keep(place(1), makeSnapshot([old, fresh], 1), 0);
  assert.equal(pins.heldBytes(), old.segment.sizeBytes);
  pins.keep(place(2), makeSnapshot([old, shared, fresh], 2), 0);
  assert.equal(pins.heldBytes(), old.segment.sizeBytes + shared.segment.sizeBytes);
  assert.deepEqual(pins.keep(place(3), makeSnapshot([fresh], 3), 0), {
    reason: 'bytes',
    limit: size,
    actual: 2 * size,
  });
});
