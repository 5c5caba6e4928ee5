import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../../random/random.ts';
import type { Decision } from './decision.ts';
import { decisionsFloor, type Ends } from './decisions-floor.ts';
import { Verdicts, windowMax } from './verdicts.ts';

const ends: Ends = {
  decisions: 5000,
  partitions: new Map([
    ['a', [10, 0]],
    ['b', [7]],
  ]),
};

// Each row: from where on the partitions of a and b are there, what is forgotten, the floor.
const rows: [what: string, a: number[] | null, b: number[] | null, forgotten: number, floor: number | null][] = [
  ['everything of then is gone', [10, 0], [7], 9000, 5000 - windowMax],
  ['and more', [12, 3], [9], 9000, 5000 - windowMax],
  ['one partition has an entry of then', [9, 0], [7], 9000, null],
  ['one topic is gone', null, [7], 9000, 5000 - windowMax],
  ['one has everything', [10, 0], [0], 9000, null],
  ['keys are remembered', [10, 0], [7], 3000, 3000 - windowMax],
  ['nothing is forgotten', [10, 0], [7], 0, 0],
];
for (const [what, a, b, forgotten, floor] of rows) {
  test(`decisionsFloor: ${what}`, () => {
    const earliest = new Map<string, number[]>();
    if (a !== null) earliest.set('a', a);
    if (b !== null) earliest.set('b', b);
    assert.equal(decisionsFloor(ends, earliest, forgotten), floor);
  });
}

test('decisionsFloor: of no part that is still there the verdict changes, whatever authors had seen', (t) => {
  const seed = 17;
  t.diagnostic(`seed ${seed}`);
  const random = createRandom(seed);
  let floors = 0;
  for (let run = 0; run < 10; run++) {
    const decisions: Decision[] = [];
    /** Parts of one partition, in their order. */
    const parts: { readonly append: string; readonly seen: number }[] = [];
    const open: { readonly append: string; readonly seen: number; readonly keys: readonly string[] }[] = [];
    let then: Ends | null = null;
    for (let step = 0; step < 6000; step++) {
      if (step === 3000) then = { decisions: decisions.length, partitions: new Map([['p', [parts.length]]]) };
      if (random.chance(0.5)) {
        // Some authors had seen little.
        const seen =
          decisions.length - 1 - (random.chance(0.1) ? random.integer(0, decisions.length) : random.integer(0, 5));
        const append = `a${step}`;
        parts.push({ append, seen });
        open.push({ append, seen, keys: random.chance(0.3) ? [`k${random.integer(0, 50)}`] : [] });
      } else if (open.length > 0) {
        const [{ append, seen, keys }] = open.splice(random.integer(0, open.length - 1), 1) as [(typeof open)[number]];
        const answer = [['p', 0, 1]] as const;
        if (random.chance(0.1)) decisions.push({ kind: 'abandon', append });
        else decisions.push({ kind: 'commit', append, seen, keys: keys.map((key) => ({ key, digest: 'd', answer })) });
      }
    }
    const trimmed = then!.partitions.get('p')![0]! + random.integer(0, 100);
    const floor = decisionsFloor(then!, new Map([['p', [trimmed]]]), decisions.length)!;
    if (floor > 0) floors++;
    const whole = new Verdicts(0);
    for (const [offset, decision] of decisions.entries()) whole.read(offset, decision);
    for (const { append, seen } of parts.slice(trimmed)) {
      if (seen + 1 >= floor) {
        // Each costs as much as there are entries.
        if (!random.chance(0.03)) continue;
        const rest = new Verdicts(seen + 1);
        for (let offset = seen + 1; offset < decisions.length; offset++) rest.read(offset, decisions[offset]!);
        assert.equal(rest.of(append), whole.of(append));
      } else assert.notEqual(whole.of(append), true, `run ${run}: ${append} counts, and nobody would know`);
    }
  }
  assert.ok(floors >= 8, `only ${floors} floors`);
});
