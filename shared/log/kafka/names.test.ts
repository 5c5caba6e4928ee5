import assert from 'node:assert/strict';
import { test } from 'node:test';
import { indexOfTopic, placeOf } from './names.ts';

// Each row: a partition of the log named `blue`, where it is.
const rows: [partition: string, topic: string, number: number][] = [
  ['catalog', 'blue.catalog', 0],
  ['leases', 'blue.leases', 0],
  ['x7/0', 'blue.index.x7', 0],
  ['x7/12', 'blue.index.x7', 12],
];
for (const [partition, topic, number] of rows) {
  test(`placeOf: ${partition} is ${topic} ${number}`, () =>
    assert.deepEqual(placeOf('blue', partition), { topic, number }));
}

// Each row: what no partition is named.
for (const partition of [
  '',
  'meta',
  'decisions',
  'a b',
  'x7/',
  'x7/01',
  'x7/-1',
  'x7/a',
  '/1',
  '../1',
  'x.7/1',
  'x7/1/2',
]) {
  test(`placeOf: ${JSON.stringify(partition)} is none`, () =>
    assert.throws(() => placeOf('blue', partition), RangeError));
}

// Each row: a topic, the index it is of.
const topics: [topic: string, id: string | undefined][] = [
  ['blue.index.x7', 'x7'],
  ['blue.catalog', undefined],
  ['bluer.index.x7', undefined],
  ['blu.index.x7', undefined],
];
for (const [topic, id] of topics) test(`indexOfTopic: ${topic}`, () => assert.equal(indexOfTopic('blue', topic), id));
