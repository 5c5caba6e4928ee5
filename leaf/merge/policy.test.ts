import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseMerge, chooseSettlingMerge } from './policy.ts';

const mebibyte = 1024 * 1024;

/** "100x8" is eight segments of 100 MiB, "100!" one that is mostly deleted, "100/" one that is exactly half deleted. */
function segments(text: string): { documents: number; sizeBytes: number; live: number }[] {
  return text.split(' ').flatMap((word) => {
    const [, size, mark, times] = /^([\d.]+)([!/]?)(?:x(\d+))?$/.exec(word)!;
    const live = mark === '!' ? 49 : mark === '/' ? 50 : 100;
    return Array.from({ length: Number(times ?? 1) }, () => ({
      documents: 100,
      sizeBytes: Number(size) * mebibyte,
      live,
    }));
  });
}

const span = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);

// Each row: the segments by size in MiB, which of them are merged.
const rows: [name: string, sizes: string, expected: number[] | null][] = [
  ['few of a tier wait', '1x7', null],
  ['eight of a tier merge', '1x8', span(0, 7)],
  ['a longer run merges whole', '1x20', span(0, 19)],
  ['sizes within the factor are one tier', '0.6 0.7 0.8 0.9 1 1.2 2 3.9', span(0, 7)],
  ['neighbours of another tier divide a run', '1x7 100 1x7', null],
  ['only the run merges', '300 40 1x8 5', span(2, 9)],
  ['the earliest run first', '40x8 1x8', span(0, 7)],
  ['tiny ones are one tier', '0.001 0.06 0.0001 0.01 0.02 0.03 0.04 0.05', span(0, 7)],
  ['half deleted is left alone', '1/ 100', null],
  ['mostly deleted is written anew', '300 1! 40', [1]],
  ['mostly deleted comes first', '1x8 700!', [8]],
  ['too large is left alone', '600x9', null],
  ['a merge reads a limited amount', '400x8', span(0, 1)],
];

for (const [name, sizes, expected] of rows) {
  test(`chooseMerge: ${name}`, () => assert.deepEqual(chooseMerge(segments(sizes)), expected));
}

// Each row: the segments by size in MiB, which of them a quiet spell merges.
const settling: [name: string, sizes: string, expected: number[] | null][] = [
  ['one stays', '5', null],
  ['any two of a size merge', '5 5', [0, 1]],
  ['the oldest is large: the others merge', '100 6 6', [1, 2]],
  ['all after the oldest make it worth it', '100 6 6 1', [0, 1, 2, 3]],
  ['each much larger than the next stays', '100 10 1', null],
  ['a large one among small ones', '1 100 10 5', [0, 1, 2, 3]],
  ['not more than a segment may be', '300 200 100', [1, 2]],
  ['too large is left alone', '600 1 1', [1, 2]],
];

for (const [name, sizes, expected] of settling) {
  test(`chooseSettlingMerge: ${name}`, () => assert.deepEqual(chooseSettlingMerge(segments(sizes)), expected));
}

test('chooseMerge: no segments', () => assert.equal(chooseMerge([]), null));

test('chooseMerge: a segment with no documents is not merged again and again', () => {
  assert.equal(chooseMerge([{ documents: 0, sizeBytes: 100, live: 0 }]), null);
});

test('chooseMerge: what is outdated is written anew alone, whatever its size', () => {
  const whole = { documents: 10, sizeBytes: 1e9, live: 10 };
  assert.deepEqual(chooseMerge([whole, { ...whole, isOutdated: true }, whole]), [1]);
});
