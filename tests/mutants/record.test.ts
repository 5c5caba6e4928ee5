import assert from 'node:assert/strict';
import { test } from 'node:test';
import { simulation, type Candidate } from './finders.ts';
import { FinderRecord } from './record.ts';

const candidate = (name: string): Candidate => ({ finder: { name, isOfTime: false }, isOwn: name === 'own' });
const candidates = [candidate('near'), candidate('far'), { finder: simulation, isOwn: false }, candidate('own')];

// Each row: what was noted of a file before, how long finders take, who is asked first.
const rows: [name: string, noted: [finder: string, found: boolean][], ms: [string, number][], expected: string][] = [
  ['nothing is known: the own test, then the nearest, the simulation last', [], [], 'own near far simulation'],
  ['what has found something comes before what has not', [['far', true]], [], 'own far near simulation'],
  [
    'an own test that finds nothing steps back',
    [
      ['own', false],
      ['own', false],
      ['own', false],
      ['far', true],
    ],
    [],
    'far own near simulation',
  ],
  ['a slow one waits for quick ones', [], [['own', 60_000]], 'near far own simulation'],
  ['the simulation stays last, whatever it finds', [[simulation.name, true]], [], 'own near far simulation'],
];
for (const [name, noted, ms, expected] of rows) {
  test(`FinderRecord.sort: ${name}`, () => {
    const record = new FinderRecord();
    for (const [finder, found] of noted) record.note('a.ts', finder, found);
    for (const [finder, tookMs] of ms) record.noteTime(finder, tookMs);
    const names = record.sort('a.ts', candidates).map(({ finder }) => finder.name);
    assert.equal(names.join(' '), expected);
  });
}

test('FinderRecord.sort: what hangs on time waits for what does not, before either was measured', () => {
  const slow = { finder: { name: 'slow', isOfTime: true }, isOwn: false };
  const names = new FinderRecord().sort('a.ts', [slow, ...candidates]).map(({ finder }) => finder.name);
  assert.equal(names.join(' '), 'own near far slow simulation');
});

test('FinderRecord.sort: what was found in one file says nothing of another', () => {
  const record = new FinderRecord();
  record.note('b.ts', 'far', true);
  assert.deepEqual(
    record.sort('a.ts', candidates).map(({ finder }) => finder.name),
    ['own', 'near', 'far', 'simulation'],
  );
});

test('FinderRecord.orderSeeds: every seed once, those first that found something, the last of them first', () => {
  const record = new FinderRecord();
  for (const seed of [4, 2, 4]) record.noteSeed(seed);
  assert.deepEqual(record.orderSeeds(5), [4, 2, 1, 3, 5]);
});
