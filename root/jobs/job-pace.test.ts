import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limits } from '../../shared/limits.ts';
import { JobPace } from './job-pace.ts';

test('JobPace: alone it takes the largest pages, one after the other', () => {
  const pace = new JobPace();
  assert.equal(pace.sizeAt(Infinity), limits.scanDocumentsMax);
  pace.noteRead(1000, Infinity, false, 1000);
  pace.noteStep(990, 1100);
  assert.equal(pace.notBefore, 1000);
});

test('JobPace: beside searches it rests three times as long as it works, and takes small pages', () => {
  const pace = new JobPace();
  pace.noteRead(1000, Infinity, true, 1010);
  pace.noteStep(1000, 1100);
  assert.deepEqual([pace.notBefore, pace.sizeAt(Infinity)], [1400, 250]);
  pace.noteRead(250, Infinity, false, 1500);
  pace.noteStep(1400, 1600);
  assert.deepEqual([pace.notBefore, pace.sizeAt(Infinity)], [1500, limits.scanDocumentsMax]);
});

test('JobPace: where writers wait the pages are the largest, beside searches and however slow it is to be', () => {
  const pace = new JobPace();
  pace.noteRead(1, 0.5, true, 0);
  assert.deepEqual([pace.sizeAt(0.5), pace.sizeAt(0.5, true)], [1, limits.scanDocumentsMax]);
});

test('JobPace: so many documents a second, whichever holds it back for longer', () => {
  const pace = new JobPace();
  assert.equal(pace.sizeAt(40), 40);
  assert.equal(pace.sizeAt(0.5), 1);
  pace.noteRead(40, 40, true, 0);
  pace.noteStep(0, 100);
  assert.equal(pace.notBefore, 1000);
  pace.noteRead(40, 40, true, 1000);
  pace.noteStep(1000, 2000);
  assert.equal(pace.notBefore, 5000);
});
