import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InTurns } from './in-turns.ts';

/** Each step takes 0.4 ms. What was done in each turn, by name, and `!` where one has ended. */
class World {
  now = 0;
  done = '';
  private asked: (() => void)[] = [];
  readonly inTurns = new InTurns({ now: () => this.now }, (turn) => this.asked.push(turn));

  add(name: string, steps: number): { readonly cancel: () => void } {
    return this.inTurns.add(this.work(name, steps), (told) => (this.done += told));
  }

  run(turns = 100): string {
    for (let i = 0; i < turns && this.asked.length > 0; i++) {
      assert.equal(this.asked.length, 1, 'one turn is asked for at a time');
      this.done += ' ';
      this.asked.pop()!();
    }
    return this.done;
  }

  private *work(name: string, steps: number): Generator<void, string, undefined> {
    for (let i = 1; i <= steps; i++) {
      this.now += 0.4;
      this.done += name;
      if (i < steps) yield;
    }
    return '!';
  }
}

// Each row: works and their steps; what is done, turn by turn.
const rows: [works: Record<string, number>, expected: string][] = [
  [{ a: 1 }, ' a!'],
  [{ a: 7 }, ' aaa aaa a!'],
  [{ a: 7, b: 4, c: 1 }, ' aaa bbb c! aaa b! a!'],
];
for (const [works, expected] of rows) {
  test(`InTurns: a slice of one in each turn: ${expected}`, () => {
    const world = new World();
    for (const [name, steps] of Object.entries(works)) world.add(name, steps);
    assert.equal(world.done, '');
    assert.equal(world.run(), expected);
  });
}

test('InTurns: what is cancelled is not gone on with, and one that comes later has its turn', () => {
  const world = new World();
  const first = world.add('a', 9);
  world.add('b', 4);
  world.run(1);
  first.cancel();
  world.add('c', 1);
  assert.equal(world.run(), ' aaa bbb c! b!');
});
