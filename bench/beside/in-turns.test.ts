import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../../shared/random/random.ts';
import { measureInTurns, type TurnsOptions } from './in-turns.ts';
import type { Side } from './side.ts';

/** Sides whose queries take what `costOf` says; notes what is started, measured and stopped. */
function sides(costOf: (checkout: string, name: string) => number, digestOf: (checkout: string) => number = () => 1) {
  const notes: string[] = [];
  const start = async (checkout: string): Promise<Side> => {
    notes.push(`start ${checkout}`);
    return {
      classes: ['a', 'b'],
      digest: digestOf(checkout),
      measure: async (name) => {
        notes.push(`${checkout} ${name}`);
        return costOf(checkout, name);
      },
      stop: async () => void notes.push(`stop ${checkout}`),
    };
  };
  return { start, notes };
}

const options: Omit<TurnsOptions, 'start'> = {
  base: 'base',
  head: 'head',
  roundsMin: 20,
  roundsMax: 60,
  roundsOfStart: 5,
  precision: 0.03,
  random: createRandom(1),
  progress: () => {},
};

test('measureInTurns: gives the ratio of the second to the first, by class', async () => {
  const { start, notes } = sides((checkout, name) => (checkout === 'head' && name === 'b' ? 110 : 100));
  const ratios = await measureInTurns({ ...options, start });
  assert.deepEqual(
    ratios.map(({ name, median, low, high, rounds }) => [name, median, low, high, rounds]),
    [
      ['a', 1, 1, 1, 20],
      ['b', 1.1, 1.1, 1.1, 20],
    ],
  );
  assert.equal(notes.filter((note) => note === 'start head').length, 4);
  assert.equal(notes.filter((note) => note === 'stop base').length, 4);
  assert.equal(notes.filter((note) => note === 'base a').length, 20);
});

test('measureInTurns: measures both one after the other, each first about as often', async () => {
  const { start, notes } = sides(() => 100);
  await measureInTurns({ ...options, start });
  const turns = notes.filter((note) => note.endsWith(' a'));
  const pairs = Array.from({ length: 20 }, (_, i) => turns.slice(2 * i, 2 * i + 2));
  assert.ok(pairs.every((pair) => new Set(pair).size === 2));
  const first = pairs.filter(([note]) => note === 'base a').length;
  assert.ok(first > 3 && first < 17, `${first} of 20`);
});

test('measureInTurns: goes on while an interval is wide, up to the most rounds', async () => {
  const random = createRandom(3);
  const { start } = sides(() => 100 * (1 + random.next()));
  const [a] = await measureInTurns({ ...options, start });
  assert.equal(a!.rounds, 60);
  assert.ok(a!.low < 1 && a!.high > 1);
});

test('measureInTurns: refuses sides that answer otherwise, and stops both', async () => {
  const { start, notes } = sides(
    () => 100,
    (checkout) => checkout.length + (checkout === 'head' ? 1 : 0),
  );
  await assert.rejects(measureInTurns({ ...options, start }), /not give the same answers/);
  assert.deepEqual(notes, ['start base', 'start head', 'stop base', 'stop head']);
});
