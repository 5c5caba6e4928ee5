import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hasBit, makeBitset } from '../columns/bitset.ts';
import { packStarts, PackedNumberColumn } from '../columns/columns.ts';
import { packNumbers } from '../columns/packed-numbers.ts';
import { Draw } from '../segment/random-documents.fixture.ts';
import { RangeScan, ValuesScan } from './column-scans.ts';
import { fillWith, markWith, retainWith, type DocumentIterator } from './iterator.ts';
import { roundsOf } from '../../tests/stages/rounds.ts';

const firstSeed = 55_100_000;

/** The values of each document: in order or in none, one each, or none of some, or several. */
function randomRows(draw: Draw): number[][] {
  const documents = draw.pick([1, 500, 512, 513, 3000]);
  const span = draw.pick([1, 3, 1000]);
  const isAscending = draw.chance(0.6);
  const shape = draw.below(3);
  return Array.from({ length: documents }, (_, docId) => {
    const count = shape === 0 || draw.chance(0.99) ? 1 : shape === 1 ? 0 : draw.below(4);
    return Array.from({ length: count }, () => (isAscending ? Math.floor(docId / 10) : 0) + draw.below(span) - 1);
  });
}

function columnOf(rows: readonly number[][]): PackedNumberColumn {
  const starts = new Uint32Array(rows.length + 1);
  rows.forEach((row, docId) => (starts[docId + 1] = starts[docId]! + row.length));
  return new PackedNumberColumn(packStarts(starts), packNumbers(Float64Array.from(rows.flat())));
}

interface Case {
  readonly make: () => DocumentIterator;
  readonly matches: (row: readonly number[]) => boolean;
}

function randomCase(draw: Draw, column: PackedNumberColumn): Case {
  const value = (): number => draw.below(draw.pick([3, 400])) - 1;
  if (draw.chance(0.3)) {
    const wanted = [value(), value(), value()];
    return {
      make: () => new ValuesScan(column, wanted, 1),
      matches: (row) => row.some((own) => wanted.includes(own)),
    };
  }
  const low = draw.chance(0.2) ? -Infinity : value();
  const high = draw.chance(0.2) ? Infinity : low + draw.below(draw.pick([1, 300]));
  return {
    make: () => new RangeScan(column, { low, high }, 1),
    matches: (row) => row.some((own) => own >= low && own <= high),
  };
}

test(`column scans: find, list, mark and retain what looking at every document finds (seeds from ${firstSeed})`, () => {
  for (let seed = firstSeed; seed < firstSeed + roundsOf(600); seed++) {
    const draw = new Draw(seed);
    const rows = randomRows(draw);
    const { make, matches } = randomCase(draw, columnOf(rows));
    const expected = rows.flatMap((row, docId) => (matches(row) ? [docId] : []));
    const found = [[], [], [], []] as [number[], number[], number[], number[]];
    const walked = make();
    const filled = make();
    const marked = make();
    const retained = make();
    const into = new Uint32Array(draw.pick([1, 100, 1000]));
    for (let start = 0; start < rows.length;) {
      const end = Math.min(rows.length, start + 1 + draw.below(draw.pick([5, 2000])));
      for (let next = start; next < end; next++) {
        next = walked.advance(next, end);
        if (next < end) found[0].push(next);
      }
      for (let target = start; target < end;) {
        const count = fillWith(filled, into, { target, end, countMax: into.length });
        if (count === 0) break;
        found[1].push(...into.subarray(0, count));
        target = into[count - 1]! + 1;
      }
      const base = start & ~31;
      const words = makeBitset(end - base);
      markWith(marked, words, { base, target: start, end });
      for (let docId = base; docId < end; docId++) if (hasBit(words, docId - base)) found[2].push(docId);
      const some = Uint32Array.from({ length: end - start }, (_, i) => start + i);
      found[3].push(...some.subarray(0, retainWith(retained, some, some.length)));
      start = end;
    }
    for (const [way, docIds] of found.entries()) assert.deepEqual(docIds, expected, `seed ${seed}, way ${way}`);
  }
});
