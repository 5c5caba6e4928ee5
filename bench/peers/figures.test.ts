import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Cell } from '../report/table.ts';
import {
  columns,
  cpuUs,
  pairTable,
  shareAtRest,
  type Bound,
  type ClassTurns,
  type Pair,
  type Turn,
} from './figures.ts';

/** So many queries, of a millisecond each. */
function turn(cpuMs: number, queries: number): Turn {
  return { cpuMs, latenciesMs: new Float64Array(queries).fill(1) };
}

function classOf(name: string, own: readonly Turn[], peer: readonly Turn[], differing = 0): ClassTurns {
  const turns = new Map([
    ['own', own],
    ['peer', peer],
  ]);
  return { name, turns, differing: () => differing };
}

function pairOf(bound: Bound, mixBound: Bound | null = null): Pair {
  return { title: 'a pair', own: 'own', peer: 'peer', bound: () => bound, mixBound };
}

function cells(row: readonly Cell[] | undefined, ...names: (typeof columns)[number][]): (Cell | undefined)[] {
  return names.map((name) => row?.[columns.indexOf(name)]);
}

test('cpuUs: is that of all queries, a turn of many counts for more', () => {
  assert.equal(cpuUs([turn(10, 10), turn(10, 30)]), 500);
});

test('cpuUs: nothing is known of no turns', () => assert(Number.isNaN(cpuUs([]))));

test('shareAtRest: is what was used between turns, by the time between them', () => {
  // 30 of 100 ms in turns, in which 40 of 60 ms were used.
  assert.equal(shareAtRest({ cpuMs: 60, elapsedMs: 100 }, [turn(25, 10), turn(15, 20)]), 20 / 70);
});

test('pairTable: a ratio of all turns, and the least and the most of a round', () => {
  const { rows } = pairTable(pairOf({ ratioMax: 1 }), [
    classOf('a', [turn(10, 10), turn(30, 10)], [turn(20, 10), turn(20, 10)], 3),
  ]);
  assert.deepEqual(cells(rows[0], 'class', 'queries', 'CPU µs', 'peer µs', '×', 'least', 'most', 'totals'), [
    'a',
    20,
    2000,
    2000,
    1,
    0.5,
    1.5,
    '3 differ',
  ]);
});

// Each row: what is asked, microseconds of own and peer, whether it is met, how it is shown.
const bounds: [bound: Bound, own: number, peer: number, met: string, shown: string][] = [
  [{ ratioMax: 1 }, 1000, 1000, 'yes', '≤ 1 ×'],
  [{ ratioMax: 1 }, 1001, 1000, 'NO', '≤ 1 ×'],
  [{ usMax: 450 }, 450, 100, 'yes', '≤ 450 µs'],
  [{ usMax: 450 }, 451, 500, 'NO', '≤ 450 µs'],
  [{ ratioMax: 1.5, usMax: 700 }, 700, 100, 'yes', '≤ 1.5 × or 700 µs'],
  [{ ratioMax: 1.5, usMax: 700 }, 1500, 1000, 'yes', '≤ 1.5 × or 700 µs'],
  [{ ratioMax: 1.5, usMax: 700 }, 1501, 1000, 'NO', '≤ 1.5 × or 700 µs'],
];
for (const [bound, own, peer, met, shown] of bounds) {
  test(`pairTable: ${own} µs beside ${peer} µs, asked ${shown}: ${met}`, () => {
    const { rows } = pairTable(pairOf(bound), [classOf('a', [turn(own, 1000)], [turn(peer, 1000)])]);
    assert.deepEqual(cells(rows[0], 'asked', 'met', 'totals'), [shown, met, 'equal']);
  });
}

test('pairTable: the mix holds equally many of each class, whatever was asked of each', () => {
  const { rows } = pairTable(pairOf({ ratioMax: 9 }, { ratioMax: 0.7 }), [
    classOf('light', [turn(4, 4)], [turn(1, 1)]),
    classOf('heavy', [turn(9, 1)], [turn(9, 1)]),
  ]);
  // (1 + 9) / (1 + 9), and the square root of 1 × 1.
  assert.deepEqual(cells(rows[2], 'class', 'CPU µs', 'peer µs', '×', 'asked', 'met'), [
    'the mix',
    5000,
    5000,
    1,
    '≤ 0.7 ×',
    'NO',
  ]);
  assert.deepEqual(cells(rows[3], 'class', '×'), ['geometric mean', 1]);
});

test('pairTable: without a peer the figures stand alone', () => {
  const { rows } = pairTable(pairOf({ ratioMax: 1 }), [classOf('a', [turn(10, 10)], [])]);
  assert.equal(rows.length, 1);
  assert.deepEqual(cells(rows[0], 'CPU µs', 'peer µs', 'met'), [1000, '–', '–']);
});
